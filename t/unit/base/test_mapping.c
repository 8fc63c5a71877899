/*
 * Files as memory.
 */
#include "base/mapping.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

START_TEST(shared)
{
	char path[] = "/tmp/mapping.XXXXXX";
	int fd = mkstemp(path);
	struct mapping ours = { NULL, 0 }, theirs = { NULL, 0 };

	ck_assert_int_ge(fd, 0);
	unlink(path);
	ck_assert_int_eq(mapping_open(&ours, fd, false), -1); /* empty */
	ck_assert_ptr_null(ours.p);
	ck_assert_int_eq(ftruncate(fd, 10000), 0);
	ck_assert_int_eq(mapping_open(&ours, fd, true), 0);
	ck_assert_int_eq(mapping_open(&theirs, fd, false), 0);
	ck_assert_uint_eq(theirs.n, 10000);
	memcpy((char *)ours.p + 5000, "hello", 5);
	ck_assert_mem_eq((char *)theirs.p + 5000, "hello", 5);
	ck_assert_int_eq(mapping_sync((char *)ours.p + 5000, 5), 0);
	mapping_close(&ours);
	mapping_close(&ours);
	mapping_close(&theirs);
	close(fd);
}
END_TEST

START_TEST(sealed)
{
	int fd = mapping_seal("test", SLICE("some bytes"));
	struct mapping mapping = { NULL, 0 };

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(mapping_open(&mapping, fd, true), -1);
	ck_assert_int_eq(mapping_open(&mapping, fd, false), 0);
	ck_assert(slice_eq_str(slice_from(mapping.p, mapping.n), "some bytes"));
	ck_assert_int_eq(ftruncate(fd, 3), -1);
	mapping_close(&mapping);
	close(fd);
}
END_TEST

START_TEST(no_file)
{
	struct mapping mapping = { NULL, 0 };
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(mapping_open(&mapping, fds[0], false), -1);
	ck_assert_int_eq(mapping_open(&mapping, -1, false), -1);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

Suite *
suite_mapping(void)
{
	Suite *suite = suite_create("mapping");
	TCase *tcase = tcase_create("mapping");

	tcase_add_test(tcase, shared);
	tcase_add_test(tcase, sealed);
	tcase_add_test(tcase, no_file);
	suite_add_tcase(suite, tcase);
	return suite;
}
