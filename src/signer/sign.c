/*
 * sign: deterministic ECDSA by RFC 6979 section 3.2, on OpenSSL's arithmetic.
 *
 * Runs in the signer.  OpenSSL before 3.2 can't be asked for this, but lets
 * the caller bring the nonce (ECDSA_do_sign_ex); that interface is marked
 * deprecated and has no other substitute.  What is signed is verified before
 * it leaves: a fault in a deterministic signature would betray the key.
 */
#undef OPENSSL_NO_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED

#include "signer/sign.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/provider.h>

#include "base/mem.h"
#include "base/secret.h"
#include "base/slice.h"

#define SIZE_MAX_MD 64
#define SIZE_MAX_SIG 1024 /* RSA of 8192 bits */

/* The generator of section 3.2, which for our curves gives one nonce a step:
 * digest and order have the same length. */
struct nonces {
	const EVP_MD *md;
	size_t n; /* bytes of digest and order */
	unsigned char key[SIZE_MAX_MD];
	unsigned char v[SIZE_MAX_MD];
};

static int
step_value(struct nonces *nonces)
{
	unsigned char next[SIZE_MAX_MD];

	if (!HMAC(nonces->md, nonces->key, (int)nonces->n, nonces->v, nonces->n,
		next, NULL))
		return -1;
	memcpy(nonces->v, next, nonces->n);
	secret_wipe(next, sizeof(next));
	return 0;
}

/* key = HMAC(key, v || sep || seed), v = HMAC(key, v) */
static int
step_key(struct nonces *nonces, unsigned char sep, const unsigned char *seed,
    size_t nseed)
{
	unsigned char text[SIZE_MAX_MD * 3 + 1], next[SIZE_MAX_MD];
	size_t n = nonces->n;
	int ret = -1;

	memcpy(text, nonces->v, n);
	text[n] = sep;
	if (nseed)
		memcpy(text + n + 1, seed, nseed);
	if (HMAC(nonces->md, nonces->key, (int)n, text, n + 1 + nseed, next,
		NULL)) {
		memcpy(nonces->key, next, n);
		ret = step_value(nonces);
	}
	secret_wipe(text, sizeof(text));
	secret_wipe(next, sizeof(next));
	return ret;
}

/* seed: the private key and the digest modulo the order, n bytes each. */
static int
nonces_init(struct nonces *nonces, const EVP_MD *md, const unsigned char *seed)
{
	nonces->md = md;
	nonces->n = (size_t)EVP_MD_get_size(md);
	memset(nonces->key, 0, sizeof(nonces->key));
	memset(nonces->v, 1, sizeof(nonces->v));
	if (step_key(nonces, 0, seed, nonces->n * 2) < 0)
		return -1;
	return step_key(nonces, 1, seed, nonces->n * 2);
}

static int
nonces_next(struct nonces *nonces, const BIGNUM *order, BIGNUM *k)
{
	for (;;) {
		if (step_value(nonces) < 0 ||
		    !BN_bin2bn(nonces->v, (int)nonces->n, k))
			return -1;
		if (!BN_is_zero(k) && BN_cmp(k, order) < 0)
			return 0;
		if (step_key(nonces, 0, NULL, 0) < 0)
			return -1;
	}
}

static int
make_seed(const EC_KEY *ec, const unsigned char *digest, int n,
    const BIGNUM *order, unsigned char *seed)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *h = BN_bin2bn(digest, n, NULL);
	int ok = ctx && h && BN_nnmod(h, h, order, ctx) &&
	    BN_bn2binpad(EC_KEY_get0_private_key(ec), seed, n) == n &&
	    BN_bn2binpad(h, seed + n, n) == n;

	BN_free(h);
	BN_CTX_free(ctx);
	return ok ? 0 : -1;
}

/* r = x(kG) mod n; k becomes its own inverse, k^(n-2) mod n, in a time that
 * does not depend on it. */
