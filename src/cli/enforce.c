/*
 * enforce: loads, attaches, hands out.
 *
 * Runs in the supervisor.  The cgroup's and the pins' name comes from the
 * control socket's path, so that a proxy that was killed finds them again.
 */
#include "cli/enforce.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/caps.h"
#include "cli/children.h"
#include "cli/closer.h"
#include "guard/load.h"
#include "guard/tags.h"

#define KEY_SIZE 32
#define RESOLV_CONF "/etc/resolv.conf"
#define PORT_DNS 53
#define GONE_TRIES 50 /* of 20 ms */

struct enforce {
	struct guard *guard;   /* owned, as all below */
	struct closer *closer; /* NULL: none */
	char *cgroup, *pins;   /* pins NULL: none */
	struct secret key;
};

/* --- names ------------------------------------------------------------------- */

/* The cgroup2 that we are in, as a directory; the caller frees it. */
static char *
own_cgroup(void)
{
	const char *root = guard_cgroup_root();
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[4096], *path = NULL;

	while (root && file && !path && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::", 3) == 0)
			path = mem_printf("%s%s", root,
			    strcmp(line + 3, "/") == 0 ? "" : line + 3);
	}
	if (file)
		fclose(file);
	return path;
}

/* Taken over from a proxy that was killed, all below us is that one's. */
static const char *
make_cgroup(struct enforce *enforce, uint64_t name)
{
	static char why[512];
	char *own = own_cgroup();

	if (!own)
		return "there is no cgroup2 on this system";
	enforce->cgroup = mem_printf("%s/sallyport-%08x", own, (unsigned)name);
	free(own);
	if (mkdir(enforce->cgroup, 0755) == 0 || errno == EEXIST)
		return NULL;
	snprintf(why, sizeof(why), "cannot make the cgroup %.300s: %s",
	    enforce->cgroup, strerror(errno));
	free(enforce->cgroup);
	enforce->cgroup = NULL;
	return why;
}

/* --- start and end -------------------------------------------------------------- */

/* Without a BPF file system the filter ends with us, and our workers with
 * it: the kernel kills them. */
static struct guard *
load(struct enforce *enforce, uint64_t name, const char **why)
{
	struct guard_opts opts = { .form = GUARD_FORM_PROXY };
	struct guard *guard;

	enforce->pins = mem_printf(GUARD_PINS "-%08x", (unsigned)name);
	opts.pins = enforce->pins;
	guard = guard_load(&opts, why);
	if (guard)
		return guard;
	log_info("the filter is not pinned: %s", *why);
	/* maps alone filter nothing */
	if (guard_count_pins(enforce->pins, GUARD_FORM_PROXY) == 0)
		(void)guard_remove(enforce->pins, GUARD_FORM_PROXY);
	free(enforce->pins);
	enforce->pins = NULL;
	opts.pins = NULL;
	return guard_load(&opts, why);
}

static const char *
bring(struct enforce *enforce, const struct conf *conf)
{
	uint64_t name = slice_hash(slice_of(conf->control_path), 0);
	const char *why = make_cgroup(enforce, name);

	if (why)
		return why;
	enforce->guard = load(enforce, name, &why);
	if (!enforce->guard)
		return why;
	why = guard_attach(enforce->guard, enforce->cgroup);
	if (why)
		return why;
	secret_init(&enforce->key, KEY_SIZE);
	secret_random(enforce->key.p, KEY_SIZE);
	enforce->key.n = KEY_SIZE;
	return NULL;
}

static struct enforce *
start(const struct conf *conf, const char **why)
{
	struct enforce *enforce;

	*why = NULL;
	if (conf->guarding.packets == PACKETS_OFF)
		return NULL;
	enforce = mem_zalloc(sizeof(*enforce));
	*why = bring(enforce, conf);
	if (!*why) {
		log_info("the kernel judges the workers' packets (%s)",
		    enforce->cgroup);
		return enforce;
	}
	if (conf->guarding.packets != PACKETS_REQUIRE) {
		log_warn("the kernel does not judge packets: %s", *why);
		*why = NULL;
	}
	enforce_stop(enforce);
	return NULL;
}

