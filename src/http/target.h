/*
 * target: what a request asks for, in canonical form (RFC 9112 section 3.2,
 * RFC 3986 section 6).
 *
 * The path is kept twice: as it must be sent on (`path_query`, untouched, so
 * that signed URLs survive) and as rules compare it (`path`: percent-decoded
 * unreserved characters, dot segments removed, no query).
 */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

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

enum scheme { SCHEME_NONE, SCHEME_HTTP, SCHEME_HTTPS, SCHEME_WS, SCHEME_WSS };

struct target {
	enum target_form form;
	enum scheme scheme;      /* absolute-form only */
	struct host host;        /* absolute and authority-form */
	uint16_t port;           /* given, else the scheme's default */
	struct slice path_query; /* as received, at least "/" */
	struct slice path;       /* canonical, for rules */
};

/* is_connect: only authority-form will do. Returns NULL, or what is wrong in
 * words. User information ("user@") in the authority is refused (RFC 9110
 * section 4.2.4), as are fragments, spaces, control and non-ASCII bytes. */
const char *target_parse(struct slice s, bool is_connect, bool is_options,
    struct arena *arena, struct target *out);

/* "host", "host:port", "[::1]:port" as in a Host field; default_port is what
 * an absent one means. Returns NULL or what is wrong in words. */
const char *authority_parse(struct slice s, uint16_t default_port,
    struct host *host, uint16_t *port);

/* "example.com" or "example.com:8080": no port where it is the default. */
struct slice authority_text(struct arena *arena, const struct host *host,
    uint16_t port, uint16_t default_port);

#endif