static int
prepare(const EC_GROUP *group, BIGNUM *k, BIGNUM *r)
{
	const BIGNUM *order = EC_GROUP_get0_order(group);
	BN_CTX *ctx = BN_CTX_secure_new();
	EC_POINT *point = EC_POINT_new(group);
	BIGNUM *exponent = BN_dup(order);
	int ok;

	BN_set_flags(k, BN_FLG_CONSTTIME);
	ok = ctx && point && exponent && BN_sub_word(exponent, 2) &&
	    EC_POINT_mul(group, point, k, NULL, NULL, ctx) &&
	    EC_POINT_get_affine_coordinates(group, point, r, NULL, ctx) &&
	    BN_nnmod(r, r, order, ctx) &&
	    BN_mod_exp_mont_consttime(k, k, exponent, order, ctx, NULL);
	BN_free(exponent);
	EC_POINT_clear_free(point);
	BN_CTX_free(ctx);
	return ok ? 0 : -1;
}

static ECDSA_SIG *
sign_with(struct nonces *nonces, const unsigned char *digest, EC_KEY *ec)
{
	const EC_GROUP *group = EC_KEY_get0_group(ec);
	BIGNUM *k = BN_secure_new(), *r = BN_new();
	ECDSA_SIG *sig = NULL;

	/* fails for one k in 2^256, where r or s is zero */
	while (k && r && !sig &&
	    nonces_next(nonces, EC_GROUP_get0_order(group), k) == 0 &&
	    prepare(group, k, r) == 0)
		sig = ECDSA_do_sign_ex(digest, (int)nonces->n, k, r, ec);
	BN_clear_free(k);
	BN_free(r);
	return sig;
}

int
sign_digest(EVP_PKEY *key, const EVP_MD *md, const unsigned char *digest,
    ECDSA_SIG **out)
{
	EC_KEY *ec = EVP_PKEY_get1_EC_KEY(key);
	const BIGNUM *order;
	unsigned char seed[SIZE_MAX_MD * 2];
	struct nonces nonces;
	int n = EVP_MD_get_size(md);
	ECDSA_SIG *sig = NULL;

	if (!ec)
		return -1;
	order = EC_GROUP_get0_order(EC_KEY_get0_group(ec));
	if (n <= SIZE_MAX_MD && BN_num_bytes(order) == n &&
	    EC_KEY_get0_private_key(ec) &&
	    make_seed(ec, digest, n, order, seed) == 0 &&
	    nonces_init(&nonces, md, seed) == 0)
		sig = sign_with(&nonces, digest, ec);
	secret_wipe(seed, sizeof(seed));
	secret_wipe(&nonces, sizeof(nonces));
	EC_KEY_free(ec);
	if (!sig)
		return -1;
	*out = sig;
	return 0;
}

static int
digest_of(X509 *cert, const EVP_MD *md, unsigned char *out)
{
	unsigned char *tbs = NULL;
	int n = i2d_re_X509_tbs(cert, &tbs);
	int ok = n > 0 && EVP_Digest(tbs, (size_t)n, out, NULL, md, NULL);

	OPENSSL_free(tbs);
	return ok ? 0 : -1;
}

/* Both places that name it, which X509_sign would have filled in. They, and
 * the signature's, are const in the interface; there is no other way to set
 * them without a signature of OpenSSL's own, which costs what ours does. */
static bool
set_algorithm(X509 *cert, const EVP_MD *md)
{
	int nid = EVP_MD_get_type(md) == NID_sha384 ? NID_ecdsa_with_SHA384
						    : NID_ecdsa_with_SHA256;
	const X509_ALGOR *outside;

	X509_get0_signature(NULL, &outside, cert);
	return X509_ALGOR_set0((X509_ALGOR *)(uintptr_t)outside,
		   OBJ_nid2obj(nid), V_ASN1_UNDEF, NULL) == 1 &&
	    X509_ALGOR_set0((X509_ALGOR *)(uintptr_t)X509_get0_tbs_sigalg(cert),
		OBJ_nid2obj(nid), V_ASN1_UNDEF, NULL) == 1;
}

/* A BIT STRING of whole bytes: OpenSSL learns that only by reading one. */
static bool
set_signature(X509 *cert, const ECDSA_SIG *sig)
{
	unsigned char der[SIZE_MAX_SIG], *p = der;
	const unsigned char *from = der;
	const ASN1_BIT_STRING *outside;
	ASN1_BIT_STRING *place;
	int n = i2d_ECDSA_SIG(sig, NULL);
	int whole = ASN1_object_size(0, n + 1, V_ASN1_BIT_STRING);

	if (n <= 0 || whole < 0 || whole > SIZE_MAX_SIG)
		return false;
	ASN1_put_object(&p, 0, n + 1, V_ASN1_BIT_STRING, V_ASN1_UNIVERSAL);
	*p++ = 0;
	if (i2d_ECDSA_SIG(sig, &p) != n)
		return false;
	X509_get0_signature(&outside, NULL, cert);
	place = (ASN1_BIT_STRING *)(uintptr_t)outside;
	return d2i_ASN1_BIT_STRING(&place, &from, whole) == outside;
}

