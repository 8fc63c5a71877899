/*
 * ground: makes and removes what the tests of the kernel stand on.
 *
 * The cgroup is below that of whoever runs the tests; nothing is ever
 * attached to one that the tests didn't make.
 */
#include "ground.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "conf/conf.h"

char ground_cgroup[300], ground_pins[64];
static char home[300]; /* the cgroup that we came from */
static pid_t owner;

static int
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	close(fd);
	return n < 0 ? -1 : 0;
}

static int
join(const char *cgroup)
{
	char path[400], pid[16];

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	return write_file(path, pid);
}

/* The cgroup2 that this process is in, as a directory. */
static int
find_home(const char *root)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[256];
	int ret = -1;

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::", 3) != 0)
			continue;
		snprintf(home, sizeof(home), "%s%s", root,
		    strcmp(line + 3, "/") == 0 ? "" : line + 3);
		ret = 0;
	}
	if (file)
		fclose(file);
	return ret;
}

static const char *
make_cgroup(void)
{
	const char *root = guard_cgroup_root();

	if (!root || find_home(root) < 0)
		return "there is no cgroup2";
	snprintf(ground_cgroup, sizeof(ground_cgroup),
	    "%.200s/sallyport-test-%d", home, (int)getpid());
	if (mkdir(ground_cgroup, 0755) < 0)
		return "cannot make a cgroup";
	owner = getpid();
	return join(ground_cgroup) < 0 ? "cannot join a cgroup" : NULL;
}

static const char *
make_pins(void)
{
	snprintf(ground_pins, sizeof(ground_pins), "/tmp/guard-XXXXXX");
	if (!mkdtemp(ground_pins))
		return "cannot make a directory";
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("bpf", ground_pins, "bpf", 0, NULL) < 0)
		return "cannot mount a BPF file system";
	return NULL;
}

/* Everything goes out to a device that swallows it. */
static const char *
make_network(void)
{
	static const char *const commands[] = { "ip link set lo up",
		"ip link add sink0 type veth peer name sink1",
		"ip link set sink0 up arp off", "ip link set sink1 up",
		"ip addr add 198.51.100.1/24 dev sink0",
		"ip addr add 2001:db8:ffff::1/64 dev sink0 nodad",
		"ip route add default dev sink0",
		"ip -6 route add default dev sink0" };

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (system(commands[i]) != 0)
			return "cannot set up a network namespace";
	return NULL;
}

static const char *
try_programs(void)
{
	struct guard_opts opts = { .form = GUARD_FORM_PROXY };
	const char *why = NULL;
	struct guard *guard = guard_load(&opts, &why);

	guard_free(guard);
	return guard ? NULL : why;
}

const char *
ground_enter(void)
{
	const char *why;

	if (geteuid() != 0)
		return "needs root";
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0)
		return "cannot make namespaces";
	why = try_programs();
	if (!why)
		why = make_pins();
	if (!why)
		why = make_network();
	if (!why)
		why = make_cgroup();
	return why;
}

void
ground_leave(void)
{
	if (owner == getpid()) {
		(void)join(home);
		for (int i = 0; i < 100 && rmdir(ground_cgroup) < 0; i++)
			usleep(20000);
	}
	if (ground_pins[0]) {
		(void)umount2(ground_pins, MNT_DETACH);
		(void)rmdir(ground_pins);
	}
}

/* Not Check's: the bench stands here, too. */
static void
hold(bool holds, const char *why)
{
	if (!holds)
		fprintf(stderr, "ground: %s\n", why ? why : "no reason");
	must(holds);
}

/* --- a guard for one test --------------------------------------------------------- */

struct conf *
ground_parse(const char *text)
{
	struct bundle *bundle = bundle_new_memory();
	struct diags diags = { .v = NULL };
	struct conf *conf;

	bundle_put(bundle, "t.conf", slice_of(text));
	conf = conf_load(bundle, "t.conf", &diags);
	if (!conf)
		diags_print(&diags, stderr);
	must(conf);
	diags_clear(&diags);
	bundle_free(bundle);
	return conf;
}

void
stand_start(struct stand *stand, enum guard_form form)
{
	struct guard_opts opts = { .form = form };
	const char *why = NULL;

	memset(stand, 0, sizeof(*stand));
	stand->is_host = form == GUARD_FORM_HOST;
	stand->guard = guard_load(&opts, &why);
	hold(stand->guard != NULL, why);
	for (int i = 0; i < GUARD_MAPS; i++)
		stand->fds[i] = guard_map_fd(stand->guard, (enum guard_map)i);
	stand->tables = tables_new(stand->fds);
	must(stand->tables);
	why = guard_attach(stand->guard, ground_cgroup);
	hold(why == NULL, why);
}

void
stand_rules(struct stand *stand, const char *text, uint32_t accounts)
{
	struct tables_account *v = mem_zalloc((accounts + 1) * sizeof(*v));
	struct tables_rules rules = { .accounts = v,
		.naccounts = accounts + stand->is_host };
	const char *why;
	bool fresh;

	compiler_free(stand->compiler);
	conf_free(stand->conf);
	stand->conf = ground_parse(text);
	stand->compiler = compiler_new(stand->conf, COMPILE_HOST, 0);
	for (uint32_t i = 0; i < accounts; i++) {
		char name[16];

		snprintf(name, sizeof(name), "u%u", i + 1);
		v[i].number = i + 1;
		v[i].profile = compiler_profile(
		    stand->compiler, slice_of(name), NULL, 0, &fresh, &why);
		hold(v[i].profile != 0, why);
	}
	v[accounts].exempt = true;
	rules.compiler = stand->compiler;
	why = tables_load(stand->tables, &rules);
	hold(why == NULL, why);
	free(v);
}

void
stand_detach(struct stand *stand)
{
	guard_detach(stand->guard);
}

void
stand_end(struct stand *stand)
{
	compiler_free(stand->compiler);
	conf_free(stand->conf);
	tables_free(stand->tables);
	guard_free(stand->guard);
}
