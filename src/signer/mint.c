/*
 * mint: putting a leaf certificate together and having it signed.
 *
 * Runs in the signer.  It keeps nothing (signer/stock.h does) and has no
 * clock, and no randomness where the signature has none: the same request on
 * the same day gives the same bytes.  Names have been through host_parse() already; what could
 * not be a host name never gets here.
 */
#include "signer/mint.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/secret.h"
#include "signer/extend.h"
#include "signer/sign.h"

#define DAY 86400
#define SERIAL_SIZE 20 /* the most RFC 5280 4.1.2.2 allows */
#define SALT_SIZE 16

/* Part of every serial: another profile is another certificate. */
static const char profile[] = "sallyport leaf 2";

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return b == 0 || a < b ? a : b;
}

/* Whole days, so that everybody who mints today mints the same. */
static const char *
choose_window(const struct authority *authority,
    const struct mint_request *request, struct minted *out)
{
	int64_t now = request->now;
	int64_t from = now - now % DAY - (int64_t)MINT_BACKDATE * DAY;
	int64_t to = from + (int64_t)MINT_DAYS * DAY - 1;

	if (now > authority_not_after(authority))
		return "the CA's certificate has expired";
	if (now < authority_not_before(authority))
		return "the CA's certificate is not valid yet";
	from = later(from, authority_not_before(authority));
	to = sooner(to, authority_not_after(authority));
	from = later(from, request->not_before);
	to = sooner(to, request->not_after);
	if (from > to)
		return "no validity is left between the CA's and the origin's";
	out->not_before = from;
	out->not_after = to;
	return NULL;
}

static void
add_part(EVP_MD_CTX *ctx, const void *p, size_t n)
{
	uint64_t len = n;
	unsigned char prefix[8];

	for (int i = 0; i < 8; i++)
		prefix[i] = (unsigned char)(len >> (i * 8));
	must(EVP_DigestUpdate(ctx, prefix, sizeof(prefix)));
	must(EVP_DigestUpdate(ctx, p, n));
}

static void
add_time(EVP_MD_CTX *ctx, int64_t at)
{
	unsigned char text[8];

	for (int i = 0; i < 8; i++)
		text[i] = (unsigned char)((uint64_t)at >> (i * 8));
	add_part(ctx, text, sizeof(text));
}

static void
add_text(EVP_MD_CTX *ctx, const char *text)
{
	add_part(ctx, text ? text : "", text ? strlen(text) : 0);
}

static void
add_request(EVP_MD_CTX *ctx, const struct mint_request *request)
{
	struct slice key = subject_key_der(request->leaf_public);

	add_part(ctx, key.p, key.n);
	add_part(ctx, request->cn.p ? request->cn.p : "", request->cn.n);
	add_part(ctx, request->org.p ? request->org.p : "", request->org.n);
	add_text(ctx, request->crl_url);
	add_text(ctx, request->ca_url);
	for (size_t i = 0; i < request->nnames; i++)
		add_part(ctx, request->names[i].name, request->names[i].len);
}

