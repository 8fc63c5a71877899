/*
 * tickets: encrypts and opens tickets for OpenSSL, which does the rest. Keys
 * are wiped with their context.
 */
#include "net/tickets.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/secret.h"

#define NAME_SIZE 16
#define KEY_SIZE 32

struct ticket_key {
	unsigned char name[NAME_SIZE], hmac[KEY_SIZE], aes[KEY_SIZE];
};
_Static_assert(sizeof(struct ticket_key) == TLS_TICKET_KEYS_SIZE,
    "a key is name, HMAC, AES without gaps");

struct tickets {
	struct secret keys;
	size_t n;
	EVP_CIPHER *aes; /* owned; looked up once, not for every ticket */
};

static void
on_free(void *parent, void *ptr, CRYPTO_EX_DATA *data, int index, long argl,
    void *argp)
{
	struct tickets *tickets = ptr;

	if (tickets == NULL)
		return;
	secret_clear(&tickets->keys);
	EVP_CIPHER_free(tickets->aes);
	free(tickets);
}

/* Once a process: OpenSSL has no static form. */
static int
slot(void)
{
	static int index = -1;

	if (index == -1)
		index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, on_free);
	must(index != -1);
	return index;
}

static int
set_hmac(EVP_MAC_CTX *mac, const struct ticket_key *key)
{
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY,
		    (void *)(uintptr_t)key->hmac, sizeof(key->hmac)),
		OSSL_PARAM_construct_utf8_string(
		    OSSL_MAC_PARAM_DIGEST, digest, sizeof(digest) - 1),
		OSSL_PARAM_construct_end(),
	};

	return EVP_MAC_CTX_set_params(mac, params);
}

static int
seal(const struct tickets *tickets, unsigned char *name, unsigned char *iv,
    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac)
{
	const struct ticket_key *key = (const void *)tickets->keys.p;

	memcpy(name, key->name, NAME_SIZE);
	if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(tickets->aes)) != 1 ||
	    EVP_EncryptInit_ex2(cipher, tickets->aes, key->aes, iv, NULL) != 1)
		return -1;
	return set_hmac(mac, key) == 1 ? 1 : -1;
}

/* 2 asks OpenSSL for a new ticket: under the newest key, and in TLS 1.3
 * always, since a client uses each but once (RFC 8446 appendix C.4) and would
 * otherwise shake hands in full every other time. */
static int
unseal(const struct tickets *tickets, bool once, const unsigned char *name,
    const unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac)
{
	const struct ticket_key *keys = (const void *)tickets->keys.p;
	size_t i = 0;

	while (i < tickets->n && memcmp(name, keys[i].name, NAME_SIZE) != 0)
		i++;
	if (i == tickets->n)
		return 0;
	if (set_hmac(mac, &keys[i]) != 1 ||
	    EVP_DecryptInit_ex2(cipher, tickets->aes, keys[i].aes, iv, NULL) !=
		1)
		return -1;
	return i == 0 && !once ? 1 : 2;
}

static int
on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv,
    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int sealing)
{
	const struct tickets *tickets = SSL_CTX_get_ex_data(
	    SSL_get_SSL_CTX(ssl), slot());
	bool once = SSL_version(ssl) >= TLS1_3_VERSION;

	must(tickets != NULL);
	return sealing ? seal(tickets, name, iv, cipher, mac)
		       : unseal(tickets, once, name, iv, cipher, mac);
}

void
tickets_use(SSL_CTX *ctx, struct slice keys)
{
	struct tickets *tickets = mem_zalloc(sizeof(*tickets));

	must(keys.n > 0 && keys.n % TLS_TICKET_KEYS_SIZE == 0 &&
	    keys.n <= TLS_TICKET_KEYS_SIZE * TLS_TICKET_KEYS_MAX);
	secret_init(&tickets->keys, keys.n);
	secret_set(&tickets->keys, keys.p, keys.n);
	tickets->n = keys.n / TLS_TICKET_KEYS_SIZE;
	tickets->aes = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
	must(tickets->aes != NULL);
	must(SSL_CTX_set_ex_data(ctx, slot(), tickets) == 1);
	must(SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, on_ticket) == 1);
}
