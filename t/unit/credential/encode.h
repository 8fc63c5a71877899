/*
 * encode: the codings that the decoders undo, for tests.
 */
#ifndef UNIT_CREDENTIAL_ENCODE_H
#define UNIT_CREDENTIAL_ENCODE_H

#include "base/slice.h"

/* What a sender may do to a text. */
enum encoding {
	ENCODE_FORM,
	ENCODE_JSON,
	ENCODE_JSON_ESCAPED, /* all characters as \uXXXX; ASCII only */
	ENCODE_XML,
	ENCODE_XML_ATTR,
	ENCODE_MULTIPART,
	ENCODE_LINES,
	ENCODE_PERCENT,
	ENCODE_BASE64,
	ENCODE_BASE64URL, /* without padding */
	ENCODE_HEX,
	ENCODE_GRAPHQL,
	/* bytes come out, not text */
	ENCODE_PROTOBUF,
	ENCODE_GRPC,
	ENCODE_MSGPACK,
	ENCODE_CBOR,
	ENCODE_UTF16,
	ENCODE_GZIP,
	ENCODE_ZLIB,
	ENCODE_ZSTD,
	ENCODE_COUNT,
};
#define ENCODE_FIRST_BINARY ENCODE_PROTOBUF

/* A new string; the caller frees .p. */
struct slice encode(enum encoding encoding, struct slice s);
const char *encode_name(enum encoding encoding);

/* "br" has no level to choose in the decoder's library: a raw meta-block. */
struct slice encode_brotli(struct slice s);
/* window as of deflateInit2: 31 gzip, 15 zlib, -15 raw. */
struct slice encode_deflate(struct slice s, int window);

#endif
