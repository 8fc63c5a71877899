/*
 * fetch: gets the certificate of an issuer that an origin failed to send, or
 * the list of what the issuer has revoked, from the address that the origin's
 * certificate names (RFC 5280 sections 4.2.2.1 and 4.2.1.13), over plain http.
 *
 * It goes as the account whose request needs it: its rules decide, which
 * leave internal addresses out unless one allows them, its packet marks and
 * the kernel's tag are put on.  One address a request; an address that an account asked within
 * the last minutes is not asked again.
 */
#ifndef PROXY_FETCH_H
#define PROXY_FETCH_H

#include <stdbool.h>

#include "net/issuers.h"
#include "net/lists.h"
#include "proxy/exchange.h"

#define FETCH_MS 5000           /* for all of it */
#define FETCH_AGAIN_MS 600000   /* until an address is asked again */
#define FETCHES_MAX 16          /* at once, a worker */
#define FETCHES_REMEMBERED 1000 /* addresses */

struct fetch;
struct fetches;

/* What a worker has fetched and is fetching. */
struct fetches *fetches_new(void);
void fetches_free(struct fetches *fetches); /* NULL is fine */
/* Rules may have changed: addresses may be asked again. */
void fetches_forget(struct fetches *fetches);
const struct issuers *fetches_issuers(const struct fetches *fetches);
struct lists *fetches_lists(const struct fetches *fetches);

/* Begins it for x, on whose behalf exchange_run is called when it is over.
 * NULL where it isn't worth trying. The caller owns the fetch. */
struct fetch *fetch_new(struct exchange *x, const char *url, bool is_list);
void fetch_free(struct fetch *fetch); /* NULL is fine */
bool fetch_is_over(const struct fetch *fetch);
/* fetches_issuers or fetches_lists has it */
bool fetch_found(const struct fetch *fetch);

#endif
