/*
 * log: one event is one line, whatever a peer put into it.
 *
 * Check runs every test in a process of its own, so standard error may be
 * turned into a pipe here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

#include "base/clock.h"
#include "base/log.h"

#define S(text)                                                                \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}

static int reader = -1;

static void catch (void)
{
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_NONBLOCK), 0);
	ck_assert_int_ge(dup2(fds[1], STDERR_FILENO), 0);
	close(fds[1]);
	reader = fds[0];
}

/* What one read brings: everything written since the last one. */
static const char *
caught(void)
{
	static char text[8192];
	ssize_t n = read(reader, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

START_TEST(before_init)
{
	catch ();
	log_error("can't open %s", "x.conf");
	ck_assert_str_eq(caught(), "sallyport: error: can't open x.conf\n");
	log_info("shown");
	ck_assert_str_eq(caught(), "sallyport: info: shown\n");
	log_debug("not shown");
	ck_assert_str_eq(caught(), "");
}
END_TEST

START_TEST(with_a_role)
{
	const char *text;

	catch ();
	log_init("proxy[3]", LOG_LEVEL_INFO);
	log_warn("client %d: gone", 7);
	text = caught();
	ck_assert_uint_gt(strlen(text), 27);
	ck_assert_int_eq(text[10], 'T');
	ck_assert_int_eq(text[26], 'Z');
	ck_assert_str_eq(text + 27, " proxy[3] warn: client 7: gone\n");
}
END_TEST

struct writer {
	void (*write)(const char *fmt, ...)
	    __attribute__((format(printf, 1, 2)));
};

static const struct writer writers[] = {
	[LOG_LEVEL_ERROR] = { log_error },
	[LOG_LEVEL_WARN] = { log_warn },
	[LOG_LEVEL_INFO] = { log_info },
	[LOG_LEVEL_DEBUG] = { log_debug },
};

START_TEST(levels)
{
	int level = _i / (int)COUNT(writers);
	int writer = _i % (int)COUNT(writers);

	catch ();
	log_set_level((enum log_level)level);
	ck_assert_int_eq((int)log_get_level(), level);
	writers[writer].write("text");
	ck_assert_int_eq(*caught() != '\0', writer <= level);
}
END_TEST

START_TEST(stays_one_line)
{
	catch ();
	log_error("a\nb\r\x1b[31mc\x7f");
	ck_assert_str_eq(caught(), "sallyport: error: a?b??[31mc?\n");
}
END_TEST

START_TEST(long_lines_are_cut)
{
	char text[5000];
	const char *line;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	catch ();
	log_error("%s", text);
	line = caught();
	ck_assert_uint_eq(strlen(line), 2048);
	ck_assert_str_eq(line + 2044, "...\n");
}
END_TEST

START_TEST(errno_is_left_alone)
{
	catch ();
	errno = ENOENT;
	log_error("open: %m");
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_str_eq(
	    caught(), "sallyport: error: open: No such file or directory\n");
	close(STDERR_FILENO);
	log_error("nobody reads this");
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(fatal_exits)
{
	catch ();
	fatal("no descriptors");
}
END_TEST

static const struct {
	struct slice s;
	const char *quoted;
} quotes[] = {
	{ { NULL, 0 }, "" },
	{ S("example.com"), "example.com" },
	{ S("a b"), "a b" },
	{ S("b\xc3\xbc.example"), "b\xc3\xbc.example" },
	{ S("a\nb\0"), "a\\x0ab\\x00" },
	{ S("\x1b[2J"), "\\x1b[2J" },
	{ S("\"'\\"), "\\x22\\x27\\x5c" },
	{ S("\x7f\xc2\x9b"), "\\x7f\\xc2\\x9b" },
	{ S("\xff\xc3"), "\\xff\\xc3" },
	{ S("\xe2\x80\xae"
	    "moc"),
	    "\\xe2\\x80\\xaemoc" },
	{ S("\xc0\xaf"), "\\xc0\\xaf" },
};

START_TEST(quoting)
{
	char buf[LOG_QUOTE_SIZE];

	ck_assert_ptr_eq(log_quote(buf, quotes[_i].s), buf);
	ck_assert_str_eq(buf, quotes[_i].quoted);
}
END_TEST

/* The whole where it fits, else whole pieces and "...". */
START_TEST(quoting_cuts)
{
	char text[LOG_QUOTE_SIZE + 10];
	char buf[LOG_QUOTE_SIZE];
	size_t n = (size_t)_i;
	size_t len;

	memset(text, 'x', sizeof(text));
	log_quote(buf, slice_from(text, n));
	len = strlen(buf);
	if (n < LOG_QUOTE_SIZE) {
		ck_assert_uint_eq(len, n);
		return;
	}
	ck_assert_uint_eq(len, LOG_QUOTE_SIZE - 1);
	ck_assert_str_eq(buf + len - 4, "x...");
}
END_TEST

START_TEST(quoting_cuts_between_escapes)
{
	char text[LOG_QUOTE_SIZE];
	char buf[LOG_QUOTE_SIZE];
	size_t len;

	memset(text, 'x', sizeof(text));
	memset(text + _i, '\n', sizeof(text) - (size_t)_i);
	log_quote(buf, slice_from(text, sizeof(text)));
	len = strlen(buf);
	ck_assert_uint_lt(len, LOG_QUOTE_SIZE);
	ck_assert_uint_ge(len, LOG_QUOTE_SIZE - 7);
	ck_assert_str_eq(buf + len - 7, "\\x0a...");
}
END_TEST

START_TEST(limits)
{
	struct log_limit limit = { 0 };
	unsigned missed = 77;

	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(log_allowed(&limit, 3, &missed), i < 3);
		ck_assert_uint_eq(missed, 0);
	}
	ck_assert_uint_eq(limit.missed, 2);
	/* a minute ago */
	limit.window_start_ms = clock_ms() - 60000;
	ck_assert_int_eq(log_allowed(&limit, 3, &missed), 1);
	ck_assert_uint_eq(missed, 2);
	ck_assert_int_eq(log_allowed(&limit, 3, &missed), 1);
	ck_assert_uint_eq(missed, 0);
}
END_TEST

Suite *
suite_log(void)
{
	Suite *suite = suite_create("log");
	TCase *tcase = tcase_create("log");

	tcase_add_test(tcase, before_init);
	tcase_add_test(tcase, with_a_role);
	tcase_add_loop_test(tcase, levels, 0, COUNT(writers) * COUNT(writers));
	tcase_add_test(tcase, stays_one_line);
	tcase_add_test(tcase, long_lines_are_cut);
	tcase_add_test(tcase, errno_is_left_alone);
	tcase_add_exit_test(tcase, fatal_exits, 1);
	tcase_add_loop_test(tcase, quoting, 0, COUNT(quotes));
	tcase_add_loop_test(
	    tcase, quoting_cuts, LOG_QUOTE_SIZE - 3, LOG_QUOTE_SIZE + 4);
	tcase_add_loop_test(tcase, quoting_cuts_between_escapes, 0, 8);
	tcase_add_test(tcase, limits);
	suite_add_tcase(suite, tcase);
	return suite;
}
