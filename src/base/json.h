/*
 * json: appends one JSON object to a buffer (RFC 8259), for records.
 *
 * Only a writer: what is parsed goes through json-c.  Strings are made valid
 * UTF-8 (other bytes become U+FFFD) and control characters are escaped, so a
 * peer can't forge a second record or a terminal sequence.  It allocates
 * only to grow the buffer, which is why it isn't a library's tree of nodes:
 * one is written per request.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct json {
	char *p; /* owned */
	size_t n, cap;
	bool comma; /* the next member needs one before it */
};

void json_init(struct json *json);
void json_clear(struct json *json); /* releases */
void json_reset(struct json *json); /* empties, keeps the memory */

void json_open(struct json *json, const char *key); /* '{'; key NULL at top */
void json_close(struct json *json);
void json_array(struct json *json, const char *key); /* '[' */
void json_array_end(struct json *json);
/* key NULL inside an array; an empty slice is written as "" */
void json_str(struct json *json, const char *key, struct slice value);
void json_u64(struct json *json, const char *key, uint64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_line_end(struct json *json); /* '\n' after the top object */

#endif
