/*
 * The file in which alerts wait: order, what survives, what is cut off.
 */
#include "alerter/spool.h"

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

#define BOTH (1u << SPOOL_WEBHOOK | 1u << SPOOL_COMMAND)

static int
file_of(const char *text)
{
	char path[] = "/tmp/spool.XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	unlink(path);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	return fd;
}

static void
assert_text(int fd, const char *wanted)
{
	char text[1000];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	ck_assert_str_eq(text, wanted);
}

static struct spool *
open_text(const char *text, int *fd)
{
	const char *why;
	struct spool *spool;

	*fd = file_of(text);
	spool = spool_open(dup(*fd), &why);
	ck_assert_msg(spool != NULL, "%s", why);
	return spool;
}

static void
assert_next(struct spool *spool, enum spool_way way, const char *wanted)
{
	struct slice json = SLICE_EMPTY;
	uint64_t id = spool_next(spool, way, &json);

	ck_assert_int_eq(id != 0, wanted != NULL);
	if (wanted)
		ck_assert(slice_eq_str(json, wanted));
}

static void
finish(struct spool *spool, enum spool_way way)
{
	struct slice json;

	spool_done(spool, way, spool_next(spool, way, &json));
}

START_TEST(test_order)
{
	const char *why;
	int fd;
	struct spool *spool = open_text("", &fd);

	assert_next(spool, SPOOL_WEBHOOK, NULL);
	ck_assert_int_eq(spool_add(spool, SLICE("{1}"), BOTH, &why), 0);
	ck_assert_int_eq(
	    spool_add(spool, SLICE("{2}"), 1u << SPOOL_COMMAND, &why), 0);
	assert_text(fd, "WC {1}\n-C {2}\n");
	assert_next(spool, SPOOL_WEBHOOK, "{1}");
	ck_assert_uint_eq(spool_waiting(spool, SPOOL_COMMAND), 2);
	finish(spool, SPOOL_COMMAND);
	assert_text(fd, "W- {1}\n-C {2}\n");
	assert_next(spool, SPOOL_COMMAND, "{2}");
	finish(spool, SPOOL_WEBHOOK);
	assert_next(spool, SPOOL_WEBHOOK, NULL);
	assert_text(fd, "-- {1}\n-C {2}\n");
	spool_done(spool, SPOOL_COMMAND, 99); /* nobody's */
	finish(spool, SPOOL_COMMAND);
	assert_text(fd, ""); /* all have gone */
	ck_assert_int_eq(spool_add(spool, SLICE("{3}"), BOTH, &why), 0);
	assert_text(fd, "WC {3}\n");
	spool_free(spool);
	close(fd);
}
END_TEST

/* What a process that was killed leaves behind. */
static const struct {
	const char *before, *webhook, *command, *after;
} left[] = {
	{ "WC {1}\n-C {2}\n", "{1}", "{1}", "WC {1}\n-C {2}\n" },
	{ "-- {1}\nW- {2}\n", "{2}", NULL, "-- {1}\nW- {2}\n" },
	{ "WC {1}\nWC {2", "{1}", "{1}", "WC {1}\n" },
	{ "WC {1", NULL, NULL, "" },
	{ "W", NULL, NULL, "" },
	{ "\nWC {1}\n", "{1}", "{1}", "\nWC {1}\n" },
	{ "XY {1}\nWC {2}\n", "{2}", "{2}", "XY {1}\nWC {2}\n" },
	{ "WC{1}\n-- \nW- {2}\n", "{2}", NULL, "WC{1}\n-- \nW- {2}\n" },
};

START_TEST(test_left)
{
	int fd;
	struct spool *spool = open_text(left[_i].before, &fd);

	assert_next(spool, SPOOL_WEBHOOK, left[_i].webhook);
	assert_next(spool, SPOOL_COMMAND, left[_i].command);
	assert_text(fd, left[_i].after);
	spool_free(spool);
	close(fd);
}
END_TEST

START_TEST(test_bound)
{
	const char *why = NULL;
	int fd;
	struct spool *spool = open_text("", &fd);

	for (int i = 0; i < SPOOL_ALERTS_MAX; i++)
		ck_assert_int_eq(spool_add(spool, SLICE("{}"), BOTH, &why), 0);
	ck_assert_int_eq(spool_add(spool, SLICE("{}"), BOTH, &why), -1);
	ck_assert_str_eq(why, "too many wait already");
	finish(spool, SPOOL_WEBHOOK);
	finish(spool, SPOOL_COMMAND);
	ck_assert_int_eq(spool_add(spool, SLICE("{}"), BOTH, &why), 0);
	spool_free(spool);
	close(fd);
}
END_TEST

START_TEST(test_move)
{
	int from_fd, fd;
	struct spool *from = open_text("W- {1}\n-C {2}\n", &from_fd);
	struct spool *spool = open_text("WC {0}\n", &fd);

	ck_assert(spool_is(spool, fd));
	ck_assert(!spool_is(spool, from_fd));
	spool_move(spool, from);
	assert_text(fd, "WC {0}\nW- {1}\n-C {2}\n");
	spool_free(from);
	spool_free(spool);
	close(from_fd);
	close(fd);
}
END_TEST

START_TEST(test_no_file)
{
	int fds[2];
	const char *why = NULL;

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_ptr_null(spool_open(fds[0], &why));
	ck_assert_str_eq(why, "it is no file");
	close(fds[1]);
}
END_TEST

Suite *
suite_spool(void)
{
	Suite *suite = suite_create("spool");
	TCase *tcase = tcase_create("spool");

	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_order);
	tcase_add_loop_test(tcase, test_left, 0, COUNT(left));
	tcase_add_test(tcase, test_bound);
	tcase_add_test(tcase, test_move);
	tcase_add_test(tcase, test_no_file);
	suite_add_tcase(suite, tcase);
	return suite;
}
