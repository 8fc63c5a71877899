/*
 * cert: reads certificates for display. Verifies nothing.
 */
#include "net/cert.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/mem.h"

static void
put_fingerprint(struct cert_info *info, X509 *cert)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	char *p = info->sha256;

	if (X509_digest(cert, EVP_sha256(), digest, &n) != 1)
		return;
	for (unsigned i = 0; i < n; i++)
		p += sprintf(p, i == 0 ? "%02X" : ":%02X", digest[i]);
}

static uint64_t
seconds(const ASN1_TIME *time)
{
	struct tm tm;
	time_t t;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return 0;
	t = timegm(&tm);
	return t < 0 ? 0 : (uint64_t)t;
}

static void
put_name(char *out, size_t size, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int n;

	if (bio == NULL)
		return;
	X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
	n = BIO_read(bio, out, (int)size - 1);
	out[n > 0 ? n : 0] = '\0';
	BIO_free(bio);
}

static X509 *
first_of(struct slice pem)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *cert = NULL;

	if (bio != NULL)
		cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	ERR_clear_error();
	return cert;
}

int
cert_read_pem(struct slice pem, struct cert_info *info)
{
	X509 *cert = first_of(pem);
	unsigned char *der = NULL;
	int n;

	if (cert == NULL)
		return -1;
	memset(info, 0, sizeof(*info));
	n = i2d_X509(cert, &der);
	if (n > 0) {
		info->der = der;
		info->der_len = (size_t)n;
		put_fingerprint(info, cert);
		put_name(info->subject, sizeof(info->subject),
		    X509_get_subject_name(cert));
		info->from = seconds(X509_get0_notBefore(cert));
		info->until = seconds(X509_get0_notAfter(cert));
	}
	X509_free(cert);
	return n > 0 ? 0 : -1;
}

void
cert_info_clear(struct cert_info *info)
{
	OPENSSL_free(info->der);
	memset(info, 0, sizeof(*info));
}

static void
put_date(char out[24], const ASN1_TIME *time)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1 ||
	    strftime(out, 24, "%Y-%m-%d", &tm) == 0)
		strcpy(out, "?");
}

/* --- names ----------------------------------------------------------------- */

/* A name in a page must not look like another one: whatever isn't plain ASCII
 * shows as its number. */
static size_t
put_graphic(char *out, size_t size, const ASN1_STRING *value)
{
	const unsigned char *p = ASN1_STRING_get0_data(value);
	size_t n = 0;

	for (int i = 0; i < ASN1_STRING_length(value) && n + 5 < size; i++)
		n += p[i] > ' ' && p[i] < 0x7f && p[i] != '\\' && p[i] != ','
		    ? (size_t)sprintf(out + n, "%c", p[i])
		    : (size_t)sprintf(out + n, "\\x%02x", p[i]);
	return n;
}

static size_t
put_address(char *out, size_t size, const ASN1_STRING *value)
{
	int n = ASN1_STRING_length(value);
	char text[INET6_ADDRSTRLEN] = "";

	if (n == 4 || n == 16)
		(void)inet_ntop(n == 4 ? AF_INET : AF_INET6,
		    ASN1_STRING_get0_data(value), text, sizeof(text));
	return (size_t)snprintf(out, size, "%s", text);
}

static size_t
put_general(char *out, size_t size, const GENERAL_NAME *general)
{
	int type;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(general, &type);

	if (type == GEN_DNS)
		return put_graphic(out, size, value);
	return type == GEN_IPADD ? put_address(out, size, value) : 0;
}

/* As many names as there is room for; the rest is counted. */
static void
put_names(char out[CERT_NAMES_SIZE], X509 *cert)
{
	GENERAL_NAMES *all = X509_get_ext_d2i(
	    cert, NID_subject_alt_name, NULL, NULL);
	unsigned more = 0;
	size_t n = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(all); i++) {
		char one[CERT_NAMES_SIZE / 2];
		size_t len = put_general(
		    one, sizeof(one), sk_GENERAL_NAME_value(all, i));

		if (len == 0)
			continue;
		if (more > 0 ||
		    n + len + sizeof(", and 4294967295 more") >=
			CERT_NAMES_SIZE)
			more++;
		else
			n += (size_t)sprintf(
			    out + n, "%s%s", n > 0 ? ", " : "", one);
	}
	if (more > 0)
		sprintf(out + n, " and %u more", more);
	GENERAL_NAMES_free(all);
}

void
cert_show(X509 *cert, struct cert_shown *shown)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	char *p = shown->sha256;

	memset(shown, 0, sizeof(*shown));
	put_name(shown->subject, sizeof(shown->subject),
	    X509_get_subject_name(cert));
	put_name(
	    shown->issuer, sizeof(shown->issuer), X509_get_issuer_name(cert));
	put_date(shown->from, X509_get0_notBefore(cert));
	put_date(shown->until, X509_get0_notAfter(cert));
	put_names(shown->names, cert);
	if (X509_digest(cert, EVP_sha256(), digest, &n) != 1)
		return;
	p += sprintf(p, "sha256:");
	for (unsigned i = 0; i < n; i++)
		p += sprintf(p, "%02x", digest[i]);
	ERR_clear_error();
}

static bool
put_text(char *out, size_t size, const ASN1_STRING *text)
{
	unsigned char *utf8 = NULL;
	int n = ASN1_STRING_to_UTF8(&utf8, text);
	bool good = n > 0 && (size_t)n < size;

	for (int i = 0; good && i < n; i++)
		good = utf8[i] >= ' ' && utf8[i] != 0x7f;
	if (good)
		memcpy(out, utf8, (size_t)n);
	OPENSSL_free(utf8);
	return good;
}

static void
put_mail(X509 *cert, struct cert_peer *peer)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(
	    cert, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *one = sk_GENERAL_NAME_value(names, i);

		if (one->type == GEN_EMAIL && peer->mail[0] == '\0')
			put_text(
			    peer->mail, sizeof(peer->mail), one->d.rfc822Name);
	}
	GENERAL_NAMES_free(names);
}

bool
cert_peer(X509 *cert, struct cert_peer *peer)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	int at = -1, last = -1;

	memset(peer, 0, sizeof(*peer));
	put_mail(cert, peer);
	while ((at = X509_NAME_get_index_by_NID(
		    (X509_NAME *)(uintptr_t)subject, NID_commonName, at)) >= 0)
		last = at;
	if (last >= 0)
		put_text(peer->name, sizeof(peer->name),
		    X509_NAME_ENTRY_get_data(
			X509_NAME_get_entry(subject, last)));
	ERR_clear_error();
	return peer->mail[0] != '\0' || peer->name[0] != '\0';
}
