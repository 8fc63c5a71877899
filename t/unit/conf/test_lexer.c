#include "conf/lexer.h"

#include <string.h>

#include "suites.h"

/* Kinds as letters: w word, s string, m macro, { } , = as they are, n line
 * end, ! bad; the end itself is left out. */
static void
spell(const char *text, size_t n, char *out, size_t max)
{
	static const char letters[] = { [TOKEN_WORD] = 'w',
		[TOKEN_STRING] = 's',
		[TOKEN_MACRO] = 'm',
		[TOKEN_OPEN] = '{',
		[TOKEN_CLOSE] = '}',
		[TOKEN_COMMA] = ',',
		[TOKEN_EQUALS] = '=',
		[TOKEN_LINE] = 'n',
		[TOKEN_BAD] = '!' };
	struct arena *arena = arena_new(1024);
	struct lexer lexer;
	struct token token;
	size_t i = 0;

	lexer_init(&lexer, arena, "t", slice_from(text, n));
	while ((token = lexer_next(&lexer)).kind != TOKEN_END && i + 1 < max)
		out[i++] = letters[token.kind];
	out[i] = '\0';
	arena_free(arena);
}

static const struct {
	const char *text, *kinds;
} kinds[] = {
	{ "", "" },
	{ "\n", "n" },
	{ "a", "wn" },
	{ "a\n", "wn" },
	{ "a b\n\nc", "wwnnwn" },
	{ "a # b { \"", "wn" },
	{ "a#b", "wn" },
	{ "a = { b, \"c d\" }\n", "w={w,s}n" },
	{ "$a $", "m!n" },
	{ "a\\\nb", "wwn" },
	{ "a \\\r\n b\r\n", "wwn" },
	{ "a\\b", "w!wn" },
	{ "\"a", "!n" },
	{ "\"a\nb", "!nwn" },
	{ "\"a\\\"b\" c", "swn" },
	{ "\"a\\nb\" c", "!wn" },
	{ "\"a\\", "!n" },
	{ "a\x01"
	  "b",
	    "w!wn" },
	{ "\x7f", "!n" },
	{ "\r", "!n" },
	{ "\"\x1b\"", "!n" },
	{ "caf\xc3\xa9", "wn" },
	{ "caf\xe9", "!n" },
	{ "\"\xc0\x80\"", "!n" },
	{ "\xef\xbb\xbf"
	  "a",
	    "wn" },
	{ "*.a.b 10.0.0.0/8 [::1] 08:00-18:00 /a?b", "wwwwwn" },
};

START_TEST(kind)
{
	char found[64];

	spell(kinds[_i].text, strlen(kinds[_i].text), found, sizeof(found));
	ck_assert_str_eq(found, kinds[_i].kinds);
}
END_TEST

START_TEST(nul)
{
	char found[64];

	spell("a\0b", 3, found, sizeof(found));
	ck_assert_str_eq(found, "w!wn");
}
END_TEST

START_TEST(places)
{
	static const struct {
		const char *text;
		unsigned line, column;
	} expected[] = { { "a", 1, 1 }, { "\xc3\xa9t\xc3\xa9", 1, 4 },
		{ "x y", 1, 8 }, { "\n", 1, 13 }, { "b", 2, 2 },
		{ "c", 3, 1 } };
	struct arena *arena = arena_new(1024);
	struct lexer lexer;

	lexer_init(&lexer, arena, "t",
	    slice_of("a  \xc3\xa9t\xc3\xa9 \"x y\"\n\tb \\\nc"));
	for (size_t i = 0; i < COUNT(expected); i++) {
		struct token token = lexer_next(&lexer);

		ck_assert(slice_eq_str(token.text, expected[i].text));
		ck_assert_str_eq(token.at.file, "t");
		ck_assert_uint_eq(token.at.line, expected[i].line);
		ck_assert_uint_eq(token.at.column, expected[i].column);
	}
	arena_free(arena);
}
END_TEST

START_TEST(escapes)
{
	struct arena *arena = arena_new(1024);
	struct lexer lexer;
	struct token token;

	lexer_init(&lexer, arena, "t", slice_of("\"a \\\"b\\\\\""));
	token = lexer_next(&lexer);
	ck_assert_int_eq(token.kind, TOKEN_STRING);
	ck_assert(slice_eq_str(token.text, "a \"b\\"));
	arena_free(arena);
}
END_TEST

START_TEST(bare)
{
	ck_assert(lexer_is_bare(SLICE("*.example.com")));
	ck_assert(lexer_is_bare(SLICE("caf\xc3\xa9")));
	ck_assert(!lexer_is_bare(SLICE_EMPTY));
	ck_assert(!lexer_is_bare(SLICE("a b")));
	ck_assert(!lexer_is_bare(SLICE("a,b")));
	ck_assert(!lexer_is_bare(SLICE("a#b")));
	ck_assert(!lexer_is_bare(SLICE("a\\b")));
	ck_assert(!lexer_is_bare(SLICE("\"")));
}
END_TEST

Suite *
suite_lexer(void)
{
	Suite *suite = suite_create("lexer");
	TCase *tcase = tcase_create("tokens");

	tcase_add_loop_test(tcase, kind, 0, COUNT(kinds));
	tcase_add_test(tcase, nul);
	tcase_add_test(tcase, places);
	tcase_add_test(tcase, escapes);
	tcase_add_test(tcase, bare);
	suite_add_tcase(suite, tcase);
	return suite;
}
