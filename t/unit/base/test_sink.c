#include "base/sink.h"

#include <sys/socket.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

static struct sink sink;

static void
setup(void)
{
	sink_init(&sink);
}

static void
teardown(void)
{
	sink_clear(&sink);
}

START_TEST(off_takes_everything_and_loses_nothing)
{
	sink_write(&sink, SLICE("a\n"));
	ck_assert_uint_eq(sink.lost, 0);
}
END_TEST

START_TEST(a_file_gets_lines_as_they_are)
{
	char buf[16];
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	sink_set(&sink, RECORD_FILE, ends[1]);
	sink_write(&sink, SLICE("a\nb\n"));
	ck_assert_int_eq(read(ends[0], buf, sizeof(buf)), 4);
	ck_assert_mem_eq(buf, "a\nb\n", 4);
	close(ends[0]);
}
END_TEST

START_TEST(syslog_gets_a_datagram_a_line)
{
	char buf[64];
	int ends[2];
	ssize_t n;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	sink_set(&sink, RECORD_SYSLOG, ends[1]);
	sink_write(&sink, SLICE("a\nbb\n"));
	for (const char *end = "a"; end; end = *end == 'a' ? "bb" : NULL) {
		n = recv(ends[0], buf, sizeof(buf) - 1, MSG_DONTWAIT);
		ck_assert_int_gt(n, 0);
		buf[n] = '\0';
		ck_assert_int_eq(strncmp(buf, "<134>sallyport[", 15), 0);
		ck_assert_str_eq(strstr(buf, "]: ") + 3, end);
	}
	ck_assert_int_lt(recv(ends[0], buf, sizeof(buf), MSG_DONTWAIT), 0);
	close(ends[0]);
}
END_TEST

/* A reader that is behind costs nothing as long as somebody comes again. */
START_TEST(syslog_that_is_full_takes_the_rest_later)
{
	enum {
		LINES = 2000
	};
	char lines[LINES * 6 + 1] = "", buf[64];
	struct slice rest = slice_from(lines, LINES * 6);
	int ends[2], got = 0;
	bool was_full = false;
	size_t done;

	for (int i = 0; i < LINES; i++)
		sprintf(lines + i * 6, "%05d\n", i);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	sink_set(&sink, RECORD_SYSLOG, ends[1]);
	while (rest.n > 0) {
		done = sink_write(&sink, rest);
		ck_assert_uint_eq(done % 6, 0);
		was_full |= done < rest.n;
		rest = slice_from_idx(rest, done);
		while (recv(ends[0], buf, sizeof(buf), MSG_DONTWAIT) > 0)
			ck_assert_int_eq(atoi(strstr(buf, "]: ") + 3), got++);
	}
	ck_assert(was_full);
	ck_assert_int_eq(got, LINES);
	ck_assert_uint_eq(sink.lost, 0);
	while (sink_write(&sink, slice_from(lines, LINES * 6)) == LINES * 6)
		;
	sink_write_once(&sink, SLICE("a\nb\n"));
	ck_assert_uint_eq(sink.lost, 2);
	close(ends[0]);
}
END_TEST

START_TEST(what_a_full_disk_does_not_take_is_counted)
{
	int fd = open("/dev/full", O_WRONLY);

	if (fd < 0)
		return;
	sink_set(&sink, RECORD_FILE, fd);
	sink_write(&sink, SLICE("a\n"));
	sink_write(&sink, SLICE("b\n"));
	ck_assert_uint_eq(sink.lost, 2);
}
END_TEST

Suite *
suite_sink(void)
{
	Suite *suite = suite_create("sink");
	TCase *tcase = tcase_create("sink");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, off_takes_everything_and_loses_nothing);
	tcase_add_test(tcase, a_file_gets_lines_as_they_are);
	tcase_add_test(tcase, syslog_gets_a_datagram_a_line);
	tcase_add_test(tcase, syslog_that_is_full_takes_the_rest_later);
	tcase_add_test(tcase, what_a_full_disk_does_not_take_is_counted);
	suite_add_tcase(suite, tcase);
	return suite;
}
