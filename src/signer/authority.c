/*
 * authority: reading a CA and judging whether leaves may be signed with it.
 *
 * Runs in the signer, and in the verbs that look at a CA.  It opens no file
 * and never signs.  Every OpenSSL failure becomes static words, and the
 * error queue is left empty.
 */
#include "signer/authority.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "signer/constraints.h"

#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 8192
#define DAY 86400

struct authority {
	X509 *certs[AUTHORITY_CHAIN_MAX]; /* owned; the CA first */
	size_t ncerts;
	EVP_PKEY *key; /* owned */
	unsigned char id[AUTHORITY_ID_SIZE];
	char tag[AUTHORITY_TAG_SIZE];
	char *chain; /* owned */
	size_t chain_len;
	int64_t not_before, not_after;
};

/* Nobody is there to type one: without it an encrypted key doesn't load. */
static int
on_passphrase(char *buf, int size, int rwflag, void *arg)
{
	const struct slice *passphrase = arg;

	if (!passphrase || passphrase->n == 0 || size < 0 ||
	    passphrase->n > (size_t)size)
		return -1;
	memcpy(buf, passphrase->p, passphrase->n);
	return (int)passphrase->n;
}

static BIO *
bio_of(struct slice text)
{
	return BIO_new_mem_buf(text.p ? text.p : "", (int)text.n);
}

static int64_t
time_of(const ASN1_TIME *at)
{
	struct tm tm;

	return ASN1_TIME_to_tm(at, &tm) ? (int64_t)timegm(&tm) : 0;
}

static const char *
read_certs(struct slice pem, struct authority *out)
{
	BIO *bio = bio_of(pem);
	const char *why = NULL;
	X509 *cert;

	while (!why &&
	    (cert = PEM_read_bio_X509(bio, NULL, on_passphrase, NULL)) !=
		NULL) {
		if (out->ncerts < AUTHORITY_CHAIN_MAX) {
			out->certs[out->ncerts++] = cert;
			continue;
		}
		X509_free(cert);
		why = "the certificate file holds more than 8 certificates";
	}
	if (!why &&
	    ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		why = "the certificate file holds a damaged certificate";
	if (!why && !out->ncerts)
		why = "the certificate file holds no certificate in PEM";
	BIO_free(bio);
	return why;
}

/* As editors leave a file. */
struct slice
authority_passphrase(struct slice text)
{
	text.n = slice_find(text, '\n');
	if (text.n && text.p[text.n - 1] == '\r')
		text.n--;
	return text;
}

static const char *
read_key(struct slice pem, struct slice passphrase, EVP_PKEY **out)
{
	BIO *bio = bio_of(pem);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(
	    bio, NULL, on_passphrase, &passphrase);
	bool encrypted = slice_search(pem, SLICE("ENCRYPTED")) < pem.n;
	const char *why = NULL;

	if (!key && encrypted && passphrase.n == 0)
		why = "the CA's key is encrypted and there is no passphrase";
	else if (!key && encrypted)
		why = "the CA's key can't be read with this passphrase";
	else if (!key)
		why = "the key file holds no private key in PEM";
	else
		*out = key;
	BIO_free(bio);
	return why;
}

static const char *
key_kind(EVP_PKEY *key)
{
	char group[32] = "";

	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA:
		return "RSA";
	case EVP_PKEY_EC:
		EVP_PKEY_get_group_name(key, group, sizeof(group), NULL);
		if (strcmp(group, "prime256v1") == 0)
			return "EC P-256";
		return strcmp(group, "secp384r1") == 0 ? "EC P-384" : "EC";
	}
	return "of another kind";
}

static const char *
judge_key(EVP_PKEY *key)
{
	const char *kind = key_kind(key);
	int bits = EVP_PKEY_get_bits(key);

	if (strcmp(kind, "RSA") == 0) {
		if (bits < RSA_BITS_MIN)
			return "the CA's RSA key is shorter than 2048 bits";
		if (bits > RSA_BITS_MAX)
			return "the CA's RSA key is longer than 8192 bits";
		return NULL;
	}
	if (strcmp(kind, "EC P-256") == 0 || strcmp(kind, "EC P-384") == 0)
		return NULL;
	return "the CA's key is neither EC (P-256, P-384) nor RSA";
}

