#include "ipc/roleloop.h"

#include <sys/wait.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "suites.h"

/* --- the role, in a child --------------------------------------------- */

/* Takes any configuration but one called "bad". */
static const char *
role_on_conf(struct roleloop *loop, struct slice path, int fd, void *arg)
{
	close(fd);
	return slice_eq_str(path, "bad") ? "it is called bad" : NULL;
}

static const char *
role_on_start(struct roleloop *loop, void *arg)
{
	return roleloop_count(loop) == 13 ? "thirteen is too many" : NULL;
}

static void
role_on_status(
    struct roleloop *loop, uint64_t id, enum status_what what, void *arg)
{
	char text[64];
	const int *authorities = arg;

	snprintf(text, sizeof(text), "{\"authorities\":%d,\"what\":%d}\n",
	    *authorities, (int)what);
	roleloop_status(loop, id, false, slice_of(text));
	roleloop_status(loop, id, true, SLICE("{}\n"));
}

static void
role_on_authority(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	int *authorities = arg;

	close(fd);
	++*authorities;
}

static const struct roleloop_ops role_ops = {
	.on_conf = role_on_conf,
	.on_start = role_on_start,
	.on_status = role_on_status,
	.on = { [MSG_setup_authority] = role_on_authority },
};

/* --- the supervisor, in the test -------------------------------------- */

static struct event_base *base;
static struct chan *chan;
static pid_t child;
static unsigned ready, refused, parts, closed;
static char said[256];

static void
on_ready(struct chan *from, const union msg_body *body, int fd, void *arg)
{
	ready++;
	snprintf(said, sizeof(said), "ready %u", body->ready.generation);
	event_base_loopbreak(base);
}

static void
on_refused(struct chan *from, const union msg_body *body, int fd, void *arg)
{
	refused++;
	snprintf(said, sizeof(said), "refused %u: %.*s",
	    body->refused.generation, SLICE_ARG(body->refused.why));
	event_base_loopbreak(base);
}

static void
on_part(struct chan *from, const union msg_body *body, int fd, void *arg)
{
	size_t n = strlen(said);

	if (parts++ == 0)
		n = 0;
	snprintf(said + n, sizeof(said) - n, "%.*s",
	    SLICE_ARG(body->status_part.json));
	if (body->status_part.last)
		event_base_loopbreak(base);
}

static void
on_closed(struct chan *from, const char *words, void *arg)
{
	ck_assert_ptr_null(words);
	closed++;
	event_base_loopbreak(base);
}

static const struct chan_ops ops = {
	.on = {
		[MSG_ready] = on_ready,
		[MSG_refused] = on_refused,
		[MSG_status_part] = on_part,
	},
	.on_closed = on_closed,
};

static void
setup(void)
{
	static int authorities;
	int fds[2];

	chan_pair(fds);
	child = fork();
	if (child == 0) {
		if (fds[1] != CHAN_FD)
			dup2(fds[1], CHAN_FD);
		for (int fd = CHAN_FD + 1; fd < 20; fd++)
			close(fd);
		exit(roleloop_run(ROLE_SIGNER, 0, &role_ops, &authorities));
	}
	close(fds[1]);
	base = event_base_new();
	chan = chan_new(base, fds[0], ROLE_SUPERVISOR, ROLE_SIGNER, &ops, NULL);
	ready = refused = parts = closed = 0;
	said[0] = '\0';
}

static int
exit_status(void)
{
	int status = -1;

	if (chan)
		chan_free(chan);
	chan = NULL;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status), "status %#x", (unsigned)status);
	event_base_free(base);
	return WEXITSTATUS(status);
}

/* --- what it says ----------------------------------------------------- */

static void
say_drop(void)
{
	struct msg_setup_drop drop = { .change = 0 };

	chan_send(chan, MSG_setup_drop, &drop, -1);
}

static void
say_conf(uint32_t generation, const char *path)
{
	struct msg_setup_conf conf = {
		.generation = generation,
		.path = slice_of(path),
	};
	int fd = open("/dev/null", O_RDONLY);

	chan_send(chan, MSG_setup_conf, &conf, fd);
	close(fd);
}