static int
sign_fixed(X509 *cert, EVP_PKEY *key, const EVP_MD *md)
{
	unsigned char digest[SIZE_MAX_MD];
	ECDSA_SIG *sig = NULL;
	bool ok = set_algorithm(cert, md) && digest_of(cert, md, digest) == 0 &&
	    sign_digest(key, md, digest, &sig) == 0 && set_signature(cert, sig);

	ECDSA_SIG_free(sig);
	return ok ? 0 : -1;
}

/* Is the private half in OpenSSL's own memory? */
static bool
is_ours(EVP_PKEY *key)
{
	const OSSL_PROVIDER *provider = EVP_PKEY_get0_provider(key);

	return !provider ||
	    strcmp(OSSL_PROVIDER_get0_name(provider), "default") == 0;
}

bool
sign_is_fixed(EVP_PKEY *key)
{
	return EVP_PKEY_get_base_id(key) != EVP_PKEY_EC || is_ours(key);
}

/* "/usr/lib/…/tpm2.so" has its algorithms under the name "tpm2". Preferred
 * and not demanded: what it lacks is built in. */
char *
sign_preference(const char *provider)
{
	struct slice name = slice_of(provider);
	size_t slash = slice_rfind(name, '/');

	if (slash < name.n)
		name = slice_from_idx(name, slash + 1);
	if (slice_ends(name, SLICE(".so")))
		name.n -= 3;
	return mem_printf("?provider=%.*s", SLICE_ARG(name));
}

static const EVP_MD *
md_for(EVP_PKEY *key)
{
	return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
		EVP_PKEY_get_bits(key) == 384
	    ? EVP_sha384()
	    : EVP_sha256();
}

/* Left to itself OpenSSL would take its own ECDSA, with a public half that
 * the provider lends it. */
EVP_MD_CTX *
sign_begin(EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const OSSL_PROVIDER *provider = EVP_PKEY_get0_provider(key);
	char *wanted = is_ours(key)
	    ? NULL
	    : sign_preference(OSSL_PROVIDER_get0_name(provider));

	if (ctx &&
	    EVP_DigestSignInit_ex(ctx, NULL, EVP_MD_get0_name(md_for(key)),
		NULL, wanted, key, NULL) <= 0) {
		EVP_MD_CTX_free(ctx);
		ctx = NULL;
	}
	free(wanted);
	return ctx;
}

bool
sign_works(EVP_PKEY *key)
{
	static const unsigned char text[] = "is anybody there?";
	EVP_MD_CTX *ctx = sign_begin(key);
	unsigned char sig[SIZE_MAX_SIG];
	size_t n = sizeof(sig);
	bool ok = ctx && EVP_DigestSign(ctx, sig, &n, text, sizeof(text)) > 0;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

/* By OpenSSL's own arithmetic, whoever signed. */
static bool
verifies(X509 *cert, EVP_PKEY *key)
{
	unsigned char *der = NULL;
	const unsigned char *p;
	EVP_PKEY *copy = NULL;
	bool ok;
	int n;

	if (is_ours(key))
		return X509_verify(cert, key) == 1;
	n = i2d_PUBKEY(key, &der);
	p = der;
	if (n > 0)
		copy = d2i_PUBKEY(NULL, &p, n);
	ok = copy && is_ours(copy) && X509_verify(cert, copy) == 1;
	EVP_PKEY_free(copy);
	OPENSSL_free(der);
	return ok;
}

static int
sign_as_openssl(X509 *cert, EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = sign_begin(key);
	int ret = ctx && X509_sign_ctx(cert, ctx) > 0 ? 0 : -1;

	EVP_MD_CTX_free(ctx);
	return ret;
}

int
sign_cert(X509 *cert, EVP_PKEY *key)
{
	bool random = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC && is_ours(key);
	int ret;

	ERR_clear_error();
	ret = random ? sign_fixed(cert, key, md_for(key))
		     : sign_as_openssl(cert, key);
	if (ret == 0 && !verifies(cert, key))
		ret = -1;
	ERR_clear_error();
	return ret;
}
