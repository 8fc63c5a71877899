/*
 * lexer: cuts a file into words, strings and signs, with their places.
 *
 * It opens nothing and allocates only for strings with escapes.
 */
#include "conf/lexer.h"

#include <string.h>

#include "base/utf8.h"

void
lexer_init(struct lexer *lexer, struct arena *arena, const char *file,
    struct slice text)
{
	*lexer = (struct lexer){ .text = text,
		.arena = arena,
		.file = file,
		.line = 1,
		.column = 1,
		.line_ended = true };
	if (slice_starts(text, SLICE("\xef\xbb\xbf")))
		lexer->at = 3;
}

/* The byte `ahead` of here, or -1 behind the end. */
static int
look(const struct lexer *lexer, size_t ahead)
{
	if (ahead >= lexer->text.n - lexer->at)
		return -1;
	return (unsigned char)lexer->text.p[lexer->at + ahead];
}

static void
step(struct lexer *lexer)
{
	int c = look(lexer, 0);

	lexer->at++;
	if (c == '\n') {
		lexer->line++;
		lexer->column = 1;
	} else if ((c & 0xc0) != 0x80) {
		lexer->column++;
	}
}

static bool
is_word_byte(int c)
{
	if (c <= ' ' || c == 0x7f)
		return false;
	return !strchr("\"{},=#$\\", c);
}

bool
lexer_is_bare(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!is_word_byte((unsigned char)word.p[i]))
			return false;
	return word.n > 0;
}

static bool
at_line_end(const struct lexer *lexer, size_t ahead)
{
	int c = look(lexer, ahead);

	return c == '\n' || (c == '\r' && look(lexer, ahead + 1) == '\n');
}

/* Blanks, comments, and line ends behind a backslash. */
static void
skip_space(struct lexer *lexer)
{
	for (;;) {
		int c = look(lexer, 0);

		if (c == '#') {
			while (look(lexer, 0) >= 0 && look(lexer, 0) != '\n')
				step(lexer);
		} else if (c == '\\' && at_line_end(lexer, 1)) {
			while (look(lexer, 0) != '\n')
				step(lexer);
			step(lexer);
		} else if (c == ' ' || c == '\t' ||
		    (c == '\r' && at_line_end(lexer, 0))) {
			step(lexer);
		} else {
			return;
		}
	}
}

static struct token
bad(struct token token, const char *why)
{
	token.kind = TOKEN_BAD;
	token.text = slice_of(why);
	return token;
}

/* The escapes \" and \\ are resolved in a copy. */
static struct slice
unescape(struct lexer *lexer, struct slice s)
{
	char *p = arena_alloc(lexer->arena, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		p[n++] = s.p[i];
	}
	p[n] = '\0';
	return slice_from(p, n);
}

static struct token
take_string(struct lexer *lexer, struct token token)
{
	const char *why = NULL;
	size_t from = lexer->at + 1, n;
	bool escapes = false;
	int c;

	for (step(lexer); (c = look(lexer, 0)) != '"'; step(lexer)) {
		if (c < 0 || at_line_end(lexer, 0))
			return bad(token, "the string is not closed");
		if (c == '\\') {
			int next = look(lexer, 1);

			if (next == '"' || next == '\\')
				step(lexer);
			else
				why = "only \\\" and \\\\ are escapes";
			escapes = true;
		} else if (c < ' ' || c == 0x7f) {
			why = "control character in a string";
		}
	}
	n = lexer->at - from;
	step(lexer);
	token.kind = TOKEN_STRING;
	token.text = slice_sub(lexer->text, from, n);
	if (!why && !utf8_valid(token.text))
		why = "not UTF-8";
	if (why)
		return bad(token, why);
	if (escapes)
		token.text = unescape(lexer, token.text);
	return token;
}

static struct slice
take_word(struct lexer *lexer)
{
	size_t from = lexer->at;

	while (is_word_byte(look(lexer, 0)))
		step(lexer);
	return slice_sub(lexer->text, from, lexer->at - from);
}

static struct token
take_sign(struct lexer *lexer, struct token token)
{
	static const struct {
		char c;
		enum token_kind kind;
	} signs[] = { { '{', TOKEN_OPEN }, { '}', TOKEN_CLOSE },
		{ ',', TOKEN_COMMA }, { '=', TOKEN_EQUALS },
		{ '\n', TOKEN_LINE } };
	int c = look(lexer, 0);

	token.text = slice_sub(lexer->text, lexer->at, 1);
	step(lexer);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (signs[i].c == c) {
			token.kind = signs[i].kind;
			return token;
		}
	}
	return bad(token,
	    c == '\\' ? "a backslash only ends a line, "
			"or stands in a string"
		      : "control character");
}

static struct token
take_macro(struct lexer *lexer, struct token token)
{
	step(lexer);
	token.kind = TOKEN_MACRO;
	token.text = take_word(lexer);
	if (token.text.n == 0)
		return bad(token, "\"$\" without a name");
	return token;
}

struct token
lexer_next(struct lexer *lexer)
{
	struct token token = { .kind = TOKEN_WORD };
	int c;

	skip_space(lexer);
	c = look(lexer, 0);
	token.at = (struct place){ lexer->file, lexer->line, lexer->column };
	if (c < 0) {
		token.kind = lexer->line_ended ? TOKEN_END : TOKEN_LINE;
		lexer->line_ended = true;
		return token;
	}
	lexer->line_ended = c == '\n';
	if (c == '"')
		return take_string(lexer, token);
	if (c == '$')
		return take_macro(lexer, token);
	if (!is_word_byte(c))
		return take_sign(lexer, token);
	token.text = take_word(lexer);
	return utf8_valid(token.text) ? token : bad(token, "not UTF-8");
}
