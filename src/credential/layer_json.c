/*
 * layer_json: every string and number of a JSON text, and of what is nearly
 * one: JavaScript objects, GraphQL literals, YAML's quoted values, several
 * texts behind each other, a text cut off in the middle.
 *
 * Own code, not json-c (which the rest of the program uses): that builds a
 * tree, keeps one of two members with one name, and gives nothing at all for
 * a text that is cut off or nearly JSON, and each of those would be a way
 * past the check.  A loop with a stack of fixed depth; deeper containers are
 * read with the path of the deepest one.
 */
#include <string.h>

#include "credential/escape.h"
#include "credential/layer.h"
#include "credential/text.h"

#define JSON_DEPTH_MAX 64

struct level {
	uint32_t where; /* of the container */
	uint32_t index; /* of the next element */
	bool named;     /* {} or (): members have names */
	bool has_key;
	bool mixed;       /* holds more than numbers */
	size_t start;     /* of its text, at the bracket */
	struct slice key; /* borrowed from the span or the pool */
};

struct reader {
	struct scan *scan;
	const struct span *span;
	struct slice s;
	size_t at;
	struct level stack[JSON_DEPTH_MAX];
	size_t depth;   /* levels in use; 0: outside of everything */
	size_t ignored; /* containers deeper than the stack */
	bool graphql;
	bool stray;  /* words or strings outside of every container */
	char before; /* the last character that wasn't blank */
};

static void
skip_blank(struct reader *r)
{
	while (r->at < r->s.n && strchr(" \t\r\n", r->s.p[r->at]) != NULL &&
	    r->s.p[r->at] != '\0')
		r->at++;
}

static char
peek_after_blank(struct reader *r)
{
	skip_blank(r);
	return r->at < r->s.n ? r->s.p[r->at] : '\0';
}

/* The place of the next value: below the container, by key or index. */
static uint32_t
value_where(struct reader *r, enum candidate_rank *rank)
{
	struct level *top;

	*rank = RANK_VALUE;
	if (r->depth == 0)
		return r->span->where;
	top = &r->stack[r->depth - 1];
	if (top->has_key) {
		top->has_key = false;
		*rank = rank_of_name(top->key, RANK_VALUE);
		return scan_step(r->scan, top->where,
		    r->graphql ? WHERE_GQL : WHERE_JSON, top->key, 0);
	}
	if (r->graphql)
		return top->where;
	return scan_step(
	    r->scan, top->where, WHERE_JSON_ITEM, SLICE_EMPTY, top->index);
}

static void
open_container(struct reader *r, char c)
{
	enum candidate_rank rank;
	struct level level = { .named = c != '[', .start = r->at };

	if (r->depth > 0)
		r->stack[r->depth - 1].mixed = true;

	if (r->depth == JSON_DEPTH_MAX) {
		r->ignored++;
		return;
	}
	level.where = r->depth == 0 ? r->span->where : value_where(r, &rank);
	r->stack[r->depth++] = level;
}

/* [83,117,109]: a string as the codes of its characters. */
static void
push_numbers(struct reader *r, const struct level *level)
{
	if (level->named || level->mixed ||
	    level->index + 1 < scan_limits(r->scan)->min_chars)
		return;
	scan_push(r->scan, r->span,
	    slice_sub(r->s, level->start, r->at + 1 - level->start),
	    level->where, SPAN_PART, RANK_PART);
}

static void
close_container(struct reader *r)
{
	if (r->ignored > 0) {
		r->ignored--;
	} else if (r->depth > 0) {
		r->depth--;
		push_numbers(r, &r->stack[r->depth]);
	}
}

static void
next_element(struct reader *r)
{
	if (r->depth == 0)
		return;
	r->stack[r->depth - 1].index++;
	r->stack[r->depth - 1].has_key = false;
}

static void
set_key(struct reader *r, struct slice key)
{
	struct level *top;

	if (r->depth > 0) {
		top = &r->stack[r->depth - 1];
		top->key = key;
		top->has_key = true;
	}
	/* {"jdoe": "..."}: a key can be a name, or a value */
	scan_emit(r->scan, r->span, key, r->span->where, RANK_PART);
}

static void
push_value(struct reader *r, struct slice value)
{
	enum candidate_rank rank;
	uint32_t where = value_where(r, &rank);

	if (r->depth > 0 && text_mask(value) & HAS_NONHEX)
		r->stack[r->depth - 1].mixed = true;
	scan_push(r->scan, r->span, value, where, SPAN_VALUE, rank);
}

