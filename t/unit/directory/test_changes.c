/*
 * Pairs of account files, and which accounts are told.
 */
#include "directory/changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#define H1 ":" BCRYPT_SECRET "\n"
#define H2 ":" SHA512_SECRET "\n"

static char told[200];
static unsigned calls;
static size_t names_told;

static void
on_names(struct slice names, bool gone, void *arg)
{
	size_t n = strlen(told);

	calls++;
	for (size_t i = 0; i < names.n; i++)
		names_told += names.p[i] == '\n';
	ck_assert_uint_le(names.n, CHANGES_BATCH_MAX);
	if (n + names.n + 2 < sizeof(told))
		snprintf(told + n, sizeof(told) - n, "%c%.*s", gone ? '-' : '+',
		    SLICE_ARG(names));
}

static struct accounts *
parse(const char *text)
{
	char why[ACCOUNTS_WHY_SIZE];
	struct accounts *accounts = NULL;

	if (text) {
		accounts = accounts_parse(slice_of(text), why);
		ck_assert_msg(accounts != NULL, "%s", why);
	}
	return accounts;
}

static const struct {
	const char *old, *fresh, *told;
} rows[] = {
	{ "a" H1 "b" H1, "b" H1 "a" H1, "" },
	{ "a" H1 "b" H1, "a" H1, "-b\n" },
	{ "a" H1, "a" H1 "b" H1, "+b\n" },
	{ "a" H1 "b" H1, "a" H2 "b" H1, "+a\n" },
	{ "a" H1, "A" H1, "+A\n" },
	{ "a" H1 "c" H1, "b" H1, "-a\nc\n+b\n" },
	{ NULL, "a" H1, "+a\n" },
	{ "a" H1 "ab" H1, NULL, "-a\nab\n" },
	{ NULL, NULL, "" },
};

START_TEST(test_rows)
{
	struct accounts *old = parse(rows[_i].old);
	struct accounts *fresh = parse(rows[_i].fresh);

	told[0] = '\0';
	changes_each(old, fresh, on_names, NULL);
	ck_assert_str_eq(told, rows[_i].told);
	accounts_free(old);
	accounts_free(fresh);
}
END_TEST

#define MANY 5000

/* More than goes into one message. */
START_TEST(test_many)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct accounts *old;

	for (unsigned i = 0; i < MANY; i++)
		fprintf(out, "somebody-with-a-name-%05u" H1, i);
	fclose(out);
	old = parse(text);
	calls = 0;
	names_told = 0;
	changes_each(old, NULL, on_names, NULL);
	ck_assert_uint_eq(names_told, MANY);
	ck_assert_uint_gt(calls, 1);
	accounts_free(old);
	free(text);
}
END_TEST

Suite *
suite_changes(void)
{
	Suite *suite = suite_create("changes");
	TCase *tc = tcase_create("changes");

	tcase_add_loop_test(tc, test_rows, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, test_many);
	suite_add_tcase(suite, tc);
	return suite;
}
