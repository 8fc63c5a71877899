/*
 * facts: what of an origin's certificate gets through, and what doesn't.
 */
#include "net/facts.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "net/cert.h"
#include "suites.h"

#define NOW 1795694400 /* 2026-11-26T12:00:00Z */

struct name {
	int type; /* GEN_…; 0: the end */
	const char *value;
	size_t n;
};

static EVP_PKEY *key;

static void
setup(void)
{
	key = EVP_EC_gen("P-256");
}

static void
teardown(void)
{
	EVP_PKEY_free(key);
}

static GENERAL_NAME *
general(const struct name *name)
{
	GENERAL_NAME *out = GENERAL_NAME_new();
	ASN1_STRING *value = ASN1_STRING_type_new(
	    name->type == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);

	ASN1_STRING_set(value, name->value, (int)name->n);
	GENERAL_NAME_set0_value(out, name->type, value);
	return out;
}

static X509 *
cert_of(const struct name *names, size_t n)
{
	X509 *cert = X509_new();
	GENERAL_NAMES *all = sk_GENERAL_NAME_new_null();

	X509_set_version(cert, X509_VERSION_3);
	ASN1_TIME_set(X509_getm_notBefore(cert), NOW - 10);
	ASN1_TIME_set(X509_getm_notAfter(cert), NOW + 10);
	X509_set_pubkey(cert, key);
	for (size_t i = 0; i < n; i++)
		sk_GENERAL_NAME_push(all, general(&names[i]));
	if (n > 0)
		X509_add1_ext_i2d(cert, NID_subject_alt_name, all, 0, 0);
	GENERAL_NAMES_free(all);
	X509_sign(cert, key, EVP_sha256());
	return cert;
}

static void
assert_names(const struct facts *facts, const char *want)
{
	ck_assert_uint_eq(facts->names_len, strlen(want));
	ck_assert(want[0] == '\0' ||
	    memcmp(facts->names, want, facts->names_len) == 0);
}

#define DNS(text)                                                              \
	{                                                                      \
		GEN_DNS, text, sizeof(text) - 1                                \
	}
#define IP(bytes)                                                              \
	{                                                                      \
		GEN_IPADD, bytes, sizeof(bytes) - 1                            \
	}