/* The string that starts at the quote under r->at. */
static struct slice
take_string(struct reader *r)
{
	char quote = r->s.p[r->at];
	size_t start = ++r->at;
	bool escaped = false;
	struct slice raw;

	while (r->at < r->s.n && r->s.p[r->at] != quote) {
		if (r->s.p[r->at] == '\\') {
			escaped = true;
			r->at++;
		}
		r->at++;
	}
	if (r->at > r->s.n)
		r->at = r->s.n;
	raw = slice_sub(r->s, start, r->at - start);
	if (r->at < r->s.n)
		r->at++;
	return escaped ? escape_backslash(r->scan, raw) : raw;
}

static void
read_string(struct reader *r)
{
	struct slice text = take_string(r);

	if (peek_after_blank(r) == ':' &&
	    (r->depth == 0 || r->stack[r->depth - 1].named))
		set_key(r, text);
	else
		push_value(r, text);
}

static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '-' ||
	    c == '.' || c == '+' || (unsigned char)c >= 0x80;
}

/* A number, or a bare name as JavaScript and GraphQL have them. */
static void
read_word(struct reader *r)
{
	size_t start = r->at;
	struct slice word;

	while (r->at < r->s.n && is_word(r->s.p[r->at]))
		r->at++;
	word = slice_sub(r->s, start, r->at - start);
	if (peek_after_blank(r) == ':')
		set_key(r, word);
	else if (r->depth > 0 && word.n >= scan_limits(r->scan)->min_chars &&
	    !slice_eq_str(word, "true") && !slice_eq_str(word, "false") &&
	    !slice_eq_str(word, "null"))
		push_value(r, word);
}

/* An apostrophe in a text is no quote: it must stand where a value can. */
static bool
opens_tick(const struct reader *r)
{
	return r->before == '\0' || strchr(":[,({=", r->before) != NULL;
}

static void
read_one(struct reader *r)
{
	char c = r->s.p[r->at];

	if (r->depth == 0 && (c == '"' || (is_word(c) && (c < '0' || c > '9'))))
		r->stray = true;
	if (c == '"' || (c == '\'' && opens_tick(r))) {
		read_string(r);
		r->before = '"';
		return;
	}
	if (is_word(c)) {
		read_word(r);
		r->before = 'w';
		return;
	}
	if (c == '{' || c == '[' || c == '(')
		open_container(r, c);
	else if (c == '}' || c == ']' || c == ')')
		close_container(r);
	else if (c == ',')
		next_element(r);
	if (strchr(" \t\r\n", c) == NULL || c == '\0')
		r->before = c;
	r->at++;
}

/* A query that isn't wrapped in JSON. */
static bool
is_graphql(struct slice s)
{
	static const char *const words[] = { "query", "mutation",
		"subscription", "fragment" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (slice_starts(s, slice_of(words[i])))
			return true;
	}
	return false;
}

/* Where the first brace or bracket is the start of everything, but for a
 * byte order mark, a guard like )]}' or a socket.io number. */
static bool
is_structured(struct slice s)
{
	size_t i;

	s = text_trim(s);
	if (slice_starts(s, SLICE("\xef\xbb\xbf")))
		s = text_trim(slice_from_idx(s, 3));
	for (i = 0; i < s.n && i < 8; i++) {
		if (s.p[i] == '{' || s.p[i] == '[')
			return true;
		if (strchr("0123456789)]}',\n;", s.p[i]) == NULL)
			return false;
	}
	return false;
}

static enum layer_result
decode(struct scan *scan, const struct span *span)
{
	struct reader r = { .scan = scan, .span = span, .s = span->bytes };
	bool structured = is_structured(span->bytes);

	r.graphql = is_graphql(text_trim(span->bytes));
	if (!structured && !r.graphql &&
	    slice_find(span->bytes, '"') == span->bytes.n &&
	    slice_find(span->bytes, '\'') == span->bytes.n)
		return LAYER_NO;
	while (r.at < r.s.n)
		read_one(&r);
	/* they may be written as entities: {&quot;a&quot;:... */
	return structured && !r.stray && r.depth == 0 && r.ignored == 0 &&
		(span->mask & HAS_QUOTE || !(span->mask & HAS_AMP))
	    ? LAYER_ALL
	    : LAYER_SOME;
}

const struct layer layer_json = {
	.name = "json",
	.needs = HAS_QUOTE | HAS_TICK | HAS_BRACKET,
	.roles = ON_WHOLE,
	.decode = decode,
};
