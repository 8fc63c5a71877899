#include "cli/control.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/turnover.h"
#include "suites.h"

/* A supervisor whose processes have not been started. */
static struct supervisor supervisor;
static struct conf conf; /* as if nothing were configured */
static struct config config = { .generation = 7, .conf = &conf };

static void
setup(void)
{
	const char *why;

	memset(&supervisor, 0, sizeof(supervisor));
	supervisor.base = event_base_new();
	supervisor.path = "some.conf";
	supervisor.config = &config;
	supervisor.sockets = sockets_new(1);
	supervisor.children = children_new(&supervisor, 1);
	supervisor.turnover = turnover_new(&supervisor);
	supervisor.control = control_open(
	    &supervisor, scratch_path("control"), &why);
	ck_assert_ptr_nonnull(supervisor.control);
}

static void
teardown(void)
{
	control_close(supervisor.control);
	turnover_free(supervisor.turnover);
	children_free(supervisor.children);
	sockets_free(supervisor.sockets);
	event_base_free(supervisor.base);
	scratch_clear();
}

static int
dial(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	snprintf(
	    to.sun_path, sizeof(to.sun_path), "%s", scratch_path("control"));
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void
turn(void)
{
	for (int i = 0; i < 10; i++)
		event_base_loop(supervisor.base, EVLOOP_NONBLOCK);
}

/* All that comes until the end. */
static const char *
answer(int fd)
{
	static char text[4096];
	size_t n = 0;
	ssize_t got;

	turn();
	while ((got = recv(fd, text + n, sizeof(text) - n - 1, 0)) > 0)
		n += (size_t)got;
	ck_assert_int_eq(got, 0);
	text[n] = '\0';
	close(fd);
	return text;
}

static const struct {
	const char *line, *answer;
} lines[] = {
	{ "reload\n", "failed\nthe proxy is starting or stopping" },
	{ "frobnicate\n", "failed\nunknown command\n" },
	{ "\n", "failed\nunknown command\n" },
	{ "relo", NULL },
	{ "0123456789012345678901234567890123456789012345678901234567890123",
	    "" },
};

START_TEST(a_line_is_answered)
{
	int fd = dial();

	ck_assert_int_gt(
	    send(fd, lines[_i].line, strlen(lines[_i].line), 0), 0);
	if (lines[_i].answer) {
		ck_assert_str_eq(answer(fd), lines[_i].answer);
	} else { /* it isn't complete: nothing happens, then we go */
		turn();
		close(fd);
		turn();
	}
}
END_TEST

START_TEST(a_line_may_come_in_pieces)
{
	int fd = dial();

	for (const char *p = "status\n"; *p; p++) {
		ck_assert_int_eq(send(fd, p, 1, 0), 1);
		turn();
	}
	ck_assert_int_eq(strncmp(answer(fd), "ok\nsupervisor ", 14), 0);
}
END_TEST

START_TEST(status_names_every_process)
{
	int fd = dial();
	const char *text;

	ck_assert_int_eq(send(fd, "status\n", 7, 0), 7);
	text = answer(fd);
	ck_assert_ptr_nonnull(strstr(text, "\"configuration\":7"));
	ck_assert_ptr_nonnull(strstr(text, "\nprocess signer 0 {"));
	ck_assert_ptr_nonnull(strstr(text, "\nprocess directory 0 {"));
	ck_assert_ptr_nonnull(strstr(text, "\nprocess proxy 0 {"));
	ck_assert_ptr_nonnull(strstr(text, "\"state\":\"down\""));
}
END_TEST

START_TEST(there_is_a_maximum_of_clients)
{
	int fds[CONTROL_CLIENTS_MAX + 1];
	char c;

	for (int i = 0; i <= CONTROL_CLIENTS_MAX; i++)
		fds[i] = dial();
	turn();
	ck_assert_int_eq(recv(fds[CONTROL_CLIENTS_MAX], &c, 1, 0), 0);
	for (int i = 0; i <= CONTROL_CLIENTS_MAX; i++)
		close(fds[i]);
	turn(); /* and they are forgotten */
	fds[0] = dial();
	ck_assert_int_eq(send(fds[0], "x\n", 2, 0), 2);
	ck_assert_str_eq(answer(fds[0]), "failed\nunknown command\n");
}
END_TEST

START_TEST(nobody_else_may_connect)
{
	struct stat st;

	ck_assert_int_eq(stat(scratch_path("control"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0077, 0);
}
END_TEST

START_TEST(one_that_is_answered_is_not_replaced)
{
	const char *why = NULL;

	ck_assert_ptr_null(
	    control_open(&supervisor, scratch_path("control"), &why));
	ck_assert_ptr_nonnull(strstr(why, "another proxy answers"));
}
END_TEST

START_TEST(a_stale_one_is_replaced)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct control *control;
	const char *why;

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", scratch_path("stale"));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
	control = control_open(&supervisor, scratch_path("stale"), &why);
	ck_assert_ptr_nonnull(control);
	control_close(control);
	ck_assert_int_ne(access(scratch_path("stale"), F_OK), 0);
}
END_TEST

START_TEST(a_path_that_is_too_long_is_said)
{
	char path[200];
	const char *why;

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	ck_assert_ptr_null(control_open(&supervisor, path, &why));
	ck_assert_ptr_nonnull(strstr(why, "too long"));
}
END_TEST

Suite *
suite_control(void)
{
	Suite *suite = suite_create("control");
	TCase *tcase = tcase_create("control");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(
	    tcase, a_line_is_answered, 0, sizeof(lines) / sizeof(*lines));
	tcase_add_test(tcase, a_line_may_come_in_pieces);
	tcase_add_test(tcase, status_names_every_process);
	tcase_add_test(tcase, there_is_a_maximum_of_clients);
	tcase_add_test(tcase, nobody_else_may_connect);
	tcase_add_test(tcase, one_that_is_answered_is_not_replaced);
	tcase_add_test(tcase, a_stale_one_is_replaced);
	tcase_add_test(tcase, a_path_that_is_too_long_is_said);
	suite_add_tcase(suite, tcase);
	return suite;
}
