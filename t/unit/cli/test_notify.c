#include "cli/notify.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

static struct notify notify;
static int manager; /* the service manager's end */

static const char *
heard(void)
{
	static char text[256];
	ssize_t n = recv(manager, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* A socket in the file system, or an abstract one, whose name starts with
 * '@' in the environment and with a NUL in the address. */
static void
listen_as(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t n = strlen(name);

	memcpy(at.sun_path, name, n);
	if (name[0] == '@')
		at.sun_path[0] = '\0';
	manager = socket(AF_UNIX, SOCK_DGRAM, 0);
	ck_assert_int_eq(
	    bind(manager, (struct sockaddr *)&at,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)),
	    0);
	setenv("NOTIFY_SOCKET", name, 1);
}

static void
teardown(void)
{
	notify_clear(&notify);
	if (manager > 0)
		close(manager);
	scratch_clear();
}

START_TEST(the_service_manager_hears_all_of_it)
{
	char abstract[64];

	snprintf(
	    abstract, sizeof(abstract), "@sallyport-test-%d", (int)getpid());
	listen_as(_i == 0 ? scratch_path("notify") : abstract);
	notify_init(&notify, -1);
	ck_assert_ptr_null(getenv("NOTIFY_SOCKET")); /* not for children */
	notify_ready(&notify, "127.0.0.1:3128");
	ck_assert_str_eq(heard(), "READY=1\n");
	notify_reloading(&notify);
	ck_assert_int_eq(
	    strncmp(heard(), "RELOADING=1\nMONOTONIC_USEC=", 27), 0);
	notify_reloaded(&notify);
	ck_assert_str_eq(heard(), "READY=1\n");
	notify_stopping(&notify);
	ck_assert_str_eq(heard(), "STOPPING=1\n");
}
END_TEST

START_TEST(the_ready_descriptor_gets_a_line_and_is_closed)
{
	char text[32] = "";
	int pipes[2];

	unsetenv("NOTIFY_SOCKET");
	ck_assert_int_eq(pipe(pipes), 0);
	notify_init(&notify, pipes[1]);
	notify_ready(&notify, "127.0.0.1:3128");
	ck_assert_int_eq(read(pipes[0], text, sizeof(text) - 1), 6);
	ck_assert_str_eq(text, "ready\n");
	ck_assert_int_eq(read(pipes[0], text, 1), 0); /* the end */
	close(pipes[0]);
}
END_TEST

START_TEST(nobody_has_to_listen)
{
	setenv("NOTIFY_SOCKET", scratch_path("nobody"), 1);
	notify_init(&notify, -1);
	notify_ready(&notify, "127.0.0.1:3128");
	notify_stopping(&notify);
}
END_TEST

Suite *
suite_notify(void)
{
	Suite *suite = suite_create("notify");
	TCase *tcase = tcase_create("notify");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_loop_test(tcase, the_service_manager_hears_all_of_it, 0, 2);
	tcase_add_test(tcase, the_ready_descriptor_gets_a_line_and_is_closed);
	tcase_add_test(tcase, nobody_has_to_listen);
	suite_add_tcase(suite, tcase);
	return suite;
}
