/*
 * field: the names of header fields that the proxy knows (http/fields.def).
 */
#ifndef HTTP_FIELD_H
#define HTTP_FIELD_H

#include "base/slice.h"

enum field_id {
	FIELD_OTHER = 0,
#define FIELD(id, text, flags) FIELD_##id,
#include "http/fields.def"
#undef FIELD
	FIELD_COUNT
};

enum field_flag {
	FIELD_IS_HOP = 1,   /* hop-by-hop: RFC 9110 section 7.6.1 */
	FIELD_IS_ONE = 2,   /* one line at most in a request */
	FIELD_IS_ALONE = 4, /* one line at most in a response */
	FIELD_IS_LIST = 8,  /* comma-separated */
	FIELD_NOT_IN_TRAILER = 16
};

struct field {
	enum field_id id;
	struct slice name;  /* as received */
	struct slice value; /* without white space around it */
};

/* FIELD_OTHER for a name that is not in the catalogue. */
enum field_id field_lookup(struct slice name);
struct slice field_name(enum field_id id); /* canonical spelling */
unsigned field_flags(enum field_id id);    /* of enum field_flag */

/* At least one byte, all of them token characters (RFC 9110 5.6.2). */
bool token_ok(struct slice s);
/* No control byte but HTAB; obs-text (0x80 to 0xff) may stand. */
bool field_value_ok(struct slice s);

#endif