static void
say_authority(void)
{
	struct msg_setup_authority authority = { .generation = 1 };
	int fd = open("/dev/null", O_RDONLY);

	chan_send(chan, MSG_setup_authority, &authority, fd);
	close(fd);
}

static void
say_start(uint32_t count)
{
	struct msg_setup_start start = { .count = count };

	chan_send(chan, MSG_setup_start, &start, -1);
}

static void
say_drain(void)
{
	struct msg_drain drain = { .deadline_ms = clock_ms() + 1000 };

	chan_send(chan, MSG_drain, &drain, -1);
}

static void
begin(void)
{
	say_drop();
	say_authority();
	say_conf(1, "good");
	say_start(1);
	event_base_dispatch(base);
	ck_assert_str_eq(said, "ready 1");
}

START_TEST(a_role_starts_reloads_and_drains)
{
	struct msg_status_ask ask = { .id = 5, .what = STATUS_CONNECTIONS };

	begin();
	say_conf(2, "good");
	event_base_dispatch(base);
	ck_assert_str_eq(said, "ready 2");
	say_conf(3, "bad");
	event_base_dispatch(base);
	ck_assert_str_eq(said, "refused 3: it is called bad");
	say_authority();
	chan_send(chan, MSG_status_ask, &ask, -1);
	event_base_dispatch(base);
	ck_assert_str_eq(said, "{\"authorities\":2,\"what\":1}\n{}\n");
	say_drain();
	event_base_dispatch(base);
	ck_assert_uint_eq(closed, 1);
	ck_assert_int_eq(exit_status(), 0);
}
END_TEST

START_TEST(a_bad_first_configuration_ends_the_role)
{
	say_drop();
	say_conf(1, "bad");
	event_base_dispatch(base);
	ck_assert_str_eq(said, "refused 1: it is called bad");
	ck_assert_int_eq(exit_status(), 1);
}
END_TEST

START_TEST(a_role_that_cannot_start_says_why)
{
	say_drop();
	say_conf(1, "good");
	say_start(13);
	event_base_dispatch(base);
	ck_assert_str_eq(said, "refused 1: thirteen is too many");
	ck_assert_int_eq(exit_status(), 1);
}
END_TEST

START_TEST(without_a_supervisor_a_role_ends)
{
	begin();
	chan_free(chan);
	chan = NULL;
	ck_assert_int_eq(exit_status(), 1);
}
END_TEST

static void
conf_first(void)
{
	say_conf(1, "good");
}

static void
authority_first(void)
{
	say_authority();
}

static void
start_without_conf(void)
{
	say_drop();
	say_start(1);
}

static void
drop_twice(void)
{
	say_drop();
	say_drop();
}

static void
peer_of_a_role_without_peers(void)
{
	struct msg_setup_peer peer = { .role = ROLE_PROXY };
	int fd = open("/dev/null", O_RDONLY);

	say_drop();
	chan_send(chan, MSG_setup_peer, &peer, fd);
	close(fd);
}

static void (*const disorders[])(void) = { conf_first, authority_first,
	start_without_conf, drop_twice, peer_of_a_role_without_peers };

START_TEST(disorder_is_fatal)
{
	disorders[_i]();
	event_base_dispatch(base);
	ck_assert_uint_eq(closed, 1);
	ck_assert_uint_eq(ready + refused, 0);
	ck_assert_int_eq(exit_status(), 1);
}
END_TEST

static bool
can_run(void)
{
	const char *preload = getenv("LD_PRELOAD");

	/* valgrind can't live inside the sandbox that a started role enters */
	return !preload || !strstr(preload, "vgpreload");
}

Suite *
suite_roleloop(void)
{
	Suite *suite = suite_create("roleloop");
	TCase *tcase = tcase_create("roleloop");

	tcase_add_checked_fixture(tcase, setup, NULL);
	if (can_run()) {
		tcase_add_test(tcase, a_role_starts_reloads_and_drains);
		tcase_add_test(tcase, without_a_supervisor_a_role_ends);
	}
	tcase_add_test(tcase, a_bad_first_configuration_ends_the_role);
	tcase_add_test(tcase, a_role_that_cannot_start_says_why);
	tcase_add_loop_test(tcase, disorder_is_fatal, 0,
	    sizeof(disorders) / sizeof(*disorders));
	suite_add_tcase(suite, tcase);
	return suite;
}
