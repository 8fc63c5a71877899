/*
 * scout: a look at the origin while the client's handshake is parked.
 *
 * The connection is made and verified first, so that the leaf certificate
 * can say what the origin's says; it then waits in the pool for the first
 * request inside.  An origin seen within the last minutes is not looked at
 * again.  The place is CONNECT's, the name verified the one of the handshake
 * (SNI), where the two differ.  What fails here doesn't fail the client's handshake: it is told to
 * the first request inside, as a page.
 *
 *	HELLO -> DIAL -> SECURE -> LEAF
 *
 * While x->scout is set, step_dial and step_secure ask here what is theirs to
 * do for an exchange of their own.
 */
#ifndef PROXY_SCOUT_H
#define PROXY_SCOUT_H

#include "net/facts.h"
#include "proxy/exchange.h"

/* Goes to STEP_DIAL, or to STEP_LEAF where nothing is to be learned. */
enum step_ret scout_begin(struct exchange *x);
/* What is known of the place the client's handshake is for; borrowed until
 * the next call; NULL: nothing. */
const struct facts *scout_facts(const struct exchange *x);
/* What the client may be answered by ALPN there: what the origin answers. */
struct slice scout_alpn(const struct exchange *x);

/* The name that the origin's certificate must have. */
const struct host *scout_name(const struct exchange *x);
/* May this address be looked at? Where it must not be decrypted, which only
 * the address tells, as a tunnel. */
bool scout_may(struct exchange *x, const struct addr *addr);
/* That address has answered; before x->up is made. */
void scout_took(struct exchange *x, const struct addr *addr);
enum step_ret scout_connected(struct exchange *x);
enum step_ret scout_secured(struct exchange *x);
/* In the place of exchange_refuse. */
enum step_ret scout_failed(
    struct exchange *x, enum reason reason, const char *detail);

/* For a request inside: what the look before it found wrong, which is told
 * once; or REASON_OK. */
enum reason scout_tells(const struct exchange *x, const char **detail);

#endif
