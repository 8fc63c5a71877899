/*
 * What workers get of the filter and its key, and when nothing.
 */
#include "cli/filter_gate.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/filter_store.h"
#include "suites.h"

static struct filter_gate *gate;
static struct conf conf;
static char *filter_path, *key_path;

static void
setup(void)
{
	struct filter_params params = FILTER_PARAMS_DEFAULT;
	struct filter_store store;

	filter_path = mem_dup(scratch_path("filter"));
	key_path = mem_dup(scratch_path("key"));
	store = (struct filter_store){ .path = filter_path,
		.key_path = key_path };
	params.capacity = 1000;
	ck_assert_ptr_null(filter_store_key(&store, true));
	ck_assert_ptr_null(filter_store_fresh(&store, &params));
	filter_seal(store.filter, 1000);
	ck_assert_ptr_null(filter_store_commit(&store));
	filter_store_close(&store);
	conf.filter_path = filter_path;
	conf.filter_key = key_path;
	gate = filter_gate_new();
}

static void
teardown(void)
{
	filter_gate_free(gate);
	free(filter_path);
	free(key_path);
	scratch_clear();
}

static bool
passes(void)
{
	struct secret lookup = { NULL, 0, 0 };
	int fd = filter_gate_open(gate, &conf, &lookup);

	ck_assert_uint_eq(lookup.n, fd < 0 ? 0 : TOKEN_KEY_LOOKUP);
	if (fd >= 0) {
		ck_assert_int_eq(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
		close(fd);
	}
	secret_clear(&lookup);
	return fd >= 0;
}

static void
flip(const char *path, off_t at)
{
	int fd = open(path, O_RDWR);
	char byte;

	ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

/* A header, a state, a seal, a bit; what was good before is looked at again
 * once it is another one. */
static const off_t places[] = { 60, 8, 8192, 12300 };

START_TEST(checks_seals)
{
	ck_assert(passes());
	ck_assert(passes());
	usleep(20000); /* for the clock of the file system */
	flip(filter_path, places[_i]);
	ck_assert(!passes());
	ck_assert(!passes());
	usleep(20000);
	flip(filter_path, places[_i]);
	ck_assert(passes());
}
END_TEST

START_TEST(checks_key)
{
	ck_assert(passes());
	flip(key_path, 3);
	ck_assert(!passes());
	flip(key_path, 3);
	ck_assert(passes());
	unlink(key_path);
	ck_assert(!passes());
}
END_TEST

START_TEST(checks_file)
{
	unlink(filter_path);
	ck_assert(!passes());
	scratch_write("filter", "");
	ck_assert(!passes());
	scratch_write("filter", "no filter");
	ck_assert(!passes());
}
END_TEST

Suite *
suite_filter_gate(void)
{
	Suite *suite = suite_create("filter_gate");
	TCase *tcase = tcase_create("filter_gate");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(
	    tcase, checks_seals, 0, sizeof(places) / sizeof(*places));
	tcase_add_test(tcase, checks_key);
	tcase_add_test(tcase, checks_file);
	suite_add_tcase(suite, tcase);
	return suite;
}
