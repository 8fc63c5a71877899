/*
 * go: the way on from a "continue" page.
 *
 * The page carries a token: an HMAC over the account, the site, the request's
 * path and an expiry, under a key that all workers share.  Sent back with a
 * reason to GO_PATH of that site, it becomes a cookie for that path alone;
 * the next submission there that carries it passes, once, and the cookie is
 * taken out before the origin sees it.
 */
#ifndef PROXY_GO_H
#define PROXY_GO_H

#include <stdbool.h>

#include "proxy/exchange.h"

#define GO_PATH "/.well-known/sallyport/continue"
#define GO_TOKEN_SIZE 96

struct go;

struct go *go_new(void);
void go_free(struct go *go);
/* The key all workers share; tokens under an older one are void. */
void go_set_key(struct go *go, struct slice key);

/* The token for the page that refuses x. */
void go_make(const struct exchange *x, char out[GO_TOKEN_SIZE]);

/* Is this a token of ours, of this account and site, for that path? */
bool go_check(const struct exchange *x, struct slice path, struct slice token);

/* Does x carry a cookie that lets it pass? Uses it up. */
bool go_is_granted(struct exchange *x);
/* Takes our cookie out of the head, whatever is in it. */
void go_strip(struct exchange *x);

/* Is x the answer to a page of ours? Its step is step_go. */
bool go_is_answer(const struct exchange *x);

#endif
