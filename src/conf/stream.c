/*
 * stream: a stack of files and the macros defined so far.
 *
 * A macro's value is kept expanded, so that using one never nests; the
 * number of tokens that macros may become is bounded all the same, as each
 * can be made of several others.
 */
#include "conf/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "conf/list.h"
#include "conf/nearest.h"

struct macro {
	struct slice name;
	CONF_LIST(struct token) value;
};

struct stream {
	struct reading *reading; /* borrowed */
	struct lexer files[CONF_INCLUDE_DEPTH + 1];
	size_t depth; /* files open */
	size_t included;
	CONF_LIST(struct macro) macros;

	/* the macro that is being read out: an index, as macros may move */
	bool expanding;
	size_t macro, at;
	struct place used_at;
	size_t expanded;
	bool too_much; /* said once */

	bool peeked;
	struct token ahead;
};

static const struct source *
push(struct stream *stream, const char *path)
{
	const struct source *source = reading_open(
	    stream->reading, path, CONF_FILE_MAX);

	if (source)
		lexer_init(&stream->files[stream->depth++],
		    stream->reading->conf->arena, source->path, source->text);
	return source;
}

struct stream *
stream_new(struct reading *reading, const char *path)
{
	struct stream *stream = mem_zalloc(sizeof(*stream));

	stream->reading = reading;
	if (push(stream, path))
		return stream;
	reading_error(reading, (struct place){ .file = path }, SLICE_EMPTY,
	    "can't be read: %s", strerror(errno));
	free(stream);
	return NULL;
}

void
stream_free(struct stream *stream)
{
	free(stream);
}

static struct macro *
find_macro(struct stream *stream, struct slice name)
{
	for (size_t i = 0; i < stream->macros.n; i++)
		if (slice_eq(stream->macros.v[i].name, name))
			return &stream->macros.v[i];
	return NULL;
}

static void
say_unknown(struct stream *stream, const struct token *token)
{
	struct nearest nearest = nearest_to(token->text);
	char quoted[LOG_QUOTE_SIZE];

	for (size_t i = 0; i < stream->macros.n; i++)
		nearest_offer(&nearest, stream->macros.v[i].name);
	reading_error(stream->reading, token->at, nearest.best,
	    "unknown macro \"$%s\"", log_quote(quoted, token->text));
}

/* The next token of the macro in use; false at its end. */
static bool
next_expanded(struct stream *stream, struct token *token)
{
	const struct macro *macro = &stream->macros.v[stream->macro];

	if (stream->at == macro->value.n) {
		stream->expanding = false;
		return false;
	}
	*token = macro->value.v[stream->at++];
	token->at = stream->used_at;
	return true;
}

/* Sets out on the macro that token names; false, and token is bad, where it
 * can't be used. */
static bool
expand(struct stream *stream, struct token *token)
{
	const struct macro *macro = find_macro(stream, token->text);

	if (!macro) {
		say_unknown(stream, token);
		token->kind = TOKEN_BAD;
		return false;
	}
	stream->expanded += macro->value.n;
	if (stream->expanded > CONF_EXPANDED_MAX) {
		if (!stream->too_much)
			reading_error(stream->reading, token->at, SLICE_EMPTY,
			    "macros stand for more than %d words",
			    CONF_EXPANDED_MAX);
		stream->too_much = true;
		token->kind = TOKEN_BAD;
		return false;
	}
	stream->expanding = true;
	stream->macro = (size_t)(macro - stream->macros.v);
	stream->at = 0;
	stream->used_at = token->at;
	return true;
}

struct token
stream_next(struct stream *stream)
{
	struct token token;

	if (stream->peeked) {
		stream->peeked = false;
		return stream->ahead;
	}
	for (;;) {
		if (stream->expanding && next_expanded(stream, &token))
			return token;
		token = lexer_next(&stream->files[stream->depth - 1]);
		if (token.kind == TOKEN_BAD)
			reading_error(stream->reading, token.at, SLICE_EMPTY,
			    "%.*s", SLICE_ARG(token.text));
		if (token.kind != TOKEN_MACRO || !expand(stream, &token))
			return token;
	}
}

struct token
stream_peek(struct stream *stream)
{
	if (!stream->peeked) {
		stream->ahead = stream_next(stream);
		stream->peeked = true;
	}
	return stream->ahead;
}

bool
stream_pop(struct stream *stream)
{
	stream->peeked = false;
	return --stream->depth > 0;
}

static bool
is_open(const struct stream *stream, const char *path)
{
	for (size_t i = 0; i < stream->depth; i++)
		if (strcmp(stream->files[i].file, path) == 0)
			return true;
	return false;
}

void
stream_include(struct stream *stream, struct place at, const char *path)
{
	struct reading *reading = stream->reading;
	char quoted[LOG_QUOTE_SIZE];

	log_quote(quoted, slice_of(path));
	if (is_open(stream, path))
		reading_error(
		    reading, at, SLICE_EMPTY, "\"%s\" includes itself", quoted);
	else if (stream->depth > CONF_INCLUDE_DEPTH)
		reading_error(reading, at, SLICE_EMPTY,
		    "includes nest deeper than %d", CONF_INCLUDE_DEPTH);
	else if (++stream->included > CONF_INCLUDES_MAX)
		reading_error(reading, at, SLICE_EMPTY,
		    "more than %d files are included", CONF_INCLUDES_MAX);
	else if (!push(stream, path))
		reading_error(reading, at, SLICE_EMPTY,
		    "\"%s\" can't be read: %s", quoted, strerror(errno));
}

/* The rest of the line goes to value; a list may span lines. */
static bool
take_value(struct stream *stream, struct macro *value)
{
	struct arena *arena = stream->reading->conf->arena;
	long depth = 0;
	bool good = true;

	for (;;) {
		struct token token = stream_peek(stream);

		if (token.kind == TOKEN_END)
			return good;
		token = stream_next(stream);
		if (token.kind == TOKEN_LINE && depth <= 0)
			return good;
		good = good && token.kind != TOKEN_BAD;
		depth += token.kind == TOKEN_OPEN;
		depth -= token.kind == TOKEN_CLOSE;
		if (value->value.n <= CONF_MACRO_TOKENS)
			LIST_PUSH(arena, &value->value, token);
	}
}

void
stream_define(struct stream *stream, const struct token *name)
{
	struct arena *arena = stream->reading->conf->arena;
	struct macro macro = { .name = arena_dup(arena, name->text) };
	struct macro *old;

	/* defined even where its value is wrong: one mistake, one finding */
	if (take_value(stream, &macro) && macro.value.n == 0)
		reading_error(stream->reading, name->at, SLICE_EMPTY,
		    "the macro has no value");
	if (macro.value.n > CONF_MACRO_TOKENS)
		reading_error(stream->reading, name->at, SLICE_EMPTY,
		    "the macro has more than %d words", CONF_MACRO_TOKENS);
	old = find_macro(stream, name->text);
	if (old)
		*old = macro;
	else
		LIST_PUSH(arena, &stream->macros, macro);
}