/* Without it they stall: no reason not to start. */
static void
start_closer(
    struct enforce *enforce, struct event_base *base, const struct conf *conf)
{
	const char *why = NULL;

	if (!conf->guarding.close)
		return;
	enforce->closer = closer_start(base, enforce->guard, &why);
	if (!enforce->closer)
		log_warn("connections that new rules forbid stall, as they"
			 " can't be closed (CAP_PERFMON and CAP_NET_ADMIN are"
			 " needed): %s",
		    why);
}

struct enforce *
enforce_start(
    struct event_base *base, const struct conf *conf, const char **why)
{
	struct enforce *enforce = start(conf, why);

	if (enforce)
		start_closer(enforce, base, conf);
	/* what is left to do takes descriptors only */
	caps_drop_loading();
	return enforce;
}

void
enforce_changed(struct enforce *enforce)
{
	if (enforce)
		closer_ask(enforce->closer);
}

void
enforce_stop(struct enforce *enforce)
{
	if (!enforce)
		return;
	closer_stop(enforce->closer);
	if (enforce->pins)
		(void)guard_remove(enforce->pins, GUARD_FORM_PROXY);
	guard_free(enforce->guard);
	for (int i = 0; enforce->cgroup && i < GONE_TRIES; i++) {
		if (rmdir(enforce->cgroup) == 0 || errno != EBUSY)
			break;
		usleep(20000);
	}
	secret_clear(&enforce->key);
	free(enforce->cgroup);
	free(enforce->pins);
	free(enforce);
}

/* --- while it runs ----------------------------------------------------------------- */

bool
enforce_enter(struct enforce *enforce, pid_t worker)
{
	char path[4200], pid[16];
	int fd, n = snprintf(pid, sizeof(pid), "%d", (int)worker);
	bool done;

	if (!enforce)
		return true;
	snprintf(path, sizeof(path), "%s/cgroup.procs", enforce->cgroup);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	done = fd >= 0 && write(fd, pid, (size_t)n) == n;
	if (!done)
		log_error("a worker can't be put under the filter: %m");
	if (fd >= 0)
		close(fd);
	return done;
}

void
enforce_own(struct enforce *enforce, int fd)
{
	if (!enforce ||
	    tags_set_self(guard_map_fd(enforce->guard, GUARD_MAP_TAGS), fd) ==
		0 ||
	    errno == EEXIST)
		return;
	log_error("a listening socket can't be marked as ours: %m");
}

struct slice
enforce_key(const struct enforce *enforce)
{
	return enforce ? secret_slice(&enforce->key) : SLICE_EMPTY;
}

static void
give_place(struct child *child, const struct addr *addr)
{
	struct msg_setup_place place = { .addr = *addr };

	child_send(child, MSG_setup_place, &place, -1);
}

/* Name servers are asked by sockets that belong to nobody. */
static void
give_system_places(struct child *child)
{
	FILE *file = fopen(RESOLV_CONF, "re");
	char line[512], word[128];
	struct addr addr;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, " nameserver %127s", word) != 1)
			continue;
		word[strcspn(word, "%")] = '\0'; /* a scope */
		if (addr_parse(slice_of(word), &addr) < 0)
			continue;
		addr.port = PORT_DNS;
		give_place(child, &addr);
	}
	if (file)
		fclose(file);
}

void
enforce_give(
    struct enforce *enforce, const struct conf *conf, struct child *child)
{
	struct msg_setup_proof_key key = { .key = enforce_key(enforce) };

	if (!enforce)
		return;
	/* a child that has them is being reloaded */
	if (child->state == CHILD_STARTING) {
		for (int i = 0; i < GUARD_MAPS; i++) {
			struct msg_setup_map map = { .map = (uint8_t)i };

			child_send(child, MSG_setup_map, &map,
			    guard_map_fd(enforce->guard, (enum guard_map)i));
		}
		child_send(child, MSG_setup_proof_key, &key, -1);
	}
	for (size_t i = 0; i < conf->resolvers.n; i++)
		give_place(child, &conf->resolvers.v[i]);
	if (conf->resolvers.n == 0)
		give_system_places(child);
}
