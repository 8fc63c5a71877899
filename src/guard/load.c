/*
 * load: libbpf's part of the guard.
 *
 * Runs where there still are privileges: in the supervisor before it starts
 * its children, and in `sallyport guard`.
 */
#include "guard/load.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <guard/sallyport.skel.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "guard/pins.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

struct guard {
	struct guard_opts opts;
	struct guard_skel *skel; /* owned */
	char *dir;               /* owned; NULL: no pins */
	int links[PINS_MAX];     /* owned where there are no pins */
	const char *no_families; /* why not; static */
};

/* --- words -------------------------------------------------------------------- */

static char words[256];

static const char *
because(const char *what, int error)
{
	snprintf(words, sizeof(words), "%s: %s", what, strerror(error));
	return words;
}

static int __attribute__((format(printf, 2, 0)))
on_libbpf(enum libbpf_print_level level, const char *fmt, va_list args)
{
	char line[512];
	size_t n;

	if (level == LIBBPF_DEBUG || log_get_level() < LOG_LEVEL_DEBUG)
		return 0;
	vsnprintf(line, sizeof(line), fmt, args);
	n = strcspn(line, "\n");
	log_debug("%.*s", (int)n, line);
	return 0;
}

/* --- loading ---------------------------------------------------------------------- */

static struct bpf_map *
map_of(const struct guard *guard, enum guard_map map)
{
	return bpf_object__find_map_by_name(
	    guard->skel->obj, guard_map_name(map));
}

int
guard_map_fd(const struct guard *guard, enum guard_map map)
{
	return bpf_map__fd(map_of(guard, map));
}

static bool
is_host(const struct guard *guard)
{
	return guard->opts.form == GUARD_FORM_HOST;
}

static const char *
set_pins(struct guard *guard)
{
	char path[PINS_PATH_MAX];
	const char *why;

	if (!guard->opts.pins)
		return NULL;
	why = pins_open_dir(guard->opts.pins, guard->opts.form, &guard->dir);
	if (why)
		return why;
	for (int i = 0; i < GUARD_MAPS; i++) {
		pins_path(path, guard->dir, "map", guard_map_name(i));
		if (bpf_map__set_pin_path(map_of(guard, i), path) != 0)
			return because("cannot name a pin", errno);
	}
	return NULL;
}

/* What a kernel, or one without that capability, may not do is left out by
 * it when it reads the constants. */
struct wish {
	bool families, forbidden;
	enum guard_sight sight;
};

static int
open_and_load(struct guard *guard, const struct wish *wish, const char **why)
{
	int ret;

	guard->skel = guard_skel__open();
	if (!guard->skel) {
		*why = because("cannot read the programs", errno);
		return -1;
	}
	guard->skel->rodata->form = guard->opts.form;
	guard->skel->rodata->sight = wish->sight;
	secret_random(
	    guard->skel->rodata->secret, sizeof(guard->skel->rodata->secret));
	bpf_program__set_autoload(
	    guard->skel->progs.guard_create, is_host(guard));
	bpf_program__set_autoload(
	    guard->skel->progs.guard_existing, is_host(guard));
	bpf_program__set_autoload(
	    guard->skel->progs.guard_forbidden, wish->forbidden);
	bpf_program__set_autoload(
	    guard->skel->progs.guard_family, wish->families);
	*why = set_pins(guard);
	ret = *why ? -1 : guard_skel__load(guard->skel);
	if (ret == 0)
		return 0;
	if (!*why)
		*why = because(
		    "the kernel does not take the programs (CAP_BPF,"
		    " CAP_NET_ADMIN and, on a host, CAP_PERFMON are needed)",
		    -ret);
	guard_skel__destroy(guard->skel);
	guard->skel = NULL;
	free(guard->dir);
	guard->dir = NULL;
	return -1;
}

static int
load_for_proxy(struct guard *guard, const char **why)
{
	struct wish wish = { .forbidden = true, .sight = GUARD_SIGHT_NAME };
	int ret = open_and_load(guard, &wish, why);

	guard->no_families = "only the host form does that";
	while (ret < 0 && wish.sight > GUARD_SIGHT_NONE) {
		wish.forbidden = false;
		wish.sight--;
		ret = open_and_load(guard, &wish, why);
	}
	return ret;
}

