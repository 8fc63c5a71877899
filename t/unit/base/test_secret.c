/*
 * secret: pages of its own, wiped, and read whole or not at all.
 */
#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

#include "base/secret.h"

START_TEST(set_and_clear)
{
	struct secret secret = { 0 };

	secret_clear(&secret);
	secret_init(&secret, 8);
	ck_assert_uint_eq(secret_slice(&secret).n, 0);
	secret_set(&secret, "hunter2", 7);
	ck_assert(slice_eq_str(secret_slice(&secret), "hunter2"));
	secret_set(&secret, "abc", 3);
	ck_assert(slice_eq_str(secret_slice(&secret), "abc"));
	/* nothing of the longer one stays behind the shorter */
	for (size_t i = 3; i < secret.cap; i++)
		ck_assert_uint_eq(secret.p[i], 0);
	secret_set(&secret, NULL, 0);
	ck_assert_uint_eq(secret.n, 0);
	secret_clear(&secret);
	secret_clear(&secret);
	ck_assert_ptr_null(secret.p);
}
END_TEST

START_TEST(set_grows)
{
	struct secret secret;
	char big[10000];

	memset(big, 'x', sizeof(big));
	secret_init(&secret, 0);
	secret_set(&secret, big, sizeof(big));
	ck_assert_uint_eq(secret.n, sizeof(big));
	/* from within itself */
	secret_set(&secret, secret.p + 1, 5);
	ck_assert(slice_eq_str(secret_slice(&secret), "xxxxx"));
	secret_clear(&secret);
}
END_TEST

/* Whether the kernel's flags of the mapping that holds p include flag. */
static int
has_flag(const void *p, const char *flag)
{
	FILE *maps = fopen("/proc/self/smaps", "r");
	char line[512];
	int inside = 0, found = 0;

	ck_assert_ptr_nonnull(maps);
	while (fgets(line, sizeof(line), maps)) {
		unsigned long from, to;

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = (uintptr_t)p >= from && (uintptr_t)p < to;
		if (inside && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, flag) != NULL;
	}
	fclose(maps);
	return found;
}

START_TEST(kept_out_of_core_dumps)
{
	struct secret secret;
	int elsewhere;

	secret_init(&secret, 100);
	ck_assert(has_flag(secret.p, " dd"));
	ck_assert(!has_flag(&elsewhere, " dd"));
	secret_clear(&secret);
}
END_TEST

START_TEST(locked_where_allowed)
{
	struct secret secret;
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int allowed;

	/* a sanitizer's mlock succeeds and does nothing */
	allowed = mlock(page, 4096) == 0 && has_flag(page, " lo");
	munmap(page, 4096);
	secret_init(&secret, 100);
	if (allowed)
		ck_assert(has_flag(secret.p, " lo"));
	secret_clear(&secret);
}
END_TEST

static const struct {
	size_t size, max;
	int error;
} reads[] = {
	{ 0, 0, 0 },
	{ 0, 10, 0 },
	{ 9, 10, 0 },
	{ 10, 10, 0 },
	{ 11, 10, EFBIG },
	{ 1, 0, EFBIG },
	{ 40000, 40000, 0 },
	{ 40001, 40000, EFBIG },
};

START_TEST(reading)
{
	static char bytes[50000];
	struct secret secret = { 0 };
	int fds[2];

	memset(bytes, 'k', sizeof(bytes));
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(
	    write(fds[1], bytes, reads[_i].size), (ssize_t)reads[_i].size);
	close(fds[1]);
	secret_set(&secret, "old", 3);
	errno = 0;
	if (reads[_i].error) {
		ck_assert_int_eq(
		    secret_read(&secret, fds[0], reads[_i].max), -1);
		ck_assert_int_eq(errno, reads[_i].error);
		ck_assert(slice_eq_str(secret_slice(&secret), "old"));
	} else {
		ck_assert_int_eq(
		    secret_read(&secret, fds[0], reads[_i].max), 0);
		ck_assert(slice_eq(
		    secret_slice(&secret), slice_from(bytes, reads[_i].size)));
	}
	close(fds[0]);
	secret_clear(&secret);
}
END_TEST

START_TEST(reading_fails)
{
	struct secret secret = { 0 };

	ck_assert_int_eq(secret_read(&secret, -1, 10), -1);
	ck_assert_int_eq(errno, EBADF);
	secret_clear(&secret);
}
END_TEST

START_TEST(comparing)
{
	ck_assert(secret_eq(SLICE("same"), SLICE("same")));
	ck_assert(secret_eq(SLICE_EMPTY, SLICE("")));
	ck_assert(!secret_eq(SLICE("same"), SLICE("sane")));
	ck_assert(!secret_eq(SLICE("same"), SLICE("sam")));
	ck_assert(!secret_eq(SLICE("sam"), SLICE("same")));
	ck_assert(!secret_eq(SLICE_EMPTY, SLICE("x")));
}
END_TEST

START_TEST(wiping_and_random)
{
	unsigned char a[64] = { 0 }, b[64] = { 0 }, zeros[64] = { 0 };

	secret_random(a, sizeof(a));
	secret_random(b, sizeof(b));
	secret_random(NULL, 0);
	ck_assert_mem_ne(a, b, sizeof(a));
	ck_assert_mem_ne(a, zeros, sizeof(a));
	secret_wipe(a, sizeof(a));
	secret_wipe(NULL, 0);
	ck_assert_mem_eq(a, zeros, sizeof(a));
}
END_TEST

Suite *
suite_secret(void)
{
	Suite *suite = suite_create("secret");
	TCase *tcase = tcase_create("secret");

	tcase_add_test(tcase, set_and_clear);
	tcase_add_test(tcase, set_grows);
	tcase_add_test(tcase, kept_out_of_core_dumps);
	tcase_add_test(tcase, locked_where_allowed);
	tcase_add_loop_test(tcase, reading, 0, COUNT(reads));
	tcase_add_test(tcase, reading_fails);
	tcase_add_test(tcase, comparing);
	tcase_add_test(tcase, wiping_and_random);
	suite_add_tcase(suite, tcase);
	return suite;
}
