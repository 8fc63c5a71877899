/*
 * vault: loading the provider and finding the key.
 *
 * Runs in the signer, and in `sallyport ca init`.  It never asks a person,
 * and never takes a key out.  A provider is a library that runs in this
 * process; the key behind it may be elsewhere, and using it may take long.
 */
#include "signer/vault.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <openssl/ui.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "signer/authority.h"
#include "signer/sign.h"

#define ERRORS_MAX 4 /* told of one failure */

struct vault {
	OSSL_PROVIDER *provider; /* owned */
	EVP_PKEY *key;           /* owned */
	char *uri, *name;        /* owned */
	struct secret pin;
};

/* Nobody is there to type one. */
static int
on_pin(char *buf, int size, int rwflag, void *arg)
{
	const struct vault *vault = arg;
	struct slice pin = secret_slice(&vault->pin);

	if (pin.n == 0 || size < 0 || pin.n > (size_t)size)
		return -1;
	memcpy(buf, pin.p, pin.n);
	return (int)pin.n;
}

/* The first is the cause, most often, but may be of a store that was tried in
 * vain; none holds a secret. */
static void
log_openssl(void)
{
	char quoted[LOG_QUOTE_SIZE];

	for (int i = 0; i < ERRORS_MAX; i++) {
		const char *data = NULL, *reason;
		int flags = 0;
		unsigned long code = ERR_get_error_all(
		    NULL, NULL, NULL, &data, &flags);

		if (!code)
			break;
		reason = ERR_reason_error_string(code);
		if (!(flags & ERR_TXT_STRING) || !data)
			data = "";
		log_error("the CA's key: OpenSSL says: %s (%s)",
		    reason ? reason : "an error without words",
		    log_quote(quoted, slice_of(data)));
	}
	ERR_clear_error();
}

/* The built-in provider comes first, and stays the one for all that is not
 * this key's: to load another by itself would leave it out, for good. */
static const char *
load_provider(struct vault *vault)
{
	if (!OSSL_PROVIDER_available(NULL, "default"))
		return "OpenSSL's own provider can't be loaded";
	vault->provider = OSSL_PROVIDER_try_load(NULL, vault->name, 1);
	return vault->provider ? NULL : "the provider can't be loaded";
}

static EVP_PKEY *
next_key(OSSL_STORE_CTX *store)
{
	OSSL_STORE_INFO *info = OSSL_STORE_load(store);
	EVP_PKEY *key = NULL;

	if (info && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
		key = OSSL_STORE_INFO_get1_PKEY(info);
	OSSL_STORE_INFO_free(info);
	return key;
}

static const char *
find_key(struct vault *vault)
{
	UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(on_pin, 0);
	char *wanted = sign_preference(vault->name);
	OSSL_STORE_CTX *store = OSSL_STORE_open_ex(
	    vault->uri, NULL, wanted, ui, vault, NULL, NULL, NULL);
	const char *why = NULL;

	if (!store) {
		why = "the URI of the CA's key can't be opened";
	} else {
		/* not every provider can be told */
		(void)OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY);
		for (int i = 0; i < VAULT_OBJECTS_MAX && !vault->key &&
		     !OSSL_STORE_eof(store);
		     i++)
			vault->key = next_key(store);
		if (!vault->key)
			why = "the URI of the CA's key leads to no private key "
			      "that can be used";
	}
	OSSL_STORE_close(store);
	UI_destroy_method(ui);
	free(wanted);
	return why;
}

struct vault *
vault_open(
    const char *uri, const char *provider, struct slice pin, const char **why)
{
	struct vault *vault = mem_zalloc(sizeof(*vault));
	const char *wrong;

	pin = authority_passphrase(pin);
	vault->uri = mem_dup(uri);
	vault->name = mem_dup(provider);
	secret_init(&vault->pin, pin.n + 1);
	secret_set(&vault->pin, pin.p, pin.n);
	ERR_clear_error();
	wrong = load_provider(vault);
	if (!wrong)
		wrong = find_key(vault);
	if (!wrong && !sign_works(vault->key))
		wrong = "the provider's key doesn't sign: is the PIN right?";
	if (!wrong) {
		ERR_clear_error();
		return vault;
	}
	log_openssl();
	vault_free(vault);
	*why = wrong;
	return NULL;
}

void
vault_free(struct vault *vault)
{
	if (!vault)
		return;
	EVP_PKEY_free(vault->key);
	if (vault->provider)
		OSSL_PROVIDER_unload(vault->provider);
	secret_clear(&vault->pin);
	free(vault->uri);
	free(vault->name);
	free(vault);
}

EVP_PKEY *
vault_key(const struct vault *vault)
{
	return vault->key;
}

bool
vault_is(const struct vault *vault, const char *uri, const char *provider,
    struct slice pin)
{
	return strcmp(vault->uri, uri) == 0 &&
	    strcmp(vault->name, provider) == 0 &&
	    slice_eq(secret_slice(&vault->pin), authority_passphrase(pin));
}