/* From all that there is to what everything else can do without. */
static int
load_for_host(struct guard *guard, const char **why)
{
	static const struct wish wishes[] = { { true, true, 0 },
		{ false, true, 0 }, { true, false, 0 }, { false, false, 0 } };
	int ret = -1;

	for (size_t i = 0; i < COUNT(wishes) && ret < 0; i++) {
		guard->no_families = wishes[i].families
		    ? NULL
		    : "the kernel has no BPF LSM, or does not let us use it";
		ret = open_and_load(guard, &wishes[i], why);
	}
	return ret;
}

struct guard *
guard_load(const struct guard_opts *opts, const char **why)
{
	struct guard *guard = mem_zalloc(sizeof(*guard));
	int ret;

	libbpf_set_print(on_libbpf);
	guard->opts = *opts;
	for (size_t i = 0; i < COUNT(guard->links); i++)
		guard->links[i] = -1;
	ret = is_host(guard) ? load_for_host(guard, why)
			     : load_for_proxy(guard, why);
	if (ret == 0)
		return guard;
	guard_free(guard);
	return NULL;
}

void
guard_detach(struct guard *guard)
{
	for (size_t i = 0; i < COUNT(guard->links); i++) {
		if (guard->links[i] >= 0)
			close(guard->links[i]);
		guard->links[i] = -1;
	}
}

void
guard_free(struct guard *guard)
{
	if (!guard)
		return;
	guard_detach(guard);
	guard_skel__destroy(guard->skel);
	free(guard->dir);
	free(guard);
}

bool
guard_has_families(const struct guard *guard, const char **why)
{
	*why = guard->no_families;
	return guard->no_families == NULL;
}

/* --- attaching ------------------------------------------------------------------------ */

/* In this order: what makes tags comes before what asks for them. */
static const struct {
	const char *name;
	enum bpf_attach_type type;
	bool host_only;
} hooks[] = {
	{ "guard_create", BPF_CGROUP_INET_SOCK_CREATE, true },
	{ "guard_sockops", BPF_CGROUP_SOCK_OPS, false },
	{ "guard_connect4", BPF_CGROUP_INET4_CONNECT, false },
	{ "guard_connect6", BPF_CGROUP_INET6_CONNECT, false },
	{ "guard_sendmsg4", BPF_CGROUP_UDP4_SENDMSG, false },
	{ "guard_sendmsg6", BPF_CGROUP_UDP6_SENDMSG, false },
	{ "guard_egress", BPF_CGROUP_INET_EGRESS, false },
};

#define LINK_FAMILY COUNT(hooks)

_Static_assert(COUNT(hooks) + 1 <= PINS_MAX, "a link has no place");

static int
prog_fd(const struct guard *guard, const char *name)
{
	return bpf_program__fd(
	    bpf_object__find_program_by_name(guard->skel->obj, name));
}

/* Puts our program into the link that the pin holds, if that is still at
 * this cgroup. */
static bool
replace(const char *path, int prog, uint64_t cgroup)
{
	struct bpf_link_info info;
	__u32 size = sizeof(info);
	int link = bpf_obj_get(path);
	bool done;

	if (link < 0)
		return false;
	memset(&info, 0, sizeof(info));
	done = bpf_obj_get_info_by_fd(link, &info, &size) == 0 &&
	    info.type == BPF_LINK_TYPE_CGROUP &&
	    info.cgroup.cgroup_id == cgroup &&
	    bpf_link_update(link, prog, NULL) == 0;
	close(link);
	return done;
}

/* A new link takes the place of an old pin; both hold until it has. */
static const char *
keep(struct guard *guard, size_t i, const char *name, int link)
{
	char path[PINS_PATH_MAX];

	if (guard->dir) {
		pins_path(path, guard->dir, "link", name);
		unlink(path);
		if (bpf_obj_pin(link, path) < 0)
			return because("cannot pin a link", errno);
	}
	guard->links[i] = link;
	return NULL;
}

