/*
 * layer: the decoders, as a table the scan walks.
 *
 * A layer looks at a span and, where the bytes fit, hands smaller pieces
 * back (scan_push) and notes values (scan_emit).  All layers of this room
 * share this header: each .c exports one constant and nothing else.
 */
#ifndef CREDENTIAL_LAYER_H
#define CREDENTIAL_LAYER_H

#include "credential/span.h"

/* How well a layer understood a span. */
enum layer_result {
	LAYER_NO,   /* not this coding */
	LAYER_SOME, /* found something; others may find more */
	LAYER_ALL,  /* it was exactly this: no guessing needed any more */
};

struct layer {
	const char *name;
	/* HAS_* characters without which it can't be this (any of them);
	 * 0: no condition. */
	unsigned needs;
	/* HAS_* characters that rule it out. */
	unsigned never;
	/* Which spans it is tried on: 1 << role. */
	unsigned roles;
	enum layer_result (*decode)(struct scan *scan, const struct span *span);
	/* Whether bytes are wholly of this coding, for binary ones; NULL. */
	bool (*looks)(struct slice bytes);
};

#define ON_BODY (1u << SPAN_BODY)
#define ON_VALUE (1u << SPAN_VALUE)
#define ON_PART (1u << SPAN_PART)
#define ON_WHOLE (ON_BODY | ON_VALUE)
#define ON_ANY (ON_WHOLE | ON_PART)

extern const struct layer layer_coding; /* gzip zlib br zstd, by magic */
extern const struct layer layer_utf16;
extern const struct layer layer_grpc;
extern const struct layer layer_protobuf;
extern const struct layer layer_msgpack;
extern const struct layer layer_cbor;
extern const struct layer layer_binary; /* strings in other bytes */
extern const struct layer layer_multipart;
extern const struct layer layer_xml;
extern const struct layer layer_json; /* and GraphQL, JS, YAML strings */
extern const struct layer layer_form;
extern const struct layer layer_gwt;
extern const struct layer layer_base64;
extern const struct layer layer_hex;
extern const struct layer layer_percent;
extern const struct layer layer_entity;    /* &amp; &#228; */
extern const struct layer layer_backslash; /* \u00e4 \x41 \n */
extern const struct layer layer_codes;     /* 83,117,109 and 53:75:6d */
extern const struct layer layer_disguise;  /* reversed, rot13, xor */
extern const struct layer layer_text;      /* lines, labels, words */

/* Whether some binary layer would make sense of bytes. */
bool layers_look(struct slice bytes);

/* Offers a span to every layer that may fit. */
void layers_run(struct scan *scan, const struct span *span);

#endif
