#include "conf/diag.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "suites.h"

static void
add(struct diags *diags, const char *file, unsigned line, unsigned column,
    const char *text)
{
	struct diag finding = { .is_error = column % 2,
		.at = { file, line, column },
		.text = mem_dup(text) };

	diags_add(diags, &finding, SLICE("\tone \xc3\xa9\x1b[2J two"), "too");
}

START_TEST(shape)
{
	struct diags diags = { 0 };
	struct diag whole = { .is_error = true,
		.at = { .file = "g" },
		.text = mem_dup("can't be read") };
	char *text;

	add(&diags, "f", 3, 5, "word");
	diags_add(&diags, &whole, SLICE_EMPTY, NULL);
	text = text_of_diags(&diags);
	ck_assert_str_eq(text,
	    "f:3:5: error: word\n"
	    "\tone \xc3\xa9?[2J two\n\t   ^ did you mean \"too\"?\n"
	    "g: error: can't be read\n");
	ck_assert_uint_eq(diags.errors, 2);
	free(text);
	diags_clear(&diags);
	ck_assert_uint_eq(diags.n, 0);
}
END_TEST

static size_t
rank(const char *file, const void *arg)
{
	ck_assert_ptr_null(arg);
	return file[0] == 'z' ? 0 : 1;
}

START_TEST(sorted)
{
	static const char *const order[] = { "z1", "z2", "a1", "a2", "a3",
		"a4" };
	struct diags diags = { 0 };

	add(&diags, "a", 9, 9, "a4");
	add(&diags, "a", 2, 4, "a2");
	add(&diags, "z", 7, 1, "z2");
	add(&diags, "a", 2, 4, "a3");
	add(&diags, "z", 1, 8, "z1");
	add(&diags, "a", 2, 3, "a1");
	diags_sort(&diags, rank, NULL);
	for (size_t i = 0; i < COUNT(order); i++)
		ck_assert_str_eq(diags.v[i].text, order[i]);
	diags_clear(&diags);
}
END_TEST

START_TEST(bounded)
{
	struct diags diags = { 0 };
	char *text;

	for (unsigned i = 1; i <= DIAGS_MAX + 2; i++)
		add(&diags, "f", i, 1, "again");
	ck_assert_uint_eq(diags.n, DIAGS_MAX);
	ck_assert_uint_eq(diags.errors, DIAGS_MAX + 2);
	text = text_of_diags(&diags);
	ck_assert_ptr_nonnull(strstr(text, "\nand 2 more\n"));
	free(text);
	diags_clear(&diags);
}
END_TEST

Suite *
suite_diag(void)
{
	Suite *suite = suite_create("diag");
	TCase *tcase = tcase_create("findings");

	tcase_add_test(tcase, shape);
	tcase_add_test(tcase, sorted);
	tcase_add_test(tcase, bounded);
	suite_add_tcase(suite, tcase);
	return suite;
}
