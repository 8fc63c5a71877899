/*
 * phrases: what pages say in one language, from a file of texts.
 *
 * A line is "key: text"; empty lines and lines that begin with '#' are
 * passed over. A key is of letters, digits, '-' and '.'; a text is plain
 * UTF-8 without control characters, never markup. No key stands twice.
 */
#ifndef PROXY_PHRASES_H
#define PROXY_PHRASES_H

#include "base/slice.h"

#define PHRASE_KEY_MAX 64
#define PHRASE_TEXT_MAX 1000
#define PHRASES_MAX 1000

struct phrases;

/* Takes `text` apart, which must outlive the phrases. NULL where it is
 * malformed: then *why is "line 12: …", for the caller to free. */
struct phrases *phrases_read(struct slice text, char **why);
void phrases_free(struct phrases *phrases);

/* Borrowed from the text; empty where there is none, NULL phrases too. */
struct slice phrases_get(const struct phrases *phrases, struct slice key);

/* In order of the keys; NULL past the end. */
const struct slice *phrases_key(const struct phrases *phrases, size_t i);

#endif