static const char *
judge_cert(X509 *cert)
{
	uint32_t flags = X509_get_extension_flags(cert);

	if (flags & EXFLAG_INVALID)
		return "the CA's certificate has a damaged extension";
	if (!(flags & EXFLAG_CA) || !(flags & EXFLAG_BCONS))
		return "the certificate is not a CA's (basicConstraints)";
	if ((flags & EXFLAG_KUSAGE) &&
	    !(X509_get_key_usage(cert) & KU_KEY_CERT_SIGN))
		return "the CA may not sign certificates (keyUsage)";
	return NULL;
}

static const char *
judge_order(const struct authority *authority)
{
	for (size_t i = 0; i + 1 < authority->ncerts; i++)
		if (X509_check_issued(authority->certs[i + 1],
			authority->certs[i]) != X509_V_OK)
			return "the certificate file is not in order: each "
			       "must be issued by the next";
	return NULL;
}

static const char *
judge(const struct authority *authority)
{
	const char *why = judge_cert(authority->certs[0]);

	if (!why)
		why = judge_key(authority->key);
	if (!why &&
	    !X509_check_private_key(authority->certs[0], authority->key))
		why = "the CA's key does not belong to its certificate";
	return why ? why : judge_order(authority);
}

static void
append_cert(struct authority *authority, X509 *cert)
{
	unsigned char *der = NULL;
	int n = i2d_X509(cert, &der);

	if (n <= 0)
		return;
	authority->chain = mem_resize(
	    authority->chain, authority->chain_len + (size_t)n, 1);
	memcpy(authority->chain + authority->chain_len, der, (size_t)n);
	authority->chain_len += (size_t)n;
	OPENSSL_free(der);
}

static void
complete(struct authority *authority)
{
	X509 *ca = authority->certs[0];

	for (size_t i = 0; i < authority->ncerts; i++)
		if (!(X509_get_extension_flags(authority->certs[i]) &
			EXFLAG_SS))
			append_cert(authority, authority->certs[i]);
	X509_digest(ca, EVP_sha256(), authority->id, NULL);
	for (size_t i = 0; i < sizeof(authority->id) / 2; i++)
		sprintf(authority->tag + i * 2, "%02x", authority->id[i]);
	authority->not_before = time_of(X509_get0_notBefore(ca));
	authority->not_after = time_of(X509_get0_notAfter(ca));
}

static const char *
judge_size(struct slice cert_pem, struct slice key_pem)
{
	if (cert_pem.n > AUTHORITY_FILE_MAX || key_pem.n > AUTHORITY_FILE_MAX)
		return "the CA's certificate or key is larger than 64 KiB";
	return NULL;
}

static struct authority *
begin(struct slice cert_pem, struct slice key_pem, const char **wrong)
{
	struct authority *authority = mem_zalloc(sizeof(*authority));

	ERR_clear_error();
	*wrong = judge_size(cert_pem, key_pem);
	if (!*wrong)
		*wrong = read_certs(cert_pem, authority);
	return authority;
}

/* Takes the authority, its certificates and key read. */
static struct authority *
finish(struct authority *authority, const char *wrong, const char **why)
{
	if (!wrong)
		wrong = judge(authority);
	ERR_clear_error();
	if (wrong) {
		*why = wrong;
		authority_free(authority);
		return NULL;
	}
	complete(authority);
	return authority;
}

struct authority *
authority_load(struct slice cert_pem, struct slice key_pem,
    struct slice passphrase, const char **why)
{
	const char *wrong;
	struct authority *authority = begin(cert_pem, key_pem, &wrong);

	if (!wrong)
		wrong = read_key(
		    key_pem, authority_passphrase(passphrase), &authority->key);
	return finish(authority, wrong, why);
}

struct authority *
authority_load_kept(
    struct slice cert_pem, const struct vault *vault, const char **why)
{
	const char *wrong;
	struct authority *authority = begin(cert_pem, SLICE_EMPTY, &wrong);