static const struct {
	struct name in;
	const char *out;
} names[] = {
	{ DNS("www.example"), "www.example" },
	{ DNS("WWW.Example."), "www.example" },
	{ DNS("a_b.example"), "a_b.example" },
	{ DNS("*.example.com"), "*.example.com" },
	{ DNS("*.Example.COM"), "*.example.com" },
	{ DNS("xn--bcher-kva.example"), "xn--bcher-kva.example" },
	{ DNS("*.example"), "" },
	{ DNS("*"), "" },
	{ DNS("w*.example.com"), "" },
	{ DNS("*.*.example.com"), "" },
	{ DNS("a.*.example.com"), "" },
	{ DNS("*.192.0.2.1"), "" },
	{ DNS(""), "" },
	{ DNS("a..example"), "" },
	{ DNS("a b.example"), "" },
	{ DNS("a\nb.example"), "" },
	{ DNS("www.example\0.evil"), "" },
	{ DNS("b\xc3\xbc"
	      "cher.example"),
	    "" },
	{ DNS("b\xfc"
	      "cher.example"),
	    "" },
	{ DNS("192.0.2.1"), "" },
	{ DNS("0xc0000201"), "" },
	{ DNS("::1"), "" },
	{ DNS("a,DNS:b.example"), "" },
	{ IP("\xc0\x00\x02\x01"), "192.0.2.1" },
	{ IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"), "2001:db8::1" },
	{ IP("\xc0\x00\x02"), "" },
	{ IP("\xc0\x00\x02\x00\xff\xff\xff\x00"), "" },
	{ IP(""), "" },
	{ { GEN_EMAIL, "me@example", 10 }, "" },
	{ { GEN_URI, "http://www.example/", 19 }, "" },
};

START_TEST(test_names)
{
	X509 *cert = cert_of(&names[_i].in, 1);
	struct facts *facts = facts_read(cert);

	ck_assert_ptr_nonnull(facts);
	assert_names(facts, names[_i].out);
	ck_assert_uint_eq(facts->nnames, names[_i].out[0] != '\0');
	facts_free(facts);
	X509_free(cert);
}
END_TEST

/* --- for people ------------------------------------------------------------ */

static const struct {
	struct name names[3];
	size_t n;
	const char *want;
} shown_names[] = {
	{ { { 0 } }, 0, "" },
	{ { DNS("a.test") }, 1, "a.test" },
	{ { DNS("*.b.test"), IP("\177\0\0\1"), DNS("c") }, 3,
	    "*.b.test, 127.0.0.1, c" },
	{ { DNS("a\0b, c\\\xff\n") }, 1, "a\\x00b\\x2c\\x20c\\x5c\\xff\\x0a" },
	{ { IP("\1\2\3"), DNS("d") }, 2, "d" },
};

START_TEST(test_shown_names)
{
	X509 *cert = cert_of(shown_names[_i].names, shown_names[_i].n);
	struct cert_shown shown;

	cert_show(cert, &shown);
	ck_assert_str_eq(shown.names, shown_names[_i].want);
	X509_free(cert);
}
END_TEST

#define SHOWN_NAMES 29 /* of 15 characters and what is between them */

/* As many as there is room for; the rest is counted. */
START_TEST(test_shown_many)
{
	struct name many[40];
	struct cert_shown shown;

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = (struct name)DNS("0123456789.test");
	for (size_t n = 20; n < COUNT(many); n++) {
		X509 *cert = cert_of(many, n);
		const char *rest;
		unsigned more = 0;

		cert_show(cert, &shown);
		X509_free(cert);
		rest = strstr(shown.names, " and ");
		ck_assert((rest == NULL) == (n <= SHOWN_NAMES));
		if (rest != NULL)
			ck_assert_int_eq(
			    sscanf(rest, " and %u more", &more), 1);
		ck_assert_uint_eq(more, rest == NULL ? 0 : n - SHOWN_NAMES);
	}
}
END_TEST

START_TEST(test_order_and_times)
{
	static const struct name all[] = { DNS("b.example"), DNS("nothing at"),
		DNS("a.example"), IP("\xc0\x00\x02\x01") };
	X509 *cert = cert_of(all, COUNT(all));
	struct facts *facts = facts_read(cert);

	assert_names(facts, "b.example\na.example\n192.0.2.1");
	ck_assert_int_eq(facts->not_before, NOW - 10);
	ck_assert_int_eq(facts->not_after, NOW + 10);
	ck_assert_str_eq(facts->cn, "");
	ck_assert_str_eq(facts->org, "");
	facts_free(facts);
	X509_free(cert);
}
END_TEST

static const size_t counts[] = { 0, FACTS_NAMES_MAX - 1, FACTS_NAMES_MAX,
	FACTS_NAMES_MAX + 1 };

START_TEST(test_bounded)
{
	struct name all[FACTS_NAMES_MAX + 1];
	char texts[FACTS_NAMES_MAX + 1][32];
	size_t n = counts[_i];
	struct facts *facts;
	X509 *cert;

	for (size_t i = 0; i < n; i++) {
		snprintf(texts[i], sizeof(texts[i]), "n%zu.example", i);
		all[i] = (struct name){ GEN_DNS, texts[i], strlen(texts[i]) };
	}
	cert = cert_of(all, n);
	facts = facts_read(cert);
	ck_assert_uint_eq(
	    facts->nnames, n > FACTS_NAMES_MAX ? FACTS_NAMES_MAX : n);
	facts_free(facts);
	X509_free(cert);
}
END_TEST

#define C16 "0123456789abcdef"
#define U16                                                                    \
	"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f"     \
	"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f"

static const struct {
	int type;
	const char *value;
	size_t n;
	const char *out;
} texts[] = {
	{ V_ASN1_UTF8STRING, "Example Ltd, CN=evil", 20,
	    "Example Ltd, CN=evil" },
	{ V_ASN1_PRINTABLESTRING, "Example", 7, "Example" },
	{ V_ASN1_T61STRING,
	    "B\xfc"
	    "cher",
	    6,
	    "B\xc3\xbc"
	    "cher" },
	{ V_ASN1_BMPSTRING, "\0B\0\xfc", 4, "B\xc3\xbc" },
	{ V_ASN1_UTF8STRING, C16 C16 C16 C16, 64, C16 C16 C16 C16 },
	{ V_ASN1_UTF8STRING, C16 C16 C16 C16 "x", 65, "" },
	{ V_ASN1_UTF8STRING, U16 U16 U16 U16, 128, U16 U16 U16 U16 },
	{ V_ASN1_UTF8STRING, U16 U16 U16 U16 "x", 129, "" },
	{ V_ASN1_UTF8STRING, "a\nb", 3, "" },
	{ V_ASN1_UTF8STRING, "a\0b", 3, "" },
	{ V_ASN1_UTF8STRING,
	    "a\xe2\x80\xae"
	    "b",
	    5, "" },
	{ V_ASN1_UTF8STRING, "", 0, "" },
};

START_TEST(test_subject)
{
	X509 *cert = cert_of(NULL, 0);
	X509_NAME *subject = X509_get_subject_name(cert);
	struct facts *facts;

	for (int i = 0; i < 2; i++)
		X509_NAME_add_entry_by_NID(subject,
		    i ? NID_organizationName : NID_commonName, texts[_i].type,
		    (const unsigned char *)texts[_i].value, (int)texts[_i].n,
		    -1, 0);
	facts = facts_read(cert);
	ck_assert_str_eq(facts->cn, texts[_i].out);
	ck_assert_str_eq(facts->org, texts[_i].out);
	facts_free(facts);
	X509_free(cert);
}
END_TEST

START_TEST(test_digest)
{
	static const struct name a[] = { DNS("a.example") };
	static const struct name b[] = { DNS("b.example") };
	X509 *certs[] = { cert_of(a, 1), cert_of(a, 1), cert_of(b, 1),
		cert_of(a, 1) };
	struct facts *facts[4];

	ASN1_TIME_set(X509_getm_notAfter(certs[3]), NOW + 11);
	for (int i = 0; i < 4; i++)
		facts[i] = facts_read(certs[i]);
	for (int i = 1; i < 4; i++)
		ck_assert_int_eq(memcmp(facts[0]->digest, facts[i]->digest,
				     FACTS_DIGEST_SIZE) == 0,
		    i == 1);
	for (int i = 0; i < 4; i++) {
		facts_free(facts[i]);
		X509_free(certs[i]);
	}
	facts_free(NULL);
}
END_TEST

static const struct {
	const char *host;
	bool covered;
} covered[] = {
	{ "www.example.com", true },
	{ "a.example.com", true },
	{ "example.com", false },
	{ "a.b.example.com", false },
	{ "wwwexample.com", false },
	{ "192.0.2.1", true },
	{ "192.0.2.2", false },
	{ "2001:db8::1", true },
	{ "2001:DB8:0::0001", true },
	{ "2001:db8::2", false },
	{ "A.Example.COM", true },
	{ "com", false },
	{ "other.example", true },
	{ "other.example.", true },
	{ "x.other.example", false },
};

START_TEST(test_cover)
{
	static const struct name all[] = { DNS("*.example.com"),
		DNS("other.example"), IP("\xc0\x00\x02\x01"),
		IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1") };
	X509 *cert = cert_of(all, COUNT(all));
	struct facts *facts = facts_read(cert);
	struct host host;

	ck_assert_ptr_null(host_parse(slice_of(covered[_i].host), &host));
	ck_assert_int_eq(facts_cover(facts, &host), covered[_i].covered);
	facts_free(facts);
	X509_free(cert);
}
END_TEST

START_TEST(test_der)
{
	X509 *cert = cert_of(NULL, 0);
	unsigned char der[1024], *p = der;
	int n = i2d_X509(cert, &p);
	struct facts *facts;

	facts = facts_read_der(slice_from(der, (size_t)n));
	ck_assert_ptr_nonnull(facts);
	facts_free(facts);
	ck_assert_ptr_null(facts_read_der(slice_from(der, (size_t)n + 1)));
	for (int i = 0; i < n; i++)
		ck_assert_ptr_null(facts_read_der(slice_from(der, (size_t)i)));
	X509_free(cert);
}
END_TEST

Suite *
suite_facts(void)
{
	Suite *suite = suite_create("facts");
	TCase *tc = tcase_create("facts");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_names, 0, COUNT(names));
	tcase_add_loop_test(tc, test_shown_names, 0, COUNT(shown_names));
	tcase_add_test(tc, test_shown_many);
	tcase_add_test(tc, test_order_and_times);
	tcase_add_loop_test(tc, test_bounded, 0, COUNT(counts));
	tcase_add_loop_test(tc, test_subject, 0, COUNT(texts));
	tcase_add_test(tc, test_digest);
	tcase_add_loop_test(tc, test_cover, 0, COUNT(covered));
	tcase_add_test(tc, test_der);
	suite_add_tcase(suite, tc);
	return suite;
}
