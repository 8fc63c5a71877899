/*
 * A file changed as a whole: mode, links, the lock, what stays on failure.
 */
#include "cli/replace.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "suites.h"

static char dir[64], path[96], other[96];

static void
setup(void)
{
	snprintf(dir, sizeof(dir), "/tmp/sallyport-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
	snprintf(other, sizeof(other), "%s/link", dir);
}

static void
teardown(void)
{
	unlink(path);
	unlink(other);
	/* fails where a temporary file was left */
	ck_assert_int_eq(rmdir(dir), 0);
}

static void
put(struct slice text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text.p, text.n), (ssize_t)text.n);
	fchmod(fd, mode);
	close(fd);
}

static void
assert_holds(const char *want)
{
	struct replace replace;
	struct secret text = { NULL, 0, 0 };

	ck_assert_int_eq(replace_begin(&replace, path, false), 0);
	ck_assert_int_eq(replace_read(&replace, 1000, &text), 0);
	ck_assert(slice_eq_str(secret_slice(&text), want));
	secret_clear(&text);
	replace_end(&replace);
}

static void
change(const char *by, struct slice text)
{
	struct replace replace;

	ck_assert_int_eq(replace_begin(&replace, by, true), 0);
	ck_assert_int_eq(replace_write(&replace, text), 0);
	replace_end(&replace);
}

static mode_t
mode_of(const char *file)
{
	struct stat st;

	ck_assert_int_eq(lstat(file, &st), 0);
	return st.st_mode;
}

START_TEST(test_creates)
{
	struct replace replace;

	ck_assert_int_eq(replace_begin(&replace, path, false), -1);
	ck_assert_int_eq(errno, ENOENT);
	change(path, SLICE("new"));
	assert_holds("new");
	ck_assert_uint_eq(mode_of(path) & 07777, 0600);
}
END_TEST

START_TEST(test_keeps_the_mode)
{
	static const mode_t modes[] = { 0600, 0640, 0444, 0664 };

	umask(077);
	put(SLICE("old"), modes[_i]);
	change(path, SLICE("longer than it was"));
	ck_assert_uint_eq(mode_of(path) & 07777, modes[_i]);
	assert_holds("longer than it was");
}
END_TEST

START_TEST(test_follows_a_link)
{
	put(SLICE("old"), 0600);
	ck_assert_int_eq(symlink("file", other), 0);
	change(other, SLICE("new"));
	ck_assert(S_ISLNK(mode_of(other)));
	assert_holds("new");
}
END_TEST

START_TEST(test_bound)
{
	struct replace replace;
	struct secret text = { NULL, 0, 0 };

	put(SLICE("12345"), 0600);
	ck_assert_int_eq(replace_begin(&replace, path, false), 0);
	ck_assert_int_eq(replace_read(&replace, 5, &text), 0);
	secret_clear(&text);
	ck_assert_int_eq(replace_read(&replace, 4, &text), -1);
	ck_assert_int_eq(errno, EFBIG);
	replace_end(&replace);
}
END_TEST

/* Reads a number, adds one, writes it: ten processes lose no step. */
static void
count_up(void)
{
	struct replace replace;
	struct secret text = { NULL, 0, 0 };
	uint64_t n = 0;
	char number[24];

	if (replace_begin(&replace, path, true) < 0 ||
	    replace_read(&replace, 100, &text) < 0 ||
	    slice_to_u64(secret_slice(&text), 1000, &n) < 0)
		_exit(1);
	usleep(1000);
	snprintf(number, sizeof(number), "%d", (int)n + 1);
	_exit(replace_write(&replace, slice_of(number)) < 0);
}

START_TEST(test_one_after_another)
{
	int status;

	put(SLICE("0"), 0600);
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();

		ck_assert_int_ge(pid, 0);
		if (pid == 0)
			count_up();
	}
	for (int i = 0; i < 10; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	assert_holds("10");
}
END_TEST

Suite *
suite_replace(void)
{
	Suite *suite = suite_create("replace");
	TCase *tc = tcase_create("replace");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, test_creates);
	tcase_add_loop_test(tc, test_keeps_the_mode, 0, 4);
	tcase_add_test(tc, test_follows_a_link);
	tcase_add_test(tc, test_bound);
	tcase_add_test(tc, test_one_after_another);
	suite_add_tcase(suite, tc);
	return suite;
}
