/*
 * lexer: from the text of one file to tokens; knows no keyword.
 */
#ifndef CONF_LEXER_H
#define CONF_LEXER_H

#include "base/arena.h"
#include "conf/model.h"

enum token_kind {
	TOKEN_WORD,
	TOKEN_STRING, /* was quoted: never a keyword */
	TOKEN_MACRO,  /* $name; text is the name */
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COMMA,
	TOKEN_EQUALS,
	TOKEN_LINE, /* the end of one */
	TOKEN_END,  /* of the file; a TOKEN_LINE always stands before it */
	TOKEN_BAD   /* text says what is wrong */
};

struct token {
	enum token_kind kind;
	struct slice text; /* borrowed from the file or the arena */
	struct place at;
};

struct lexer {
	struct slice text;   /* borrowed */
	struct arena *arena; /* borrowed: for strings with escapes */
	const char *file;
	size_t at;
	unsigned line, column;
	bool line_ended; /* so that an END follows a LINE */
};

void lexer_init(struct lexer *lexer, struct arena *arena, const char *file,
    struct slice text);
/* After TOKEN_BAD it goes on behind what was wrong. */
struct token lexer_next(struct lexer *lexer);

/* Words of the language, bare: what may be printed without quotes. */
bool lexer_is_bare(struct slice word);

#endif
