#include "conf/bundle.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

static char dir[] = "/tmp/sallyport-bundle-XXXXXX";

static void
make_dir(void)
{
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
}

static void
remove_dir(void)
{
	unlink("file");
	unlink("big");
	unlink("fifo");
	ck_assert_int_eq(rmdir(dir), 0);
}

static void
write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	ck_assert_int_eq(fclose(out), 0);
}

START_TEST(reads_once)
{
	struct bundle *bundle = bundle_new();
	struct slice text;

	write_file("file", "before");
	ck_assert(bundle_reads_files(bundle));
	ck_assert_int_eq(bundle_get(bundle, "file", &text), 0);
	ck_assert(slice_eq_str(text, "before"));
	write_file("file", "after");
	ck_assert_int_eq(bundle_get(bundle, "file", &text), 0);
	ck_assert(slice_eq_str(text, "before"));
	bundle_free(bundle);
}
END_TEST

START_TEST(refuses)
{
	static const struct {
		const char *path;
		int error;
	} cases[] = { { "none", ENOENT }, { ".", EINVAL }, { "fifo", EINVAL },
		{ "big", EFBIG } };
	struct bundle *bundle = bundle_new();
	struct slice text = SLICE("untouched");
	int fd = open("big", O_WRONLY | O_CREAT, 0600);

	ck_assert_int_eq(ftruncate(fd, BUNDLE_FILE_MAX + 1), 0);
	close(fd);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	errno = 0;
	ck_assert_int_eq(bundle_get(bundle, cases[_i].path, &text), -1);
	ck_assert_int_eq(errno, cases[_i].error);
	ck_assert(slice_eq_str(text, "untouched"));
	bundle_free(bundle);
}
END_TEST

START_TEST(seals)
{
	struct bundle *bundle = bundle_new(), *other;
	struct slice text;
	int fd;

	write_file("file", "content");
	ck_assert_int_eq(bundle_get(bundle, "file", &text), 0);
	bundle_put(bundle, "empty", SLICE_EMPTY);
	bundle_put(bundle, "nul", SLICE("a\0b"));
	fd = bundle_seal(bundle);
	ck_assert_int_ge(fd, 0);
	bundle_free(bundle);
	ck_assert_int_eq(write(fd, "x", 1), -1);
	ck_assert_int_eq(ftruncate(fd, 1), -1);

	other = bundle_from_fd(fd);
	ck_assert_ptr_nonnull(other);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	ck_assert(!bundle_reads_files(other));
	ck_assert_int_eq(bundle_get(other, "file", &text), 0);
	ck_assert(slice_eq_str(text, "content"));
	ck_assert_int_eq(bundle_get(other, "empty", &text), 0);
	ck_assert_uint_eq(text.n, 0);
	ck_assert_int_eq(bundle_get(other, "nul", &text), 0);
	ck_assert(slice_eq(text, SLICE("a\0b")));
	/* it doesn't go looking for what it doesn't have */
	write_file("big", "here");
	ck_assert_int_eq(bundle_get(other, "big", &text), -1);
	ck_assert_int_eq(errno, ENOENT);
	bundle_put(other, "file", SLICE("new"));
	ck_assert_int_eq(bundle_get(other, "file", &text), 0);
	ck_assert(slice_eq_str(text, "new"));
	bundle_free(other);
}
END_TEST

/* Cut anywhere, it is refused or, between two files, has fewer of them. */
START_TEST(cut)
{
	struct bundle *bundle = bundle_new_memory(), *other;
	struct slice text;
	char bytes[200];
	int fd, copy;
	ssize_t n;

	bundle_put(bundle, "one", SLICE("first"));
	bundle_put(bundle, "two", SLICE("second"));
	fd = bundle_seal(bundle);
	n = pread(fd, bytes, sizeof(bytes), 0);
	close(fd);
	bundle_free(bundle);
	ck_assert_int_gt(n, 50);
	for (ssize_t i = 0; i < n; i++) {
		copy = memfd_create("cut", MFD_CLOEXEC);
		ck_assert_int_eq(write(copy, bytes, (size_t)i), i);
		other = bundle_from_fd(copy);
		if (other)
			ck_assert_int_eq(bundle_get(other, "two", &text), -1);
		bundle_free(other);
	}
}
END_TEST

START_TEST(foreign)
{
	int fd = memfd_create("foreign", MFD_CLOEXEC);

	ck_assert_int_eq(write(fd, "something else", 14), 14);
	ck_assert_ptr_null(bundle_from_fd(fd));
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_ptr_null(bundle_from_fd(-1));
	ck_assert_int_eq(errno, EBADF);
	bundle_free(NULL);
}
END_TEST

Suite *
suite_bundle(void)
{
	Suite *suite = suite_create("bundle");
	TCase *tcase = tcase_create("files");

	tcase_add_checked_fixture(tcase, make_dir, remove_dir);
	tcase_add_test(tcase, reads_once);
	tcase_add_loop_test(tcase, refuses, 0, 4);
	tcase_add_test(tcase, seals);
	tcase_add_test(tcase, cut);
	tcase_add_test(tcase, foreign);
	suite_add_tcase(suite, tcase);
	return suite;
}
