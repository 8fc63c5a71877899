/*
 * contexts: reads certificates, keys and lists of the bundle and the keyring
 * into what OpenSSL works with. It opens no file and knows no connection.
 */
#include "proxy/contexts.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "proxy/keyring.h"

#define ANCHORS_MAX 64

static const char *
load_crls(struct rules *rules)
{
	struct slice text;
	const char *why = NULL;

	for (size_t i = 0; i < rules->conf->crls.n && why == NULL; i++)
		why = bundle_get(rules->bundle, rules->conf->crls.v[i].path,
			  &text) == 0
		    ? tls_add_crls(rules->origin_ctx, text)
		    : "a revocation list is not in the bundle";
	return why;
}

/* The system's store comes first; every anchor file is in the bundle. */
static const char *
load_anchors(struct rules *rules)
{
	struct slice anchors[ANCHORS_MAX];
	size_t n = 0;
	const char *why = NULL;

	if (rules->conf->trust_system &&
	    bundle_get(rules->bundle, CONF_SYSTEM_TRUST, &anchors[n]) == 0)
		n++;
	for (size_t i = 0; i < rules->conf->trust.n && n < ANCHORS_MAX; i++) {
		if (bundle_get(rules->bundle, rules->conf->trust.v[i].path,
			&anchors[n]) != 0)
			return "a trust file is not in the bundle";
		n++;
	}
	rules->origin_ctx = tls_client_ctx(anchors, n, &why);
	if (rules->origin_ctx == NULL)
		return why;
	rules->legacy_ctx = tls_legacy_ctx(rules->origin_ctx);
	return load_crls(rules);
}

static struct tls_own *
load_pair(const struct rules *rules, const struct keyring *keyring,
    const struct pair *pair, const char **why)
{
	struct slice text, passphrase = SLICE_EMPTY;
	struct tls_own *own = NULL;

	*why = "it is not in the bundle";
	if (pair->passphrase != NULL)
		passphrase = keyring_get(keyring, pair->passphrase);
	if (bundle_get(rules->bundle, pair->cert, &text) == 0)
		own = tls_own_new(
		    text, keyring_get(keyring, pair->key), passphrase, why);
	if (own == NULL)
		log_error("certificate %s: %s", pair->cert, *why);
	return own;
}

/* NULL, having said what is wrong with which. */
static struct tls_set *
load_set(const struct rules *rules, const struct keyring *keyring,
    const struct listener *listener)
{
	struct tls_set *set = tls_set_new();
	const char *why;

	for (size_t i = 0; i < listener->pairs.n; i++) {
		struct tls_own *own = load_pair(
		    rules, keyring, &listener->pairs.v[i], &why);

		if (own == NULL) {
			tls_set_unref(set);
			return NULL;
		}
		tls_set_add(set, own);
	}
	return set;
}

static SSL_CTX *
make_context(const struct rules *rules, const struct worker *worker,
    const struct listener *listener, struct tls_set *set, const char **why)
{
	struct slice clients = SLICE_EMPTY;

	if (listener->client_ca != NULL &&
	    bundle_get(rules->bundle, listener->client_ca, &clients) != 0) {
		*why = "its authorities of clients are not in the bundle";
		return NULL;
	}
	return tls_listener_ctx(
	    set, secret_slice(worker->tickets), clients, why);
}

/* Contexts of the listeners that speak TLS. */
static const char *
load_listeners(struct rules *rules, const struct worker *worker)
{
	size_t n = rules->conf->listeners.n;
	const char *why = NULL;

	rules->listen_ctx = mem_zalloc((n + 1) * sizeof(SSL_CTX *));
	rules->sets = mem_zalloc((n + 1) * sizeof(*rules->sets));
	for (size_t i = 0; i < n; i++) {
		const struct listener *one = &rules->conf->listeners.v[i];

		if (one->pairs.n == 0)
			continue;
		rules->sets[i] = load_set(rules, worker->keyring, one);
		if (rules->sets[i] == NULL)
			return "a listener's certificate can't be used";
		rules->listen_ctx[i] = make_context(
		    rules, worker, one, rules->sets[i], &why);
		if (rules->listen_ctx[i] != NULL)
			continue;
		log_error(
		    "listener's certificate %s: %s", one->pairs.v[0].cert, why);
		return "a listener's certificate can't be used";
	}
	return NULL;
}

void
contexts_renew(struct worker *worker)
{
	struct rules *rules = worker->rules;
	const char *why;

	for (size_t i = 0; rules != NULL && i < rules->conf->listeners.n; i++) {
		SSL_CTX *fresh;

		if (rules->listen_ctx[i] == NULL)
			continue;
		fresh = make_context(rules, worker,
		    &rules->conf->listeners.v[i], rules->sets[i], &why);
		if (fresh == NULL)
			continue;
		SSL_CTX_free(rules->listen_ctx[i]);
		rules->listen_ctx[i] = fresh;
	}
}

/* Certificates that origins are shown. */
static const char *
load_own(struct rules *rules, const struct keyring *keyring)
{
	size_t n = rules->conf->own_certificates.n;
	const char *why = NULL;

	rules->own = mem_zalloc((n + 1) * sizeof(*rules->own));
	for (size_t i = 0; i < n && why == NULL; i++)
		rules->own[i] = load_pair(rules, keyring,
		    &rules->conf->own_certificates.v[i].pair, &why);
	return why == NULL ? NULL : "a certificate to show can't be used";
}

const char *
contexts_load(struct rules *rules, const struct worker *worker)
{
	const char *why = load_anchors(rules);

	if (why == NULL)
		why = load_own(rules, worker->keyring);
	if (why == NULL)
		why = load_listeners(rules, worker);
	return why;
}

void
contexts_clear(struct rules *rules)
{
	const struct conf *conf = rules->conf;

	SSL_CTX_free(rules->origin_ctx);
	SSL_CTX_free(rules->legacy_ctx);
	for (size_t i = 0; rules->own && i < conf->own_certificates.n; i++)
		tls_own_free(rules->own[i]);
	for (size_t i = 0; rules->listen_ctx && i < conf->listeners.n; i++)
		SSL_CTX_free(rules->listen_ctx[i]);
	for (size_t i = 0; rules->sets && i < conf->listeners.n; i++)
		tls_set_unref(rules->sets[i]);
	free(rules->own);
	free(rules->sets);
	free(rules->listen_ctx);
}
