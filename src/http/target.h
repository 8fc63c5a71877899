/*
 * target: what a request asks for, in canonical form (RFC 9112 section 3.2,
 * RFC 3986 section 6).
 *
 * The path is kept as it must be sent on (`path_query`, untouched, so that
 * signed URLs survive) and in the two forms in which rules compare it (`path`
 * and `path_loose`, without the query: see http/path.h).
 */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/name.h"
#include "base/slice.h"

enum target_form {
	TARGET_ORIGIN,    /* /path?query */
	TARGET_ABSOLUTE,  /* http://host/path */
	TARGET_AUTHORITY, /* host:port, with CONNECT only */
	TARGET_ASTERISK   /* *, with OPTIONS only */
};

enum scheme {
	SCHEME_NONE,
	SCHEME_HTTP,
	SCHEME_HTTPS,
	SCHEME_WS,
	SCHEME_WSS
};

struct target {
	enum target_form form;
	enum scheme scheme; /* absolute-form only */
	struct host host;   /* origin-form: of the Host field; len 0: none */
	uint16_t port;      /* given, else the scheme's default, else 0 */
	struct slice path_query; /* as received; "*", or at least "/" */
	struct slice path;       /* canonical, for rules */
	struct slice path_loose; /* as the most lenient server may read it */
};

/* is_connect: only authority-form will do. Returns NULL, or what is wrong in
 * words. User information ("user@") in the authority is refused (RFC 9110
 * section 4.2.4), as are fragments, spaces, control and non-ASCII bytes.
 * OPTIONS in absolute-form without a path has "*" as its path_query. */
const char *target_parse(struct slice s, bool is_connect, bool is_options,
    struct arena *arena, struct target *out);

/* "host", "host:port", "[::1]:port" as in a Host field; default_port is what
 * an absent or empty one means. Strictly the characters of names and
 * addresses: nothing escaped, nothing but ASCII. Returns NULL or what is
 * wrong in words. */
const char *authority_parse(
    struct slice s, uint16_t default_port, struct host *host, uint16_t *port);

/* 80, 443, or 0 for SCHEME_NONE. */
uint16_t scheme_port(enum scheme scheme);
struct slice scheme_text(enum scheme scheme); /* "https"; "" for none */

/* "example.com" or "example.com:8080": no port where it is the default. */
struct slice authority_text(struct arena *arena, const struct host *host,
    uint16_t port, uint16_t default_port);

#endif
