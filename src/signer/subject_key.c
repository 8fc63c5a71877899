/*
 * subject_key: copies algorithm and bits of a key that was looked at before.
 * It holds no private half and signs nothing. Runs in the signer.
 */
#include "signer/subject_key.h"

#include <stdlib.h>

#include <openssl/err.h>

#include "base/mem.h"

struct subject_key {
	X509_PUBKEY *form; /* owned */
	struct slice der;  /* owned */
};

struct subject_key *
subject_key_read(struct slice der)
{
	const unsigned char *p = (const unsigned char *)der.p;
	X509_PUBKEY *form = der.n > 0 && der.n < INT32_MAX
	    ? d2i_X509_PUBKEY(NULL, &p, (long)der.n)
	    : NULL;
	struct subject_key *key = NULL;

	/* a form that nothing can be verified with is no key */
	if (form != NULL && p == (const unsigned char *)der.p + der.n &&
	    X509_PUBKEY_get0(form) != NULL) {
		key = mem_zalloc(sizeof(*key));
		key->form = form;
		key->der = slice_from(slice_dup(der), der.n);
	} else {
		X509_PUBKEY_free(form);
	}
	ERR_clear_error();
	return key;
}

void
subject_key_free(struct subject_key *key)
{
	if (key == NULL)
		return;
	X509_PUBKEY_free(key->form);
	free((char *)(uintptr_t)key->der.p);
	free(key);
}

struct slice
subject_key_der(const struct subject_key *key)
{
	return key->der;
}

/* The parameters that keys have: a curve's name, NULL, or none at all. */
static bool
dup_parameter(int type, const void *value, void **out)
{
	*out = NULL;
	if (type != V_ASN1_OBJECT)
		return type == V_ASN1_NULL || type == V_ASN1_UNDEF;
	*out = OBJ_dup(value);
	return *out != NULL;
}

bool
subject_key_put(const struct subject_key *key, X509 *cert)
{
	ASN1_OBJECT *algorithm = NULL;
	const unsigned char *bits = NULL;
	X509_ALGOR *parts = NULL;
	const void *value = NULL;
	void *parameter, *copy;
	int n = 0, type = V_ASN1_UNDEF;

	if (X509_PUBKEY_get0_param(&algorithm, &bits, &n, &parts, key->form) !=
	    1)
		return false;
	X509_ALGOR_get0(NULL, &type, &value, parts);
	if (!dup_parameter(type, value, &parameter))
		return X509_set_pubkey(cert, X509_PUBKEY_get0(key->form)) == 1;
	copy = OPENSSL_memdup(bits, (size_t)n);
	if (copy != NULL &&
	    X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(cert),
		OBJ_dup(algorithm), type, parameter, copy, n) == 1)
		return true;
	OPENSSL_free(copy);
	ASN1_OBJECT_free(parameter);
	return false;
}
