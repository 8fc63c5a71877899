/*
 * lists: revocation lists that were fetched from where certificates say that
 * they are (RFC 5280 sections 4.2.1.13 and 5).
 *
 * A bounded collection a worker, by address; the one used longest ago goes
 * first.  What is in a list is verified each time it is used, as one that the
 * configuration names would be.
 */
#ifndef NET_LISTS_H
#define NET_LISTS_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/x509.h>

#include "base/slice.h"

#define LISTS_MAX 100 /* kept */
/* Of all together, in DER; parsed, one takes six times that. */
#define LISTS_BYTES_MAX (8u << 20)
#define LISTS_BODY_MAX (2u << 20) /* of one answer */
#define LISTS_KEEP_S (12 * 3600)  /* then it is fetched anew */
#define LISTS_FAILED_MAX 1000     /* addresses that gave none */
#define LISTS_AGAIN_MS 600000     /* until one of them is asked again */

struct lists;

struct lists *lists_new(void);
void lists_free(struct lists *lists); /* NULL is fine */

/* What a server gave: DER (PEM is seen, too), still valid now. False: it is
 * no such. now_s: seconds since 1970. */
bool lists_add(
    struct lists *lists, const char *url, struct slice body, int64_t now_s);
/* That address gave this account nothing. now_ms: clock_ms(). */
void lists_failed(
    struct lists *lists, const char *url, uint32_t account, uint64_t now_ms);

enum lists_state {
	LISTS_UNKNOWN, /* it is worth a try */
	LISTS_FAILED,  /* it isn't, for now */
	LISTS_THERE
};
/* *out: LISTS_THERE: borrowed until the next lists_add. */
enum lists_state lists_find(struct lists *lists, const char *url,
    uint32_t account, int64_t now_s, uint64_t now_ms, X509_CRL **out);

/* Where cert says that its issuer's list can be had, over plain http. The
 * caller frees it; NULL where nowhere. */
char *lists_url(X509 *cert);

#endif