	authority->key = vault_key(vault);
	EVP_PKEY_up_ref(authority->key);
	return finish(authority, wrong, why);
}

void
authority_free(struct authority *authority)
{
	if (!authority)
		return;
	for (size_t i = 0; i < authority->ncerts; i++)
		X509_free(authority->certs[i]);
	EVP_PKEY_free(authority->key);
	free(authority->chain);
	free(authority);
}

X509 *
authority_cert(const struct authority *authority)
{
	return authority->certs[0];
}

EVP_PKEY *
authority_key(const struct authority *authority)
{
	return authority->key;
}

struct slice
authority_id(const struct authority *authority)
{
	return slice_from(authority->id, sizeof(authority->id));
}

const char *
authority_tag(const struct authority *authority)
{
	return authority->tag;
}

bool
authority_may_revoke(const struct authority *authority)
{
	X509 *ca = authority->certs[0];

	return !(X509_get_extension_flags(ca) & EXFLAG_KUSAGE) ||
	    (X509_get_key_usage(ca) & KU_CRL_SIGN);
}

bool
authority_permits(const struct authority *authority, const struct host *name)
{
	for (size_t i = 0; i < authority->ncerts; i++)
		if (!constraints_permit(authority->certs[i], name))
			return false;
	return true;
}

struct slice
authority_chain(const struct authority *authority)
{
	return slice_from(authority->chain, authority->chain_len);
}

int64_t
authority_not_before(const struct authority *authority)
{
	return authority->not_before;
}

int64_t
authority_not_after(const struct authority *authority)
{
	return authority->not_after;
}

const char *
authority_time_warning(int64_t from, int64_t to, int64_t now)
{
	if (now > to)
		return "the CA's certificate has expired: no browser takes "
		       "what it signs";
	if (now < from)
		return "the CA's certificate is not valid yet: check this "
		       "machine's clock";
	if (to - now < (int64_t)AUTHORITY_WARN_DAYS * DAY)
		return "the CA's certificate expires within 30 days";
	return NULL;
}

const char *
authority_warning(const struct authority *authority, int64_t now)
{
	return authority_time_warning(
	    authority->not_before, authority->not_after, now);
}

static char *
subject_text(X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text, *copy;
	long n;

	X509_NAME_print_ex(bio, X509_get_subject_name(cert), 0,
	    XN_FLAG_ONELINE & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	n = BIO_get_mem_data(bio, &text);
	copy = mem_dupn(text, (size_t)n);
	BIO_free(bio);
	return copy;
}

static void
fingerprint_text(X509 *cert, char out[static 96])
{
	unsigned char id[AUTHORITY_ID_SIZE];

	X509_digest(cert, EVP_sha256(), id, NULL);
	for (size_t i = 0; i < sizeof(id); i++)
		sprintf(out + i * 3, "%02X%s", id[i],
		    i + 1 < sizeof(id) ? ":" : "");
}

const char *
authority_describe(struct slice cert_pem, struct authority_facts *out)
{
	struct authority scratch = { .ncerts = 0 };
	const char *why;
	X509 *cert;

	if (cert_pem.n > AUTHORITY_FILE_MAX)
		return "the certificate file is larger than 64 KiB";
	ERR_clear_error();
	why = read_certs(cert_pem, &scratch);
	ERR_clear_error();
	if (!why) {
		cert = scratch.certs[0];
		out->subject = subject_text(cert);
		fingerprint_text(cert, out->fingerprint);
		out->key = key_kind(X509_get0_pubkey(cert));
		out->self_signed = X509_get_extension_flags(cert) & EXFLAG_SS;
		out->not_before = time_of(X509_get0_notBefore(cert));
		out->not_after = time_of(X509_get0_notAfter(cert));
	}
	for (size_t i = 0; i < scratch.ncerts; i++)
		X509_free(scratch.certs[i]);
	return why;
}

void
authority_facts_clear(struct authority_facts *facts)
{
	free(facts->subject);
	facts->subject = NULL;
}
