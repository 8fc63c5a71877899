/*
 * auth: the credentials of a Basic field (RFC 7617) and of a Negotiate one
 * (RFC 4559).
 */
#ifndef HTTP_AUTH_H
#define HTTP_AUTH_H

#include "base/arena.h"
#include "base/slice.h"

/* Takes "Basic dXNlcjpwYXNz" apart into out[], which has room for max bytes
 * (the caller wipes it). The password is everything behind the first ':'.
 * Refused: another scheme, base64 that is not canonical, no ':', an empty
 * name or password, control characters. NULL, or what is wrong in words. */
const char *auth_basic(struct slice value, char *out, size_t max,
    struct slice *name, struct slice *password);

/* "Basic", "Negotiate", … of an Authorization value; empty if none. */
struct slice auth_scheme(struct slice value);

/* The token of "Negotiate BASE64" into out[], which has room for max bytes.
 * NULL, or what is wrong in words. */
const char *auth_negotiate(
    struct slice value, char *out, size_t max, struct slice *token);
/* bytes as base64, in the arena, with a NUL behind. */
struct slice auth_base64(struct arena *arena, struct slice bytes);

#endif