/* Over the CA and all that makes this leaf differ from another. */
static void
hash_contents(const struct authority *authority,
    const struct mint_request *request, int64_t from, int64_t to,
    unsigned char out[MINT_DIGEST_SIZE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct slice id = authority_id(authority);

	must(ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
	add_text(ctx, profile);
	add_part(ctx, id.p, id.n);
	add_time(ctx, from);
	add_time(ctx, to);
	add_request(ctx, request);
	must(EVP_DigestFinal_ex(ctx, out, NULL));
	EVP_MD_CTX_free(ctx);
}

void
mint_digest(const struct authority *authority,
    const struct mint_request *request, unsigned char out[MINT_DIGEST_SIZE])
{
	hash_contents(
	    authority, request, request->not_before, request->not_after, out);
}

/* Other bytes under the same serial would be a forgery to browsers. */
static void
add_salt(unsigned char hash[MINT_DIGEST_SIZE])
{
	unsigned char both[MINT_DIGEST_SIZE + SALT_SIZE];

	memcpy(both, hash, MINT_DIGEST_SIZE);
	secret_random(both + MINT_DIGEST_SIZE, SALT_SIZE);
	must(EVP_Digest(both, sizeof(both), hash, NULL, EVP_sha256(), NULL));
}

/* Positive, never zero, and always of the same length. */
static void
make_serial(unsigned char hash[MINT_DIGEST_SIZE])
{
	hash[0] = (unsigned char)((hash[0] & 0x3f) | 0x40);
}

static bool
set_serial(X509 *cert, const struct authority *authority,
    const struct mint_request *request, const struct minted *minted)
{
	unsigned char hash[MINT_DIGEST_SIZE];
	BIGNUM *number;
	bool ok;

	hash_contents(
	    authority, request, minted->not_before, minted->not_after, hash);
	if (!sign_is_fixed(authority_key(authority)))
		add_salt(hash);
	make_serial(hash);
	while (revoked_has(request->revoked, hash, SERIAL_SIZE)) {
		must(EVP_Digest(
		    hash, MINT_DIGEST_SIZE, hash, NULL, EVP_sha256(), NULL));
		make_serial(hash);
	}
	number = BN_bin2bn(hash, SERIAL_SIZE, NULL);
	ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
	BN_free(number);
	return ok;
}

static bool
add_subject(X509 *cert, int nid, struct slice text)
{
	return text.n == 0 ||
	    X509_NAME_add_entry_by_NID(X509_get_subject_name(cert), nid,
		MBSTRING_UTF8, (const unsigned char *)text.p, (int)text.n, -1,
		0) == 1;
}

/* A name that doesn't fit a CN is in the SAN anyway. */
static struct slice
common_name(const struct mint_request *request)
{
	struct slice first = host_slice(&request->names[0]);

	if (request->cn.n)
		return request->cn;
	return first.n > MINT_CHARS_MAX ? SLICE_EMPTY : first;
}

static bool
add_addresses(X509 *cert, const struct mint_request *request)
{
	return (!request->crl_url ||
		   extend_crl_address(cert, slice_of(request->crl_url))) &&
	    (!request->ca_url ||
		extend_issuer_address(cert, slice_of(request->ca_url)));
}

static bool
fill(X509 *cert, const struct authority *authority,
    const struct mint_request *request, const struct minted *minted)
{
	X509 *ca = authority_cert(authority);
	struct slice cn = common_name(request);
	bool bare = cn.n == 0 && request->org.n == 0;

	return X509_set_version(cert, X509_VERSION_3) &&
	    set_serial(cert, authority, request, minted) &&
	    X509_set_issuer_name(cert, X509_get_subject_name(ca)) &&
	    add_subject(cert, NID_organizationName, request->org) &&
	    add_subject(cert, NID_commonName, cn) &&
	    ASN1_TIME_set(X509_getm_notBefore(cert), minted->not_before) &&
	    ASN1_TIME_set(X509_getm_notAfter(cert), minted->not_after) &&
	    subject_key_put(request->leaf_public, cert) &&
	    extend_basic(cert, false, -1) &&
	    extend_usage(cert, KU_DIGITAL_SIGNATURE) &&
	    extend_server_auth(cert) && extend_subject_key(cert) &&
	    extend_authority_key(cert, ca) && add_addresses(cert, request) &&
	    extend_names(cert, request->names, request->nnames, bare);
}

static const char *
encode(X509 *cert, const struct authority *authority, struct minted *out)
{
	struct slice chain = authority_chain(authority);
	unsigned char *leaf = NULL;
	int n = i2d_X509(cert, &leaf);

	if (n <= 0)
		return "the certificate could not be encoded";
	out->n = (size_t)n + chain.n;
	out->der = mem_alloc(out->n);
	memcpy(out->der, leaf, (size_t)n);
	if (chain.n)
		memcpy(out->der + n, chain.p, chain.n);
	OPENSSL_free(leaf);
	return NULL;
}

const char *
mint_leaf(const struct authority *authority, const struct mint_request *request,
    struct minted *out)
{
	struct minted minted = { NULL, 0, 0, 0 };
	const char *why = choose_window(authority, request, &minted);
	X509 *cert;

	must(request->nnames >= 1 && request->nnames <= MINT_NAMES_MAX);
	if (why)
		return why;
	ERR_clear_error();
	cert = X509_new();
	if (!cert || !fill(cert, authority, request, &minted))
		why = "the certificate could not be put together";
	else if (sign_cert(cert, authority_key(authority)) < 0)
		why = "the CA's key could not sign";
	else
		why = encode(cert, authority, &minted);
	X509_free(cert);
	ERR_clear_error();
	if (!why)
		*out = minted;
	return why;
}

void
minted_clear(struct minted *minted)
{
	free(minted->der);
	*minted = (struct minted){ NULL, 0, 0, 0 };
}
