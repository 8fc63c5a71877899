/*
 * parse: finds each line's statement in the tables, and the tools with which
 * statements take their words.
 *
 * It judges no value and resolves no reference.
 */
#include "conf/parse.h"

#include "base/log.h"
#include "conf/nearest.h"

#define STATEMENTS_MAX 64

struct seen {
	const struct statement *statement;
	struct place at;
};

struct once {
	struct seen v[STATEMENTS_MAX];
	size_t n;
};

struct token
parse_peek(struct parser *parser)
{
	return stream_peek(parser->stream);
}

struct token
parse_next(struct parser *parser)
{
	struct token token = stream_next(parser->stream);

	parser->depth += token.kind == TOKEN_OPEN;
	parser->depth -= token.kind == TOKEN_CLOSE;
	return token;
}

static bool
is_keyword(const struct token *token, const char *word)
{
	return token->kind == TOKEN_WORD && slice_eq_str(token->text, word);
}

bool
parse_take(struct parser *parser, const char *word)
{
	struct token token = parse_peek(parser);

	if (!is_keyword(&token, word))
		return false;
	parse_next(parser);
	return true;
}

bool
parse_unexpected(
    struct parser *parser, const struct token *token, const char *what)
{
	char quoted[LOG_QUOTE_SIZE];

	switch (token->kind) {
	case TOKEN_BAD: /* reported by the stream */
		break;
	case TOKEN_LINE:
	case TOKEN_END:
		reading_error(parser->reading, token->at, SLICE_EMPTY,
		    "expected %s, not the end of the line", what);
		break;
	case TOKEN_COMMA:
		reading_error(parser->reading, token->at, SLICE_EMPTY,
		    "a list is written in braces: { a, b }");
		break;
	case TOKEN_WORD:
	case TOKEN_STRING:
	case TOKEN_MACRO:
	case TOKEN_OPEN:
	case TOKEN_CLOSE:
	case TOKEN_EQUALS:
		reading_error(parser->reading, token->at, SLICE_EMPTY,
		    "expected %s, not \"%s\"", what,
		    log_quote(quoted, token->text));
		break;
	}
	return false;
}

bool
parse_expect(struct parser *parser, const char *word)
{
	struct token token = parse_peek(parser);
	struct nearest nearest = nearest_to(token.text);
	char quoted[LOG_QUOTE_SIZE], what[64];

	if (parse_take(parser, word))
		return true;
	snprintf(what, sizeof(what), "\"%s\"", word);
	nearest_offer(&nearest, slice_of(word));
	if (token.kind != TOKEN_WORD || nearest.best.n == 0)
		return parse_unexpected(parser, &token, what);
	reading_error(parser->reading, token.at, nearest.best,
	    "expected %s, not \"%s\"", what, log_quote(quoted, token.text));
	return false;
}

bool
parse_value(struct parser *parser, const char *what, struct token *out)
{
	struct token token = parse_peek(parser);

	if (token.kind != TOKEN_WORD && token.kind != TOKEN_STRING)
		return parse_unexpected(parser, &token, what);
	*out = parse_next(parser);
	return true;
}

bool
parse_judge(struct parser *parser, const struct token *token, const char *wrong)
{
	char quoted[LOG_QUOTE_SIZE];

	if (wrong)
		reading_error(parser->reading, token->at, SLICE_EMPTY,
		    "\"%s\": %s", log_quote(quoted, token->text), wrong);
	return wrong == NULL;
}

const char *
parse_string(struct parser *parser, const struct token *token)
{
	return arena_str(parser->arena, token->text);
}

bool
parse_path(struct parser *parser, const char **out, struct place *at)
{
	struct token token;

	if (!parse_value(parser, "a path", &token))
		return false;
	if (at)
		*at = token.at;
	if (parse_judge(
		parser, &token, token.text.n ? NULL : "the path is empty"))
		*out = reading_path(parser->reading, token.at.file, token.text);
	return true;
}

enum list_found {
	LIST_WRONG,
	LIST_EMPTY,
	LIST_FULL
};

/* What stands inside braces, up to the last of them. */
static enum list_found
list_items(struct parser *parser, const char *what, parse_item *item,
    void *into, struct place opened)
{
	long outside = parser->depth - 1;
	struct token token;
	size_t n = 0;

	parser->separated = true;
	while (parser->depth > outside) {
		token = parse_peek(parser);
		if (token.kind == TOKEN_END) {
			reading_error(parser->reading, opened, SLICE_EMPTY,
			    "the list is not closed");
			return LIST_WRONG;
		}
		if (token.kind != TOKEN_WORD && token.kind != TOKEN_STRING) {
			if (token.kind == TOKEN_BAD ||
			    token.kind == TOKEN_EQUALS)
				goto unexpected;
			parse_next(parser);
			parser->separated = true;
			continue;
		}
		if (n++ == PARSE_ITEMS_MAX) {
			reading_error(parser->reading, token.at, SLICE_EMPTY,
			    "the list has more than %d items", PARSE_ITEMS_MAX);
			return LIST_WRONG;
		}
		token = parse_next(parser);
		if (!item(parser, &token, into))
			return LIST_WRONG;
		parser->separated = false;
	}
	return n ? LIST_FULL : LIST_EMPTY;
unexpected:
	parse_unexpected(parser, &token, what);
	return LIST_WRONG;
}

