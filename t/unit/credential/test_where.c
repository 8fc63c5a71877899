/*
 * where: the way to a value in words.
 */
#include <string.h>

#include "suites.h"

#include "credential/where.h"

#define N(literal)                                                             \
	{                                                                      \
		literal, sizeof(literal) - 1                                   \
	}
#define NONE                                                                   \
	{                                                                      \
		NULL, 0                                                        \
	}

static const struct {
	struct where steps[5]; /* behind the root; each below the one before */
	size_t n;
	const char *text;
} ways[] = {
	{ { { 0, 0, WHERE_BODY, NONE } }, 1, "body" },
	{ { { 0, 0, WHERE_BODY, NONE }, { 1, 0, WHERE_FORM, N("pwd") } }, 2,
	    "form:pwd" },
	{ { { 0, 0, WHERE_BODY, NONE }, { 1, 0, WHERE_JSON, N("variables") },
	      { 2, 3, WHERE_JSON_ITEM, NONE },
	      { 3, 0, WHERE_JSON, N("password") } },
	    4, "json:/variables/3/password" },
	{ { { 0, 0, WHERE_HEADER, N("authorization") } }, 1,
	    "header:authorization" },
	{ { { 0, 0, WHERE_QUERY, NONE }, { 1, 0, WHERE_FORM, N("p") } }, 2,
	    "query:p" },
	{ { { 0, 0, WHERE_BODY, NONE }, { 1, 1, WHERE_PROTOBUF, NONE },
	      { 2, 2, WHERE_PROTOBUF, NONE } },
	    3, "pb:1.2" },
	{ { { 0, 0, WHERE_MESSAGE, NONE }, { 1, 0, WHERE_JSON, N("a") },
	      { 2, 0, WHERE_CODING, N("base64") },
	      { 3, 0, WHERE_JSON, N("b") } },
	    4, "ws>json:/a>base64>json:/b" },
	{ { { 0, 0, WHERE_BODY, NONE }, { 1, 0, WHERE_XML, N("login") },
	      { 2, 0, WHERE_XML_ATTR, N("pw") } },
	    3, "xml:/login@pw" },
	/* what a peer names can't break out of a log line */
	{ { { 0, 0, WHERE_FORM, N("a\n\x1b>\"\xff") } }, 1, "form:a?????" },
};

START_TEST(printing)
{
	char buf[WHERE_TEXT_MAX];
	struct where steps[6] = { { .kind = WHERE_ROOT } };

	memcpy(steps + 1, ways[_i].steps, sizeof(ways[_i].steps));
	ck_assert_str_eq(
	    where_print(buf, steps, (uint32_t)ways[_i].n), ways[_i].text);
}
END_TEST

START_TEST(is_bounded)
{
	static struct where steps[200];
	static char name[500];
	char buf[WHERE_TEXT_MAX];
	uint32_t i;

	memset(name, 'n', sizeof(name));
	for (i = 1; i < COUNT(steps); i++)
		steps[i] = (struct where){ .parent = i - 1,
			.kind = WHERE_JSON,
			.name = { name, sizeof(name) } };
	where_print(buf, steps, COUNT(steps) - 1);
	ck_assert_uint_eq(strlen(buf), WHERE_TEXT_MAX - 1);
}
END_TEST

Suite *
suite_where(void)
{
	Suite *suite = suite_create("where");
	TCase *tcase = tcase_create("where");

	tcase_add_loop_test(tcase, printing, 0, (int)COUNT(ways));
	tcase_add_test(tcase, is_bounded);
	suite_add_tcase(suite, tcase);
	return suite;
}
