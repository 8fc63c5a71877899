/*
 * facts: reads a verified certificate of an origin once, in the process that
 * spoke with it.
 *
 * It judges no trust (the handshake has), keeps no OpenSSL object, and lets
 * nothing through whose form it doesn't know.  Runs in a proxy worker.
 */
#include "net/facts.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/utf8.h"

/* --- subject --------------------------------------------------------------- */

/* The last one is the most specific (RFC 5280 leaves it open). */
static void
read_text(X509 *cert, int nid, char out[FACTS_TEXT_SIZE])
{
	X509_NAME *subject = X509_get_subject_name(cert);
	unsigned char *text = NULL;
	int at = -1, last = -1, n;

	while ((at = X509_NAME_get_index_by_NID(subject, nid, at)) >= 0)
		last = at;
	if (last < 0)
		return;
	n = ASN1_STRING_to_UTF8(&text,
	    X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)));
	if (n > 0 &&
	    utf8_is_plain(slice_from(text, (size_t)n), FACTS_CHARS_MAX))
		memcpy(out, text, (size_t)n);
	OPENSSL_free(text);
}

/* --- names ----------------------------------------------------------------- */

static bool
addr_of(const ASN1_OCTET_STRING *bytes, struct host *out)
{
	const unsigned char *p = ASN1_STRING_get0_data(bytes);
	struct addr addr = { 0 };
	char text[ADDR_TEXT_SIZE];

	switch (ASN1_STRING_length(bytes)) {
	case 4:
		memset(addr.ip + 10, 0xff, 2);
		memcpy(addr.ip + 12, p, 4);
		break;
	case 16:
		memcpy(addr.ip, p, 16);
		break;
	default:
		return false;
	}
	return host_parse(slice_of(addr_text(text, &addr)), out) == NULL;
}

/* dNSName is IA5: a byte above 0x7f, or a NUL, makes it no name. One that
 * reads as an address is none either (RFC 9525 section 6.3). */
static bool
name_of(const GENERAL_NAME *general, struct host *out)
{
	int type;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(general, &type);
	struct slice text;

	if (type == GEN_IPADD)
		return addr_of(value, out);
	if (type != GEN_DNS)
		return false;
	text = slice_from(
	    ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] > 0x7f)
			return false;
	return cert_name_parse(text, out) == NULL && !out->is_addr;
}

static void
add_name(struct facts *facts, const struct host *host)
{
	facts->names = mem_resize(
	    facts->names, facts->names_len + host->len + 1, 1);
	if (facts->nnames++ > 0)
		facts->names[facts->names_len++] = '\n';
	memcpy(facts->names + facts->names_len, host->name, host->len);
	facts->names_len += host->len;
}

static void
read_names(X509 *cert, struct facts *facts)
{
	GENERAL_NAMES *all = X509_get_ext_d2i(
	    cert, NID_subject_alt_name, NULL, NULL);
	struct host host;

	for (int i = 0;
	     i < sk_GENERAL_NAME_num(all) && facts->nnames < FACTS_NAMES_MAX;
	     i++)
		if (name_of(sk_GENERAL_NAME_value(all, i), &host))
			add_name(facts, &host);
	GENERAL_NAMES_free(all);
}

/* --- all of it ------------------------------------------------------------- */

static bool
read_time(const ASN1_TIME *at, int64_t *out)
{
	struct tm tm;
	int64_t t;

	if (ASN1_TIME_to_tm(at, &tm) != 1)
		return false;
	t = (int64_t)timegm(&tm);
	*out = t < 1 ? 1 : t;
	return true;
}

static void
add_part(EVP_MD_CTX *ctx, const void *p, size_t n)
{
	uint64_t len = n;

	must(EVP_DigestUpdate(ctx, &len, sizeof(len)) == 1);
	must(n == 0 || EVP_DigestUpdate(ctx, p, n) == 1);
}

static void
make_digest(struct facts *facts)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	must(ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1);
	add_part(ctx, facts->names, facts->names_len);
	add_part(ctx, facts->cn, strlen(facts->cn));
	add_part(ctx, facts->org, strlen(facts->org));
	add_part(ctx, &facts->not_before, sizeof(facts->not_before));
	add_part(ctx, &facts->not_after, sizeof(facts->not_after));
	must(EVP_DigestFinal_ex(ctx, facts->digest, NULL) == 1);
	EVP_MD_CTX_free(ctx);
}

struct facts *
facts_read(X509 *cert)
{
	struct facts *facts = mem_zalloc(sizeof(*facts));

	ERR_clear_error();
	if (!read_time(X509_get0_notBefore(cert), &facts->not_before) ||
	    !read_time(X509_get0_notAfter(cert), &facts->not_after)) {
		facts_free(facts);
		facts = NULL;
	} else {
		read_text(cert, NID_commonName, facts->cn);
		read_text(cert, NID_organizationName, facts->org);
		read_names(cert, facts);
		make_digest(facts);
	}
	ERR_clear_error();
	return facts;
}

struct facts *
facts_read_der(struct slice der)
{
	const unsigned char *p = (const unsigned char *)der.p;
	X509 *cert = der.n > 0 && der.n < INT32_MAX
	    ? d2i_X509(NULL, &p, (long)der.n)
	    : NULL;
	struct facts *facts = NULL;

	if (cert != NULL && p == (const unsigned char *)der.p + der.n)
		facts = facts_read(cert);
	X509_free(cert);
	ERR_clear_error();
	return facts;
}

void
facts_free(struct facts *facts)
{
	if (facts == NULL)
		return;
	free(facts->names);
	free(facts);
}

/* Every connection asks, there may be a hundred names, and reading one costs
 * ten times what comparing its text does: only one that could cover the host
 * is read. Addresses have more than one spelling. */
static bool
may_cover(struct slice line, const struct host *host)
{
	struct slice asked = host_slice(host);
	size_t dot = slice_find(asked, '.');

	if (host->is_addr || slice_eq(line, asked))
		return true;
	return slice_starts(line, SLICE("*.")) &&
	    slice_eq(slice_from_idx(line, 1), slice_from_idx(asked, dot));
}

bool
facts_cover(const struct facts *facts, const struct host *host)
{
	struct slice rest = slice_from(facts->names, facts->names_len), line;
	struct host name;

	while (slice_split(&rest, '\n', &line))
		if (may_cover(line, host) &&
		    cert_name_parse(line, &name) == NULL &&
		    cert_name_covers(&name, host))
			return true;
	return false;
}
