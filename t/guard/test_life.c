/*
 * What outlives what: rules and their changes under load, processes that end,
 * programs that are replaced.
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "ground.h"
#include "guard/tags.h"
#include "sock.h"
#include "suites.h"

#define FLIPS 100

static const char allowed[] = "allow to any\n", denied[] = "deny to any\n";

/* --- reload ---------------------------------------------------------------------- */

struct shared {
	int epoch; /* odd: the rules in force deny */
	int stop;
	unsigned long passed, refused, wrong;
};

static struct shared *
share(void)
{
	struct shared *shared = mmap(NULL, sizeof(*shared),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(shared, MAP_FAILED);
	return shared;
}

/* Sends as fast as it goes; what passes after the rules were changed, and
 * before they change again, is wrong. */
static void
send_on(struct shared *shared, int fd, const struct addr *addr)
{
	while (!__atomic_load_n(&shared->stop, __ATOMIC_ACQUIRE)) {
		int before = __atomic_load_n(&shared->epoch, __ATOMIC_ACQUIRE);
		int error = sock_send_to(fd, addr);
		int after = __atomic_load_n(&shared->epoch, __ATOMIC_ACQUIRE);

		if (error == 0)
			shared->passed++;
		else
			shared->refused++;
		if ((before & 1) && before == after && error == 0)
			shared->wrong++;
	}
	_exit(0);
}

START_TEST(nothing_passes_after_a_flip)
{
	struct addr addr = place("9.9.9.9", 53);
	struct shared *shared = share();
	struct tag tag = { .account = 1 };
	struct stand stand;
	int fd = sock_new(&addr, SOCK_DGRAM, 0), status;
	pid_t pid;

	stand_start(&stand, GUARD_FORM_PROXY);
	stand_rules(&stand, allowed, 1);
	ck_assert_int_eq(tags_set(stand.fds[GUARD_MAP_TAGS], fd, &tag), 0);
	pid = fork();
	if (pid == 0)
		send_on(shared, fd, &addr);
	for (int i = 0; i < FLIPS; i++) {
		stand_rules(&stand, denied, 1);
		__atomic_add_fetch(&shared->epoch, 1, __ATOMIC_RELEASE);
		usleep(1000);
		__atomic_add_fetch(&shared->epoch, 1, __ATOMIC_RELEASE);
		stand_rules(&stand, allowed, 1);
		usleep(1000);
	}
	__atomic_store_n(&shared->stop, 1, __ATOMIC_RELEASE);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_uint_gt(shared->passed, 0);
	ck_assert_uint_gt(shared->refused, 0);
	ck_assert_uint_eq(shared->wrong, 0);
	stand_end(&stand);
}
END_TEST

/* A child without any privilege that holds descriptors only. */
START_TEST(reload_and_tag_without_privileges)
{
	struct addr addr = place("9.9.9.9", 53);
	struct tag tag = { .account = 1 };
	struct stand stand;
	int fd = sock_new(&addr, SOCK_DGRAM, 0), status;
	pid_t pid;

	stand_start(&stand, GUARD_FORM_PROXY);
	stand_rules(&stand, denied, 1);
	pid = fork();
	if (pid == 0) {
		become(NOBODY, 65534);
		if (tags_set(stand.fds[GUARD_MAP_TAGS], fd, &tag) < 0)
			_exit(2);
		if (sock_send_to(fd, &addr) != EPERM)
			_exit(3);
		stand_rules(&stand, allowed, 1);
		_exit(sock_send_to(fd, &addr) == 0 ? 0 : 4);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	ck_assert_int_eq(sock_send_to(fd, &addr), 0);
	close(fd);
	stand_end(&stand);
}
END_TEST

/* --- pins -------------------------------------------------------------------------- */

/* A stand with pins, as a daemon would make it. */
static void
pin_start(struct stand *stand)
{
	struct guard_opts opts = { .form = GUARD_FORM_PROXY,
		.pins = ground_pins };
	const char *why = NULL;

	memset(stand, 0, sizeof(*stand));
	stand->guard = guard_load(&opts, &why);
	ck_assert_msg(stand->guard, "%s", why);
	for (int i = 0; i < GUARD_MAPS; i++)
		stand->fds[i] = guard_map_fd(stand->guard, (enum guard_map)i);
	stand->tables = tables_new(stand->fds);
	ck_assert_ptr_nonnull(stand->tables);
}

static void
pin_attach(struct stand *stand)
{
	const char *why = guard_attach(stand->guard, ground_cgroup);

	ck_assert_msg(!why, "%s", why);
}

/* Whether a fresh socket of nobody may send. */
static bool
nobody_sends(void)
{
	struct addr addr = place("9.9.9.9", 53);
	int fd = sock_new(&addr, SOCK_DGRAM, 0);
	int error = sock_send_to(fd, &addr);

	close(fd);
	ck_assert(error == 0 || error == EPERM);
	return error == 0;
}

START_TEST(the_filter_outlives_a_killed_process)
{
	struct stand stand;
	int done[2], status;
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(done), 0);
	ck_assert(nobody_sends());
	pid = fork();
	if (pid == 0) {
		pin_start(&stand);
		stand_rules(&stand, allowed, 1);
		pin_attach(&stand);
		if (write(done[1], "x", 1) != 1)
			_exit(1);
		pause();
	}
	close(done[1]);
	ck_assert_int_eq(read(done[0], &byte, 1), 1);
	ck_assert(!nobody_sends());
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	usleep(100000);
	ck_assert(!nobody_sends());
	ck_assert_uint_eq(guard_count_pins(ground_pins, GUARD_FORM_PROXY), 6);
	ck_assert_ptr_null(guard_remove(ground_pins, GUARD_FORM_PROXY));
	ck_assert(nobody_sends());
	ck_assert_uint_eq(guard_count_pins(ground_pins, GUARD_FORM_PROXY), 0);
}
END_TEST

START_TEST(an_upgrade_takes_over)
{
	struct addr addr = place("9.9.9.9", 53);
	struct tag tag = { .account = 1 };
	struct stand old, new;
	int fd = sock_new(&addr, SOCK_DGRAM, 0);

	pin_start(&old);
	stand_rules(&old, allowed, 1);
	pin_attach(&old);
	ck_assert_int_eq(tags_set(old.fds[GUARD_MAP_TAGS], fd, &tag), 0);
	ck_assert_int_eq(sock_send_to(fd, &addr), 0);
	stand_end(&old);
	pin_start(&new);
	/* rules and tags are still there, and stay */
	ck_assert_uint_eq(tables_generation(new.tables), 1);
	pin_attach(&new);
	ck_assert_int_eq(sock_send_to(fd, &addr), 0);
	ck_assert(!nobody_sends());
	stand_rules(&new, denied, 1);
	ck_assert_int_eq(sock_send_to(fd, &addr), EPERM);
	stand_end(&new);
	ck_assert_ptr_null(guard_remove(ground_pins, GUARD_FORM_PROXY));
	close(fd);
}
END_TEST

START_TEST(no_window_while_programs_are_replaced)
{
	struct addr addr = place("9.9.9.9", 53);
	struct shared *shared = share();
	struct stand stand;
	int fd = sock_new(&addr, SOCK_DGRAM, 0), status;
	pid_t pid;

	pin_start(&stand);
	stand_rules(&stand, allowed, 1);
	pin_attach(&stand);
	shared->epoch = 1; /* a socket of nobody, always */
	pid = fork();
	if (pid == 0)
		send_on(shared, fd, &addr);
	for (int i = 0; i < 8; i++) {
		stand_end(&stand);
		pin_start(&stand);
		pin_attach(&stand);
		stand_rules(&stand, allowed, 1);
	}
	__atomic_store_n(&shared->stop, 1, __ATOMIC_RELEASE);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_uint_gt(shared->refused, 0);
	ck_assert_uint_eq(shared->passed, 0);
	stand_end(&stand);
	ck_assert_ptr_null(guard_remove(ground_pins, GUARD_FORM_PROXY));
}
END_TEST

START_TEST(pins_need_their_file_system)
{
	struct guard_opts opts = { .form = GUARD_FORM_PROXY,
		.pins = "/tmp/not-a-bpf-fs" };
	const char *why = NULL;

	ck_assert_ptr_null(guard_load(&opts, &why));
	ck_assert_ptr_nonnull(strstr(why, "BPF file system"));
	rmdir("/tmp/not-a-bpf-fs");
}
END_TEST

START_TEST(not_every_directory_is_a_cgroup)
{
	struct guard_opts opts = { .form = GUARD_FORM_PROXY };
	const char *why = NULL;
	struct guard *guard = guard_load(&opts, &why);

	ck_assert_ptr_nonnull(guard);
	why = guard_attach(guard, "/tmp");
	ck_assert_ptr_nonnull(strstr(why, "cgroup2"));
	why = guard_attach(guard, "/nowhere");
	ck_assert_ptr_nonnull(why);
	guard_free(guard);
}
END_TEST

Suite *
suite_life(void)
{
	Suite *suite = suite_create("life");
	TCase *tcase = tcase_create("life");

	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, nothing_passes_after_a_flip);
	tcase_add_test(tcase, reload_and_tag_without_privileges);
	tcase_add_test(tcase, the_filter_outlives_a_killed_process);
	tcase_add_test(tcase, an_upgrade_takes_over);
	tcase_add_test(tcase, no_window_while_programs_are_replaced);
	tcase_add_test(tcase, pins_need_their_file_system);
	tcase_add_test(tcase, not_every_directory_is_a_cgroup);
	suite_add_tcase(suite, tcase);
	return suite;
}
