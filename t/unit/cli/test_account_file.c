#include "cli/account_file.h"

#include <stdio.h>
#include <unistd.h>

#include "suites.h"

static struct event_base *base;
static struct account_file *file;
static unsigned changes;

static void
on_change(void *arg)
{
	changes++;
	event_base_loopbreak(base);
}

static void
setup(void)
{
	base = event_base_new();
	file = account_file_new(base, on_change, NULL);
	changes = 0;
	scratch_write("accounts", "alice:x\n");
}

static void
teardown(void)
{
	account_file_free(file);
	event_base_free(base);
	scratch_clear();
}

/* Until a change is told, or for longer than it may take to see one. */
static void
wait_a_look(void)
{
	struct timeval limit = { .tv_sec = 2, .tv_usec = 500000 };

	event_base_loopexit(base, &limit);
	event_base_dispatch(base);
}

static void
change_in_place(void)
{
	scratch_write("accounts", "alice:xy\n");
}

/* The same size, maybe in the same second: another file. */
static void
replace(void)
{
	char from[256];

	scratch_write("accounts.new", "alice:y\n");
	snprintf(from, sizeof(from), "%s", scratch_path("accounts.new"));
	ck_assert_int_eq(rename(from, scratch_path("accounts")), 0);
}

static void
nothing(void)
{
}

static void
vanish(void)
{
	unlink(scratch_path("accounts"));
}

static void
look_elsewhere(void)
{
	account_file_watch(file, NULL);
	change_in_place();
}

static const struct {
	void (*act)(void);
	unsigned changes;
} acts[] = {
	{ change_in_place, 1 },
	{ replace, 1 },
	{ nothing, 0 },
	{ vanish, 0 },
	{ look_elsewhere, 0 },
};

START_TEST(a_change_is_seen)
{
	account_file_watch(file, scratch_path("accounts"));
	acts[_i].act();
	wait_a_look();
	ck_assert_uint_eq(changes, acts[_i].changes);
}
END_TEST

START_TEST(a_file_that_comes_back_is_seen)
{
	account_file_watch(file, scratch_path("accounts"));
	vanish();
	wait_a_look();
	ck_assert_uint_eq(changes, 0);
	change_in_place();
	wait_a_look();
	ck_assert_uint_eq(changes, 1);
}
END_TEST

Suite *
suite_account_file(void)
{
	Suite *suite = suite_create("account_file");
	TCase *tcase = tcase_create("account_file");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	tcase_add_loop_test(
	    tcase, a_change_is_seen, 0, sizeof(acts) / sizeof(*acts));
	tcase_add_test(tcase, a_file_that_comes_back_is_seen);
	suite_add_tcase(suite, tcase);
	return suite;
}