static const char *
attach(struct guard *guard, size_t i, int cgroup, uint64_t id)
{
	int prog = prog_fd(guard, hooks[i].name), link;
	char path[PINS_PATH_MAX];

	if (guard->dir) {
		pins_path(path, guard->dir, "link", hooks[i].name);
		if (replace(path, prog, id))
			return NULL;
	}
	link = bpf_link_create(prog, cgroup, hooks[i].type, NULL);
	if (link < 0)
		return because("cannot attach to the cgroup", errno);
	return keep(guard, i, hooks[i].name, link);
}

/* A security hook is the whole system's; the program itself looks at the
 * cgroup of who asks. */
static const char *
attach_families(struct guard *guard)
{
	struct bpf_link *link;
	const char *why;

	if (guard->no_families)
		return NULL;
	link = bpf_program__attach_lsm(guard->skel->progs.guard_family);
	if (!link) {
		guard->no_families = "the kernel does not attach to its LSM";
		return NULL;
	}
	why = keep(guard, LINK_FAMILY, "guard_family",
	    fcntl(bpf_link__fd(link), F_DUPFD_CLOEXEC, 0));
	bpf_link__destroy(link);
	return why;
}

/* Gives a tag to what was opened before us: the iterator does it while it is
 * read. */
static const char *
tag_existing(struct guard *guard)
{
	struct bpf_link *link;
	char buf[256];
	int fd = -1;
	ssize_t n = -1;

	link = bpf_program__attach_iter(
	    guard->skel->progs.guard_existing, NULL);
	if (link)
		fd = bpf_iter_create(bpf_link__fd(link));
	if (fd >= 0) {
		do
			n = read(fd, buf, sizeof(buf));
		while (n > 0 || (n < 0 && errno == EAGAIN));
		close(fd);
	}
	bpf_link__destroy(link);
	return n == 0 ? NULL : because("cannot look at open sockets", errno);
}

int
guard_open_forbidden(struct guard *guard)
{
	struct bpf_program *prog = guard->skel->progs.guard_forbidden;
	struct bpf_link *link = NULL;
	int fd = -1;

	errno = EPERM; /* it wasn't loaded */
	if (bpf_program__fd(prog) >= 0)
		link = bpf_program__attach_iter(prog, NULL);
	if (link)
		fd = fcntl(bpf_link__fd(link), F_DUPFD_CLOEXEC, 0);
	bpf_link__destroy(link);
	return fd;
}

/* Its cookie; 0 where the kernel doesn't say. */
static uint64_t
own_netns(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(uint64_t);
	uint64_t cookie = 0;

	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) < 0)
		cookie = 0;
	close(fd);
	return cookie;
}

static void
set_cgroup(struct guard *guard, uint64_t id)
{
	int fd = guard_map_fd(guard, GUARD_MAP_STATE);
	struct guard_state state;
	__u32 zero = 0;

	if (bpf_map_lookup_elem(fd, &zero, &state) < 0)
		return;
	state.cgroup = id;
	state.netns = own_netns();
	(void)bpf_map_update_elem(fd, &zero, &state, BPF_ANY);
}

const char *
guard_attach(struct guard *guard, const char *cgroup)
{
	uint64_t id = guard_cgroup_id(cgroup);
	const char *why = NULL;
	int fd;

	if (id == 0)
		return because("not a cgroup2 directory", errno);
	fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return because("cannot open the cgroup", errno);
	set_cgroup(guard, id);
	for (size_t i = 0; i < COUNT(hooks) && !why; i++) {
		if (hooks[i].host_only && !is_host(guard))
			continue;
		why = attach(guard, i, fd, id);
		if (!why && hooks[i].host_only)
			why = tag_existing(guard);
	}
	close(fd);
	if (!why && is_host(guard))
		why = attach_families(guard);
	/* ours holds: one of an older program may go */
	if (!why && guard->opts.pins)
		pins_remove_older(guard->opts.pins, guard->opts.form);
	return why;
}
