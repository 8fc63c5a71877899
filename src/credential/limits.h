/*
 * limits: how much a request may cost to look into.
 *
 * Every number bounds something a peer controls.  Where one is reached the
 * scan goes on with what it has and says so (scan_cuts), so that the caller
 * can pass or refuse by configuration.
 */
#ifndef CREDENTIAL_LIMITS_H
#define CREDENTIAL_LIMITS_H

#include <stddef.h>

/* No value longer than this is taken for a password; bytes of UTF-8. */
#define CREDENTIAL_VALUE_MAX 1024
/* Longest account name in any form; bytes. */
#define CREDENTIAL_NAME_MAX 256

struct credential_limits {
	size_t body;    /* bytes of a body or message looked at */
	size_t pool;    /* bytes all decoded layers of a request may take */
	size_t work;    /* bytes read by all decoders together */
	size_t ratio;   /* decompressed bytes for each compressed one */
	unsigned depth; /* layers inside each other */
	unsigned spans; /* pieces looked into */
	unsigned candidates; /* values kept */
	unsigned min_chars;  /* shorter values are no candidates */
};

#define CREDENTIAL_LIMITS_DEFAULT                                              \
	((struct credential_limits){ .body = (size_t)1 << 20,                  \
	    .pool = (size_t)8 << 20,                                           \
	    .work = (size_t)32 << 20,                                          \
	    .ratio = 256,                                                      \
	    .depth = 12,                                                       \
	    .spans = 16384,                                                    \
	    .candidates = 16384,                                               \
	    .min_chars = 4 })

#endif
