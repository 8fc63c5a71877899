/*
 * names: the forms in which an account is named.
 */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

#include "credential/names.h"

static const struct {
	struct slice value;
	const char *canonical; /* NULL: no name */
} forms[] = {
	{ SLICE("jdoe"), "jdoe" },
	{ SLICE(" JDoe\n"), "jdoe" },
	{ SLICE("CORP\\JDoe"), "corp\\jdoe" },
	{ SLICE("M\xc3\x9cLLER"), "m\xc3\xbcller" },
	{ SLICE("mu\xcc\x88ller"), "m\xc3\xbcller" },
	{ SLICE("stra\xc3\x9f"
		"e"),
	    "strasse" },
	{ SLICE("john doe"), NULL },
	{ SLICE("a\0b"), NULL },
	{ SLICE("\xff"), NULL },
	{ SLICE(""), NULL },
};

START_TEST(canonical)
{
	char buf[CREDENTIAL_NAME_MAX];
	size_t n = name_canonical(forms[_i].value, buf);

	ck_assert(slice_eq(slice_from(buf, n), slice_of(forms[_i].canonical)));
}
END_TEST

START_TEST(length)
{
	char buf[CREDENTIAL_NAME_MAX], name[CREDENTIAL_NAME_MAX + 1];

	memset(name, 'n', sizeof(name));
	ck_assert_uint_eq(
	    name_canonical(slice_from(name, CREDENTIAL_NAME_MAX - 1), buf),
	    CREDENTIAL_NAME_MAX - 1);
	ck_assert_uint_eq(
	    name_canonical(slice_from(name, CREDENTIAL_NAME_MAX), buf), 0);
	ck_assert_uint_eq(
	    name_canonical(slice_from(name, CREDENTIAL_NAME_MAX + 1), buf), 0);
}
END_TEST

static struct names *
some_names(void)
{
	struct names *names = names_new();

	ck_assert(names_add(names, SLICE("JDoe"), SLICE("jdoe")));
	ck_assert(
	    names_add(names, SLICE("john.doe@mail.example"), SLICE("JDOE")));
	ck_assert(names_add(names, SLICE("@corp.example"), SLICE("-")));
	ck_assert(names_add(names, SLICE("asmith"), SLICE("asmith")));
	ck_assert(!names_add(names, SLICE("a b"), SLICE("asmith")));
	ck_assert(!names_add(names, SLICE("ab"), SLICE("")));
	return names;
}

static const struct {
	const char *value;
	const char *account; /* NULL: nobody's */
} finds[] = {
	{ "jdoe", "jdoe" },
	{ "JDOE", "jdoe" },
	{ "CORP\\jdoe", "jdoe" },
	{ "corp/JDoe", "jdoe" },
	{ "jdoe@corp.example", "jdoe" },
	{ "JDoe@Corp.Example", "jdoe" },
	{ "john.doe@mail.example", "jdoe" },
	{ "john.doe@corp.example", NULL },
	{ "jdoe@mail.example", NULL },
	{ "jdoe@other.example", NULL },
	{ "asmith", "asmith" },
	{ "\\jdoe", "jdoe" },
	{ "CORP\\", NULL },
	{ "@", NULL },
	{ "", NULL },
	{ "nobody", NULL },
};

/* Folded, it is longer than any name: it leaves nothing behind, either. */
START_TEST(grows)
{
	static const char letter[] = "\xc5\x89"; /* two bytes become three */
	char buf[CREDENTIAL_NAME_MAX], name[CREDENTIAL_NAME_MAX];
	size_t before;

	for (size_t i = 0; i < 240; i++)
		name[i] = letter[i % 2];
	ck_assert_uint_eq(name_canonical(slice_from(name, 160), buf), 240);
	ck_assert_uint_eq(name_canonical(slice_from(name, 240), buf), 0);
	before = mallinfo2().uordblks;
	for (int i = 0; i < 1000; i++)
		(void)name_canonical(slice_from(name, 240), buf);
	/* malloc keeps a few of what was freed as if they were in use */
	ck_assert_uint_lt(mallinfo2().uordblks, before + 50000);
}
END_TEST

START_TEST(finding)
{
	struct names *names = some_names();
	struct names_source source = names_source(names);
	struct slice account = SLICE_EMPTY;
	bool got;

	got = name_find(&source, slice_of(finds[_i].value), &account);
	ck_assert_int_eq(got, finds[_i].account != NULL);
	if (got)
		ck_assert(slice_eq_str(account, finds[_i].account));
	names_free(names);
	names_free(NULL);
}
END_TEST

START_TEST(many)
{
	struct names *names = names_new();
	struct names_source source = names_source(names);
	char name[64], login[64];
	struct slice account;
	int i;

	for (i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "name%d", i);
		snprintf(login, sizeof(login), "login%d", i / 2);
		ck_assert(names_add(names, slice_of(name), slice_of(login)));
	}
	ck_assert_uint_eq(names_count(names), 5000);
	for (i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "NAME%d", i);
		snprintf(login, sizeof(login), "login%d", i / 2);
		ck_assert(name_find(&source, slice_of(name), &account));
		ck_assert(slice_eq_str(account, login));
	}
	ck_assert(!name_find(&source, SLICE("name5000"), &account));
	names_free(names);
}
END_TEST

Suite *
suite_names(void)
{
	Suite *suite = suite_create("names");
	TCase *tcase = tcase_create("names");

	tcase_add_loop_test(tcase, canonical, 0, (int)COUNT(forms));
	tcase_add_test(tcase, length);
	tcase_add_test(tcase, grows);
	tcase_add_loop_test(tcase, finding, 0, (int)COUNT(finds));
	tcase_add_test(tcase, many);
	suite_add_tcase(suite, tcase);
	return suite;
}
