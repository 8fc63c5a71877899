/*
 * stream: the tokens of a configuration as the parser sees them: macros
 * replaced, included files in their place.
 *
 * A token that came from a macro has the place of its use.  What is wrong in
 * the text is reported here; the parser sees TOKEN_BAD.
 */
#ifndef CONF_STREAM_H
#define CONF_STREAM_H

#include "conf/lexer.h"
#include "conf/reading.h"

#define CONF_FILE_MAX (1u << 20) /* bytes of a configuration file */
#define CONF_INCLUDE_DEPTH 16
#define CONF_INCLUDES_MAX 256    /* files in all */
#define CONF_MACRO_TOKENS 10000  /* of one value */
#define CONF_EXPANDED_MAX 200000 /* tokens from macros in all */

struct stream;

/* NULL where path can't be read: reported. The caller owns the stream. */
struct stream *stream_new(struct reading *reading, const char *path);
void stream_free(struct stream *stream);

struct token stream_next(struct stream *stream);
struct token stream_peek(struct stream *stream);

/* At TOKEN_END: goes back to the including file; false at the outermost. */
bool stream_pop(struct stream *stream);
/* To be called when a line has just ended. Failures are reported at `at`. */
void stream_include(struct stream *stream, struct place at, const char *path);
/* Defines name as the rest of the line, which it takes. */
void stream_define(struct stream *stream, const struct token *name);

#endif
