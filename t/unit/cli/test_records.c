#include "cli/records.h"

#include <sys/stat.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

static struct records records;
static struct conf conf;

static void
setup(void)
{
	memset(&conf, 0, sizeof(conf));
	records_init(&records);
	conf.record_sink = RECORD_FILE;
	conf.record_path = scratch_path("record.json");
}

static void
teardown(void)
{
	records_clear(&records);
	scratch_clear();
}

static off_t
size_of(const char *name)
{
	struct stat st;

	return stat(scratch_path(name), &st) == 0 ? st.st_size : -1;
}

START_TEST(a_file_is_appended_to_and_kept_from_others)
{
	struct stat st;

	scratch_write("record.json", "old\n");
	ck_assert_ptr_null(records_open(&records, &conf));
	ck_assert_int_eq(write(records.fd, "new\n", 4), 4);
	ck_assert_int_eq(size_of("record.json"), 8);
	unlink(scratch_path("record.json"));
	ck_assert_ptr_null(records_open(&records, &conf));
	ck_assert_int_eq(stat(scratch_path("record.json"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0007, 0);
}
END_TEST

START_TEST(a_renamed_file_is_left_behind)
{
	char was[256];

	ck_assert_ptr_null(records_open(&records, &conf));
	snprintf(was, sizeof(was), "%s", scratch_path("record.json"));
	ck_assert_int_eq(rename(was, scratch_path("record.1")), 0);
	ck_assert_ptr_null(records_open(&records, &conf));
	ck_assert_int_eq(write(records.fd, "x", 1), 1);
	ck_assert_int_eq(size_of("record.json"), 1);
	ck_assert_int_eq(size_of("record.1"), 0);
}
END_TEST

START_TEST(what_cannot_be_opened_changes_nothing)
{
	int fd;
	const char *why;

	ck_assert_ptr_null(records_open(&records, &conf));
	fd = records.fd;
	conf.record_path = scratch_path("no/such/directory");
	why = records_open(&records, &conf);
	ck_assert_ptr_nonnull(why);
	ck_assert_ptr_nonnull(strstr(why, "No such file"));
	ck_assert_int_eq(records.fd, fd);
	ck_assert_int_eq(records.sink, RECORD_FILE);
}
END_TEST

START_TEST(off_is_off)
{
	conf.record_sink = RECORD_OFF;
	ck_assert_ptr_null(records_open(&records, &conf));
	ck_assert_int_eq(records.fd, -1);
	ck_assert_int_eq(records.sink, RECORD_OFF);
}
END_TEST

Suite *
suite_records(void)
{
	Suite *suite = suite_create("records");
	TCase *tcase = tcase_create("records");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_file_is_appended_to_and_kept_from_others);
	tcase_add_test(tcase, a_renamed_file_is_left_behind);
	tcase_add_test(tcase, what_cannot_be_opened_changes_nothing);
	tcase_add_test(tcase, off_is_off);
	suite_add_tcase(suite, tcase);
	return suite;
}
