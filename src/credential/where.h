/*
 * where: the way from a request to a value, as "json:/variables/password".
 *
 * A tree of steps in an array: each step knows the one before it.  It is
 * printed only for values that were found, so a step costs one small record
 * and no string.  Names are borrowed from the request or the scan's pool.
 */
#ifndef CREDENTIAL_WHERE_H
#define CREDENTIAL_WHERE_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum where_kind {
	WHERE_ROOT,
	WHERE_BODY,
	WHERE_MESSAGE, /* a WebSocket message */
	WHERE_HEADER,
	WHERE_COOKIE,
	WHERE_QUERY,
	WHERE_PATH,
	WHERE_USERINFO,
	WHERE_FORM,
	WHERE_MULTIPART,
	WHERE_JSON, /* a member; WHERE_JSON_ITEM: an element */
	WHERE_JSON_ITEM,
	WHERE_GQL,
	WHERE_XML,
	WHERE_XML_ATTR,
	WHERE_GWT,
	WHERE_PROTOBUF,
	WHERE_GRPC,
	WHERE_MSGPACK,
	WHERE_MSGPACK_ITEM,
	WHERE_CBOR,
	WHERE_CBOR_ITEM,
	WHERE_TEXT,   /* a line, a word, what stands behind a label */
	WHERE_BINARY, /* a string inside bytes nobody understood */
	WHERE_CODING, /* gunzip, base64, pct, utf16le, ...: name says which */
};

#define WHERE_NONE 0 /* the root */

struct where {
	uint32_t parent;
	uint32_t index; /* of items, protobuf fields */
	enum where_kind kind;
	struct slice name; /* borrowed; empty where there is none */
};

#define WHERE_TEXT_MAX 256
/* Prints the way to `at` into buf, names escaped to printable ASCII, cut at
 * the front where it doesn't fit. Returns buf. */
char *where_print(
    char buf[WHERE_TEXT_MAX], const struct where *steps, uint32_t at);

#endif
