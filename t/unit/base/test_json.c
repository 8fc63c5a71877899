/*
 * json: commas in their places and no way out of a string.
 */
#include <stdint.h>
#include <string.h>

#include "suites.h"

#include "base/json.h"

#define S(text)                                                                \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}

static void
is(struct json *json, const char *wanted)
{
	char text[4096];

	ck_assert_uint_lt(json->n, sizeof(text));
	memcpy(text, json->p, json->n);
	text[json->n] = '\0';
	ck_assert_str_eq(text, wanted);
}

START_TEST(an_object)
{
	struct json json;

	json_init(&json);
	json_open(&json, NULL);
	json_str(&json, "a", SLICE("x"));
	json_u64(&json, "b", UINT64_MAX);
	json_array(&json, "c");
	json_u64(&json, NULL, 0);
	json_open(&json, NULL);
	json_bool(&json, "t", true);
	json_close(&json);
	json_str(&json, NULL, SLICE_EMPTY);
	json_array_end(&json);
	json_open(&json, "d");
	json_close(&json);
	json_array(&json, "e");
	json_array_end(&json);
	json_bool(&json, "f", false);
	json_close(&json);
	json_line_end(&json);
	is(&json,
	    "{\"a\":\"x\",\"b\":18446744073709551615,\"c\":[0,{\"t\":true},"
	    "\"\"],"
	    "\"d\":{},\"e\":[],\"f\":false}\n");
	json_open(&json, NULL);
	json_close(&json);
	ck_assert_int_eq(json.p[json.n - 2], '{');
	ck_assert_int_eq(json.p[json.n - 3], '\n');
	json_reset(&json);
	json_open(&json, NULL);
	is(&json, "{");
	json_clear(&json);
	json_clear(&json);
}
END_TEST

static const struct {
	struct slice value;
	const char *written;
} strings[] = {
	{ { NULL, 0 }, "\"\"" },
	{ S("plain /path?q=1"), "\"plain /path?q=1\"" },
	{ S("a\"b\\c"), "\"a\\\"b\\\\c\"" },
	{ S("\"},{\""), "\"\\\"},{\\\"\"" },
	{ S("a\nb"), "\"a\\nb\"" },
	{ S("\r\t\0\x1b[2J"), "\"\\u000d\\u0009\\u0000\\u001b[2J\"" },
	{ S("\x7f"), "\"\\u007f\"" },
	{ S("\xc2\x9b"), "\"\\u009b\"" },
	{ S("\xe2\x80\xa8\xe2\x80\xae"), "\"\\u2028\\u202e\"" },
	{ S("b\xc3\xbc\xf0\x9f\x98\x80"), "\"b\xc3\xbc\xf0\x9f\x98\x80\"" },
	{ S("\xff"), "\"\xef\xbf\xbd\"" },
	{ S("a\xe2\x82"), "\"a\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ S("\xc0\xa2"), "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ S("\xed\xa0\x80z"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"" },
};

START_TEST(string_values)
{
	struct json json;

	json_init(&json);
	json_str(&json, NULL, strings[_i].value);
	is(&json, strings[_i].written);
	json_clear(&json);
}
END_TEST

START_TEST(grows)
{
	struct json json;
	char block[1000];

	memset(block, 'x', sizeof(block));
	json_init(&json);
	json_array(&json, NULL);
	for (int i = 0; i < 100; i++)
		json_str(&json, NULL, slice_from(block, sizeof(block)));
	json_array_end(&json);
	ck_assert_uint_eq(json.n, 1 + 100 * 1003);
	ck_assert_uint_le(json.n, json.cap);
	json_clear(&json);
}
END_TEST

Suite *
suite_json(void)
{
	Suite *suite = suite_create("json");
	TCase *tcase = tcase_create("json");

	tcase_add_test(tcase, an_object);
	tcase_add_loop_test(tcase, string_values, 0, COUNT(strings));
	tcase_add_test(tcase, grows);
	suite_add_tcase(suite, tcase);
	return suite;
}
