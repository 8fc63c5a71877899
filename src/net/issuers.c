/*
 * issuers: a ring of parsed certificates. It fetches nothing and judges no
 * signature: verification does, as for those that an origin sends.
 */
#include "net/issuers.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>

#include "base/mem.h"

struct issuers {
	X509 *v[ISSUERS_MAX]; /* owned; NULL behind the last */
	size_t next;          /* to be written */
};

struct issuers *
issuers_new(void)
{
	return mem_zalloc(sizeof(struct issuers));
}

void
issuers_free(struct issuers *issuers)
{
	if (issuers == NULL)
		return;
	for (size_t i = 0; i < ISSUERS_MAX; i++)
		X509_free(issuers->v[i]);
	free(issuers);
}

static bool
has(const struct issuers *issuers, X509 *cert)
{
	for (size_t i = 0; i < ISSUERS_MAX; i++)
		if (issuers->v[i] != NULL && X509_cmp(issuers->v[i], cert) == 0)
			return true;
	return false;
}

/* Takes cert. */
static void
keep(struct issuers *issuers, X509 *cert)
{
	if (has(issuers, cert)) {
		X509_free(cert);
		return;
	}
	X509_free(issuers->v[issuers->next]);
	issuers->v[issuers->next] = cert;
	issuers->next = (issuers->next + 1) % ISSUERS_MAX;
}

static bool
add_der(struct issuers *issuers, struct slice body)
{
	const unsigned char *p = (const unsigned char *)body.p;
	X509 *cert = d2i_X509(NULL, &p, (long)body.n);

	if (cert == NULL)
		return false;
	keep(issuers, cert);
	return true;
}

static bool
add_pkcs7(struct issuers *issuers, struct slice body)
{
	const unsigned char *p = (const unsigned char *)body.p;
	PKCS7 *bag = d2i_PKCS7(NULL, &p, (long)body.n);
	STACK_OF(X509) *certs = NULL;
	int n = 0;

	if (bag != NULL && PKCS7_type_is_signed(bag) && bag->d.sign != NULL)
		certs = bag->d.sign->cert;
	for (; n < sk_X509_num(certs) && n < ISSUERS_OF_BODY_MAX; n++) {
		X509 *cert = sk_X509_value(certs, n);

		X509_up_ref(cert);
		keep(issuers, cert);
	}
	PKCS7_free(bag);
	return n > 0;
}

static bool
add_pem(struct issuers *issuers, struct slice body)
{
	BIO *bio = BIO_new_mem_buf(body.p, (int)body.n);
	X509 *cert = NULL;

	if (bio != NULL)
		cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	if (cert == NULL)
		return false;
	keep(issuers, cert);
	return true;
}

bool
issuers_add(struct issuers *issuers, struct slice body)
{
	bool found;

	if (body.n == 0 || body.n > ISSUERS_BODY_MAX)
		return false;
	found = add_der(issuers, body) || add_pkcs7(issuers, body) ||
	    add_pem(issuers, body);
	ERR_clear_error();
	return found;
}

X509 *
issuers_find(const struct issuers *issuers, X509 *cert)
{
	for (size_t i = 0; i < ISSUERS_MAX && issuers->v[i] != NULL; i++)
		if (X509_check_issued(issuers->v[i], cert) == X509_V_OK)
			return issuers->v[i];
	return NULL;
}

/* A certificate's text goes into a request: plain ASCII only. */
char *
issuers_usable_url(const ASN1_IA5STRING *text)
{
	struct slice url = slice_from(
	    ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text));

	if (url.n > ISSUERS_URL_MAX || !slice_starts(url, SLICE("http://")))
		return NULL;
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] >= 0x7f)
			return NULL;
	return slice_dup(url);
}

char *
issuers_url(X509 *cert)
{
	AUTHORITY_INFO_ACCESS *info = X509_get_ext_d2i(
	    cert, NID_info_access, NULL, NULL);
	char *url = NULL;

	for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(info); i++) {
		const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(
		    info, i);

		if (url == NULL && one->location->type == GEN_URI &&
		    OBJ_obj2nid(one->method) == NID_ad_ca_issuers)
			url = issuers_usable_url(
			    one->location->d.uniformResourceIdentifier);
	}
	AUTHORITY_INFO_ACCESS_free(info);
	ERR_clear_error();
	return url;
}
