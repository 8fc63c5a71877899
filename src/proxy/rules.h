/*
 * rules: one generation of the configuration, with all that a worker makes
 * from it: policy, pages, TLS contexts.
 *
 * Plain data, replaced as a whole (proxy/setup.h), never changed but for
 * fresh ticket keys (proxy/contexts.h).
 */
#ifndef PROXY_RULES_H
#define PROXY_RULES_H

#include <stdint.h>

#include "conf/conf.h"
#include "net/tls.h"
#include "policy/policy.h"
#include "proxy/cas.h"

struct pages;
struct worker;

struct rules {
	uint32_t generation;
	struct bundle *bundle; /* owned */
	struct conf *conf;     /* owned */
	struct policy *policy; /* owned */
	struct pages *pages;   /* owned */
	SSL_CTX *origin_ctx;   /* owned */
	SSL_CTX *legacy_ctx;   /* owned: for `legacy` */
	struct tls_own **own;  /* owned: as conf's own_certificates */
	struct tls_set **sets; /* owned: as conf's listeners; NULL: plain */
	SSL_CTX **listen_ctx;  /* owned: the same */
	struct cas cas;        /* what clients trust of ours */
	struct host site;      /* where certificates say we are; or empty */
	uint16_t site_port;
	char via[80]; /* our pseudonym's Via value */
	char pseudonym[64];
};

/* Of the configuration's text, which lies in bundle_fd (conf/given.h). NULL,
 * and why it can't be: words that stay valid until the next call. */
struct rules *rules_load(const struct worker *worker, uint32_t generation,
    struct slice path, int bundle_fd, const char **why);
void rules_free(struct rules *rules); /* NULL is fine */

/* For the supervisor and `check`: reads into the bundle what workers will
 * look for there, and tries it. NULL, or what is wrong in words, for the
 * caller to free. */
char *rules_preload(struct bundle *bundle, const struct conf *conf);

#endif
