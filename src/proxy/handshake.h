/*
 * handshake: TLS with an origin on the terms that the configuration has for
 * it, resumed where it can be; and what a failure of it means.
 */
#ifndef PROXY_HANDSHAKE_H
#define PROXY_HANDSHAKE_H

#include "proxy/exchange.h"

/* Begins it on x->up, whose certificate must be for `name`. */
void handshake_start(struct exchange *x, const struct host *name);
/* It is done: may HTTP/1.1 follow? Not where the origin chose what it was not
 * offered (RFC 7301 section 3.2). */
bool handshake_speaks_http1(const struct exchange *x);
/* … and does. */
void handshake_done(struct exchange *x);

/* It failed: refuses x, keeping for the page what the origin showed; or, once,
 * goes for an issuer that the origin should have sent and waits. */
enum step_ret handshake_failed(struct exchange *x);
/* After the handshake, in TLS 1.3: did the origin break off for want of a
 * client certificate, and the refusal then. */
bool handshake_was_unwanted(const struct exchange *x);
enum step_ret handshake_refuse(struct exchange *x);
/* Of that wait: goes back to STEP_DIAL, or refuses. */
enum step_ret handshake_fetched(struct exchange *x);

#endif