bool
parse_list_or_none(
    struct parser *parser, const char *what, parse_item *item, void *into)
{
	struct token token = parse_peek(parser);

	if (token.kind == TOKEN_OPEN) {
		parse_next(parser);
		return list_items(parser, what, item, into, token.at) !=
		    LIST_WRONG;
	}
	parser->separated = true;
	return parse_value(parser, what, &token) && item(parser, &token, into);
}

/* Nothing may come to mean everything. */
bool
parse_list(
    struct parser *parser, const char *what, parse_item *item, void *into)
{
	struct token token = parse_peek(parser);
	enum list_found found;

	if (token.kind != TOKEN_OPEN)
		return parse_list_or_none(parser, what, item, into);
	parse_next(parser);
	found = list_items(parser, what, item, into, token.at);
	if (found == LIST_EMPTY)
		reading_error(parser->reading, token.at, SLICE_EMPTY,
		    "the list is empty");
	return found != LIST_WRONG;
}

/* Goes to the end of a statement that is wrong. */
static void
recover(struct parser *parser)
{
	for (;;) {
		struct token token = parse_peek(parser);

		if (token.kind == TOKEN_END)
			return;
		parse_next(parser);
		if (token.kind == TOKEN_LINE && parser->depth <= 0)
			return;
	}
}

/* --- statements -------------------------------------------------------------- */

#define TABLES 8

static void
all_statements(struct statements out[TABLES])
{
	out[0] = settings_statements();
	out[1] = selective_statements();
	out[2] = rules_statements();
	out[3] = guarding_statements();
	out[4] = credentials_statements();
	out[5] = origins_statements();
	out[6] = directory_statements();
	out[7] = authenticate_statements();
}

static const struct statement *
find_statement(struct slice word, struct nearest *nearest)
{
	struct statements tables[TABLES];

	all_statements(tables);
	for (size_t i = 0; i < TABLES; i++) {
		for (size_t j = 0; j < tables[i].n; j++) {
			const struct statement *one = &tables[i].v[j];

			if (slice_eq_str(word, one->word))
				return one;
			nearest_offer(nearest, slice_of(one->word));
		}
	}
	return NULL;
}

/* Says so where a statement that may stand once stood before. */
static void
check_once(struct parser *parser, struct once *once,
    const struct statement *statement, const struct token *head)
{
	if (!statement->once)
		return;
	for (size_t i = 0; i < once->n; i++) {
		if (once->v[i].statement != statement)
			continue;
		reading_error(parser->reading, head->at, SLICE_EMPTY,
		    "\"%s\" is given twice, first in line %u of %s",
		    statement->word, once->v[i].at.line, once->v[i].at.file);
		return;
	}
	if (once->n < STATEMENTS_MAX)
		once->v[once->n++] = (struct seen){ statement, head->at };
}

static bool
parse_macro(struct parser *parser, const struct token *name)
{
	struct nearest nearest = nearest_to(SLICE_EMPTY);

	parse_next(parser);
	if (find_statement(name->text, &nearest)) {
		reading_error(parser->reading, name->at, SLICE_EMPTY,
		    "\"%.*s\" is a statement: it is written without \"=\"",
		    SLICE_ARG(name->text));
		return false;
	}
	stream_define(parser->stream, name);
	return true;
}

static bool
end_line(struct parser *parser)
{
	struct token token = parse_peek(parser);

	if (token.kind != TOKEN_LINE)
		return parse_unexpected(parser, &token, "the end of the line");
	parse_next(parser);
	return true;
}

static bool
parse_statement(
    struct parser *parser, struct once *once, const struct token *head)
{
	struct nearest nearest = nearest_to(head->text);
	const struct statement *statement;
	char quoted[LOG_QUOTE_SIZE];

	if (head->kind != TOKEN_WORD)
		return parse_unexpected(parser, head, "a statement");
	if (parse_peek(parser).kind == TOKEN_EQUALS)
		return parse_macro(parser, head);
	statement = find_statement(head->text, &nearest);
	if (!statement) {
		reading_error(parser->reading, head->at, nearest.best,
		    "unknown statement \"%s\"", log_quote(quoted, head->text));
		return false;
	}
	check_once(parser, once, statement, head);
	return statement->parse(parser, head) && end_line(parser);
}

/* Only here, as the line that names the file must have ended before. */
static void
follow_include(struct parser *parser)
{
	if (parser->include)
		stream_include(
		    parser->stream, parser->include_at, parser->include);
	parser->include = NULL;
}

void
parse_file(struct reading *reading, const char *path)
{
	struct parser parser = { .reading = reading,
		.conf = reading->conf,
		.arena = reading->conf->arena };
	struct once once = { .n = 0 };

	parser.stream = stream_new(reading, path);
	if (!parser.stream)
		return;
	for (;;) {
		struct token head = parse_peek(&parser);

		parser.depth = 0;
		if (head.kind == TOKEN_END) {
			if (!stream_pop(parser.stream))
				break;
			continue;
		}
		parse_next(&parser);
		if (head.kind == TOKEN_LINE)
			continue;
		if (!parse_statement(&parser, &once, &head))
			recover(&parser);
		follow_include(&parser);
	}
	stream_free(parser.stream);
}
