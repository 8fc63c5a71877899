/*
 * Account files changed by a line: the rest stays byte for byte.
 */
#include "directory/edit.h"

#include <string.h>

#include "suites.h"

static const struct {
	const char *text;
	unsigned line;    /* 0: add */
	const char *hash; /* NULL: delete */
	const char *want;
} edits[] = {
	{ "", 0, "H", "x:H\n" },
	{ "a:1\n", 0, "H", "a:1\nx:H\n" },
	{ "a:1", 0, "H", "a:1\nx:H\n" },
	{ "# c", 0, "H", "# c\nx:H\n" },
	{ "a:1\nx:2\n# c\n", 2, "H", "a:1\nx:H\n# c\n" },
	{ "x:1\r\nb:2\n", 1, "H", "x:H\nb:2\n" },
	{ "a:1\nx:2", 2, "H", "a:1\nx:H\n" },
	{ "\n\n  \nx:2\n", 4, "H", "\n\n  \nx:H\n" },
	{ "x:1\n", 1, NULL, "" },
	{ "x:1", 1, NULL, "" },
	{ "a:1\nx:2\nb:3\n", 2, NULL, "a:1\nb:3\n" },
	{ "a:1\nb:2\nx:3", 3, NULL, "a:1\nb:2\n" },
	{ "# c\n\nx:3\n\n# d", 3, NULL, "# c\n\n\n# d" },
};

START_TEST(test_edits)
{
	struct slice text = slice_of(edits[_i].text);
	struct secret out;

	if (edits[_i].line == 0)
		edit_add(text, SLICE("x"), edits[_i].hash, &out);
	else if (edits[_i].hash)
		edit_replace(
		    text, edits[_i].line, SLICE("x"), edits[_i].hash, &out);
	else
		edit_delete(text, edits[_i].line, &out);
	ck_assert_msg(slice_eq_str(secret_slice(&out), edits[_i].want), "%.*s",
	    SLICE_ARG(secret_slice(&out)));
	secret_clear(&out);
}
END_TEST

Suite *
suite_edit(void)
{
	Suite *suite = suite_create("edit");
	TCase *tc = tcase_create("edit");

	tcase_add_loop_test(tc, test_edits, 0, (int)COUNT(edits));
	suite_add_tcase(suite, tc);
	return suite;
}
