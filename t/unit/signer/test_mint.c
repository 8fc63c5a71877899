/*
 * Leaves as a client judges them: OpenSSL's own verifier, with the host.
 */
#include "signer/mint.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "ca.h"

static struct pem pem;
static struct authority *ca;
static EVP_PKEY *leaf_key;
static struct subject_key *leaf_public;

static void
setup(void)
{
	pem_init(&pem, "test ca", false, 3650, NOW);
	ca = pem_authority(&pem);
	leaf_key = EVP_EC_gen("P-256");
	leaf_public = subject_key_of(leaf_key);
}

static void
teardown(void)
{
	authority_free(ca);
	pem_clear(&pem);
	EVP_PKEY_free(leaf_key);
	subject_key_free(leaf_public);
}

static struct mint_request
request_of(const struct host *names, size_t n)
{
	return (struct mint_request){ .names = names,
		.nnames = n,
		.leaf_public = leaf_public,
		.now = NOW };
}

static X509 *
mint(const struct authority *authority, const struct mint_request *request)
{
	struct minted minted;
	const unsigned char *p;
	X509 *cert;

	ck_assert_ptr_null(mint_leaf(authority, request, &minted));
	p = minted.der;
	cert = d2i_X509(NULL, &p, (long)minted.n);
	ck_assert_ptr_nonnull(cert);
	minted_clear(&minted);
	return cert;
}

static X509 *
mint_for(const char *text)
{
	struct host host = host_of(text);
	struct mint_request request = request_of(&host, 1);

	return mint(ca, &request);
}

/* X509_V_OK, or the verifier's reason against name at the time given. */
static int
verify(const struct authority *authority, X509 *leaf, const char *name,
    bool is_addr, int64_t at)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	int result;

	X509_STORE_add_cert(store, authority_cert(authority));
	X509_STORE_CTX_init(ctx, store, leaf, NULL);
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
	X509_VERIFY_PARAM_set_auth_level(param, 2);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
	X509_VERIFY_PARAM_set_time(param, (time_t)at);
	if (is_addr)
		X509_VERIFY_PARAM_set1_ip_asc(param, name);
	else
		X509_VERIFY_PARAM_set1_host(param, name, 0);
	X509_verify_cert(ctx);
	result = X509_STORE_CTX_get_error(ctx);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return result;
}

#define L60 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefgh"

static const struct {
	const char *host;  /* asked for */
	const char *check; /* as the client has it */
	bool is_addr;
	int result;
} hosts[] = {
	{ "www.example.com", "www.example.com", false, X509_V_OK },
	{ "WWW.Example.COM.", "www.example.com", false, X509_V_OK },
	{ "www.example.com", "example.com", false,
	    X509_V_ERR_HOSTNAME_MISMATCH },
	{ "example.com", "www.example.com", false,
	    X509_V_ERR_HOSTNAME_MISMATCH },
	{ "localhost", "localhost", false, X509_V_OK },
	{ "a_b.example", "a_b.example", false, X509_V_OK },
	{ "bücher.example", "xn--bcher-kva.example", false, X509_V_OK },
	{ "xn--bcher-kva.example", "xn--bcher-kva.example", false, X509_V_OK },
	{ "192.0.2.7", "192.0.2.7", true, X509_V_OK },
	{ "0xc0000207", "192.0.2.7", true, X509_V_OK },
	{ "192.0.2.7", "192.0.2.8", true, X509_V_ERR_IP_ADDRESS_MISMATCH },
	{ "[2001:DB8::1]", "2001:db8::1", true, X509_V_OK },
	{ "::1", "::1", true, X509_V_OK },
	/* too long for a CN: no subject, the SAN alone and critical */
	{ L60 "." L60 ".example", L60 "." L60 ".example", false, X509_V_OK },
};

START_TEST(test_clients_accept)
{
	X509 *leaf = mint_for(hosts[_i].host);

	ck_assert_int_eq(
	    verify(ca, leaf, hosts[_i].check, hosts[_i].is_addr, NOW),
	    hosts[_i].result);
	X509_free(leaf);
}
END_TEST

/* OpenSSL makes 2048 bits a good deal faster than what found_ca takes. */
START_TEST(test_from_rsa)
{
	struct pem rsa;
	EVP_PKEY *key = EVP_RSA_gen(2048);
	struct authority *authority;
	struct host host = host_of("www.example.com");
	struct mint_request request = request_of(&host, 1);
	struct minted one, two;
	X509 *leaf;

	pem_make(&rsa, key, true, KU_KEY_CERT_SIGN);
	authority = pem_authority(&rsa);
	ck_assert_ptr_null(mint_leaf(authority, &request, &one));
	ck_assert_ptr_null(mint_leaf(authority, &request, &two));
	ck_assert(
	    slice_eq(slice_from(one.der, one.n), slice_from(two.der, two.n)));
	minted_clear(&one);
	minted_clear(&two);
	leaf = mint(authority, &request);
	ck_assert_int_eq(X509_verify(leaf, key), 1);
	X509_free(leaf);
	authority_free(authority);
	pem_clear(&rsa);
	EVP_PKEY_free(key);
}
END_TEST

static bool
is_critical(X509 *cert, int nid)
{
	int at = X509_get_ext_by_NID(cert, nid, -1);

	ck_assert_int_ge(at, 0);
	ck_assert_int_eq(X509_get_ext_by_NID(cert, nid, at), -1);
	return X509_EXTENSION_get_critical(X509_get_ext(cert, at));
}

START_TEST(test_profile)
{
	X509 *leaf = mint_for("www.example.com");
	uint32_t flags = X509_get_extension_flags(leaf);

	ck_assert(!(flags & (EXFLAG_CA | EXFLAG_INVALID)));
	ck_assert(is_critical(leaf, NID_basic_constraints));
	ck_assert(is_critical(leaf, NID_key_usage));
	ck_assert(!is_critical(leaf, NID_ext_key_usage));
	ck_assert(!is_critical(leaf, NID_subject_alt_name));
	ck_assert(!is_critical(leaf, NID_subject_key_identifier));
	ck_assert_uint_eq(X509_get_key_usage(leaf), KU_DIGITAL_SIGNATURE);
	ck_assert_uint_eq(X509_get_extended_key_usage(leaf), XKU_SSL_SERVER);
	ck_assert_int_eq(ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(leaf),
			     X509_get0_subject_key_id(authority_cert(ca))),
	    0);
	ck_assert_int_eq(EVP_PKEY_eq(X509_get0_pubkey(leaf), leaf_key), 1);
	ck_assert_int_eq(X509_get_ext_count(leaf), 6);
	ck_assert_int_eq(ASN1_STRING_length(X509_get0_serialNumber(leaf)), 20);
	X509_free(leaf);
}
END_TEST

START_TEST(test_long_name_has_no_subject)
{
	X509 *leaf = mint_for(L60 "." L60 ".example");

	ck_assert_int_eq(X509_NAME_entry_count(X509_get_subject_name(leaf)), 0);
	ck_assert(is_critical(leaf, NID_subject_alt_name));
	X509_free(leaf);
}
END_TEST

START_TEST(test_several_names)
{
	struct host names[] = { host_of("a.example"), host_of("b.example"),
		host_of("192.0.2.1") };
	struct mint_request request = request_of(names, 3);
	X509 *leaf = mint(ca, &request);

	ck_assert_int_eq(verify(ca, leaf, "a.example", false, NOW), X509_V_OK);
	ck_assert_int_eq(verify(ca, leaf, "b.example", false, NOW), X509_V_OK);
	ck_assert_int_eq(verify(ca, leaf, "192.0.2.1", true, NOW), X509_V_OK);
	ck_assert_int_eq(verify(ca, leaf, "c.example", false, NOW),
	    X509_V_ERR_HOSTNAME_MISMATCH);
	X509_free(leaf);
}
END_TEST

static char *
text_of(X509 *leaf, int nid)
{
	X509_NAME *subject = X509_get_subject_name(leaf);
	int at = X509_NAME_get_index_by_NID(subject, nid, -1);
	ASN1_STRING *value;

	if (at < 0)
		return strdup("");
	value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
	ck_assert_int_eq(ASN1_STRING_type(value), V_ASN1_UTF8STRING);
	return strndup((const char *)ASN1_STRING_get0_data(value),
	    (size_t)ASN1_STRING_length(value));
}

#define E16                                                                    \
	"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f"     \
	"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f"

static const struct {
	const char *host, *cn, *org; /* asked for */
	const char *got_cn;
} subjects[] = {
	{ "a.example", "", "", "a.example" },
	{ "a.example", "*.example.com", "Example, Ltd", "*.example.com" },
	{ "a.example", E16 E16 E16 E16, E16 E16 E16 E16, E16 E16 E16 E16 },
	{ L60 "." L60, "", "Example", "" },
	{ "a.example", "x,O=y/CN=z", "", "x,O=y/CN=z" },
};

START_TEST(test_subject)
{
	struct host host = host_of(subjects[_i].host);
	struct mint_request request = request_of(&host, 1);
	X509 *leaf;
	char *cn, *org;

	request.cn = slice_of(subjects[_i].cn);
	request.org = slice_of(subjects[_i].org);
	leaf = mint(ca, &request);
	cn = text_of(leaf, NID_commonName);
	org = text_of(leaf, NID_organizationName);
	ck_assert_str_eq(cn, subjects[_i].got_cn);
	ck_assert_str_eq(org, subjects[_i].org);
	ck_assert(!is_critical(leaf, NID_subject_alt_name));
	ck_assert_int_eq(
	    verify(ca, leaf, subjects[_i].host, false, NOW), X509_V_OK);
	free(cn);
	free(org);
	X509_free(leaf);
}
END_TEST

static const char *
uri_of(const GENERAL_NAME *name)
{
	int type;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);

	ck_assert_int_eq(type, GEN_URI);
	return (const char *)ASN1_STRING_get0_data(value);
}

START_TEST(test_addresses)
{
	struct host host = host_of("a.example");
	struct mint_request request = request_of(&host, 1);
	CRL_DIST_POINTS *points;
	AUTHORITY_INFO_ACCESS *access;
	X509 *leaf;

	request.crl_url = "http://proxy.example:3128/ca-1.crl";
	request.ca_url = "http://proxy.example:3128/ca-1.crt";
	leaf = mint(ca, &request);
	points = X509_get_ext_d2i(
	    leaf, NID_crl_distribution_points, NULL, NULL);
	ck_assert_int_eq(sk_DIST_POINT_num(points), 1);
	ck_assert_str_eq(
	    uri_of(sk_GENERAL_NAME_value(
		sk_DIST_POINT_value(points, 0)->distpoint->name.fullname, 0)),
	    request.crl_url);
	access = X509_get_ext_d2i(leaf, NID_info_access, NULL, NULL);
	ck_assert_int_eq(sk_ACCESS_DESCRIPTION_num(access), 1);
	ck_assert_str_eq(
	    uri_of(sk_ACCESS_DESCRIPTION_value(access, 0)->location),
	    request.ca_url);
	ck_assert_int_eq(
	    OBJ_obj2nid(sk_ACCESS_DESCRIPTION_value(access, 0)->method),
	    NID_ad_ca_issuers);
	CRL_DIST_POINTS_free(points);
	AUTHORITY_INFO_ACCESS_free(access);
	X509_free(leaf);
}
END_TEST

START_TEST(test_wildcard)
{
	struct host names[1];
	struct mint_request request = request_of(names, 1);
	X509 *leaf;

	ck_assert_ptr_null(cert_name_parse(SLICE("*.example.com"), names));
	leaf = mint(ca, &request);
	ck_assert_int_eq(
	    verify(ca, leaf, "a.example.com", false, NOW), X509_V_OK);
	ck_assert_int_eq(verify(ca, leaf, "example.com", false, NOW),
	    X509_V_ERR_HOSTNAME_MISMATCH);
	X509_free(leaf);
}
END_TEST

/* One way in which a second leaf differs from the first, or doesn't. */
static const struct {
	const char *what, *host;
	int64_t now;
	bool other_key, other_ca, same;
	const char *cn, *org, *url;
	int64_t not_after;
} twins[] = {
	{ "nothing", "a.example", NOW, false, false, true },
	{ "the hour", "a.example", NOW + 11 * 3600, false, false, true },
	{ "the spelling", "A.EXAMPLE.", NOW, false, false, true },
	{ "the day", "a.example", NOW + 12 * 3600, false, false, false },
	{ "the name", "b.example", NOW, false, false, false },
	{ "the leaf key", "a.example", NOW, true, false, false },
	{ "the CA", "a.example", NOW, false, true, false },
	{ "the subject", "a.example", NOW, false, false, false, .cn = "x" },
	{ "its organisation", "a.example", NOW, false, false, false,
	    .org = "x" },
	{ "the address", "a.example", NOW, false, false, false, .url = "x" },
	{ "the end", "a.example", NOW, false, false, false,
	    .not_after = NOW + DAY },
};

START_TEST(test_deterministic)
{
	struct pem pem2;
	EVP_PKEY *key2 = EVP_EC_gen("P-256");
	struct subject_key *other_public = subject_key_of(key2);
	struct host first = host_of("a.example"), second;
	struct mint_request r1 = request_of(&first, 1), r2;
	struct authority *ca2;
	X509 *a, *b;

	pem_init(&pem2, "test ca", false, 3650, NOW);
	ca2 = pem_authority(twins[_i].other_ca ? &pem2 : &pem);
	second = host_of(twins[_i].host);
	r2 = request_of(&second, 1);
	r2.now = twins[_i].now;
	r2.cn = slice_of(twins[_i].cn);
	r2.org = slice_of(twins[_i].org);
	r2.crl_url = twins[_i].url;
	r2.not_after = twins[_i].not_after;
	if (twins[_i].other_key)
		r2.leaf_public = other_public;
	a = mint(ca, &r1);
	b = mint(ca2, &r2);
	ck_assert_msg(
	    (X509_cmp(a, b) == 0) == twins[_i].same, "%s", twins[_i].what);
	ck_assert_msg((ASN1_INTEGER_cmp(X509_get0_serialNumber(a),
			   X509_get0_serialNumber(b)) == 0) == twins[_i].same,
	    "%s", twins[_i].what);
	X509_free(a);
	X509_free(b);
	EVP_PKEY_free(key2);
	subject_key_free(other_public);
	authority_free(ca2);
	pem_clear(&pem2);
}
END_TEST

/* The same leaf under another serial, again the same on every machine. */
START_TEST(test_revoked_serial)
{
	struct host host = host_of("a.example");
	struct mint_request request = request_of(&host, 1);
	struct revoked_one one = { .n = 20 };
	struct revoked list = { &one, 1 };
	X509 *first = mint(ca, &request), *second, *third;
	BIGNUM *serial = ASN1_INTEGER_to_BN(
	    X509_get0_serialNumber(first), NULL);

	BN_bn2bin(serial, one.serial);
	request.revoked = &list;
	second = mint(ca, &request);
	third = mint(ca, &request);
	ck_assert_int_ne(ASN1_INTEGER_cmp(X509_get0_serialNumber(first),
			     X509_get0_serialNumber(second)),
	    0);
	ck_assert_int_eq(
	    ASN1_STRING_length(X509_get0_serialNumber(second)), 20);
	ck_assert_int_eq(X509_cmp(second, third), 0);
	BN_free(serial);
	X509_free(first);
	X509_free(second);
	X509_free(third);
}
END_TEST

#define TODAY (NOW - NOW % DAY)

static const struct {
	unsigned ca_days;
	int64_t now, not_before, not_after; /* of the request */
	int64_t from, to;                   /* wanted; to 0: refused */
} windows[] = {
	{ 3650, NOW, 0, 0, TODAY - DAY, TODAY + 89 * DAY - 1 },
	/* inside the CA's: its start and its end */
	{ 30, NOW, 0, 0, TODAY - DAY, NOW + 30 * DAY },
	{ 30, NOW + 30 * DAY, 0, 0, TODAY + 29 * DAY, NOW + 30 * DAY },
	{ 30, NOW + 30 * DAY + 1, 0, 0, 0, 0 },
	{ 30, TODAY - DAY, 0, 0, TODAY - DAY, NOW + 30 * DAY },
	{ 30, TODAY - DAY - 1, 0, 0, 0, 0 },
	/* inside the origin's */
	{ 3650, NOW, NOW - 5, NOW + 9, NOW - 5, NOW + 9 },
	{ 3650, NOW, NOW - 999 * DAY, NOW + 999 * DAY, TODAY - DAY,
	    TODAY + 89 * DAY - 1 },
	{ 3650, NOW, NOW + 200 * DAY, 0, 0, 0 },
};

START_TEST(test_window)
{
	struct pem mine;
	struct authority *authority;
	struct host host = host_of("a.example");
	struct mint_request request = request_of(&host, 1);
	struct minted minted = { NULL, 0, 0, 0 };
	const char *why;

	pem_init(&mine, "ca", false, windows[_i].ca_days, NOW);
	authority = pem_authority(&mine);
	request.now = windows[_i].now;
	request.not_before = windows[_i].not_before;
	request.not_after = windows[_i].not_after;
	why = mint_leaf(authority, &request, &minted);
	ck_assert_int_eq(why == NULL, windows[_i].to != 0);
	ck_assert_int_eq(minted.not_before, windows[_i].from);
	ck_assert_int_eq(minted.not_after, windows[_i].to);
	minted_clear(&minted);
	authority_free(authority);
	pem_clear(&mine);
}
END_TEST

START_TEST(test_verifier_sees_the_window)
{
	X509 *leaf = mint_for("a.example");

	ck_assert_int_eq(
	    verify(ca, leaf, "a.example", false, TODAY - DAY), X509_V_OK);
	ck_assert_int_eq(
	    verify(ca, leaf, "a.example", false, TODAY + 89 * DAY - 2),
	    X509_V_OK);
	ck_assert_int_eq(
	    verify(ca, leaf, "a.example", false, TODAY + 89 * DAY + 1),
	    X509_V_ERR_CERT_HAS_EXPIRED);
	X509_free(leaf);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *
suite_mint(void)
{
	Suite *suite = suite_create("mint");
	TCase *tc = tcase_create("mint");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_clients_accept, 0, COUNT(hosts));
	tcase_add_test(tc, test_from_rsa);
	tcase_add_test(tc, test_profile);
	tcase_add_test(tc, test_long_name_has_no_subject);
	tcase_add_test(tc, test_several_names);
	tcase_add_loop_test(tc, test_subject, 0, COUNT(subjects));
	tcase_add_test(tc, test_addresses);
	tcase_add_test(tc, test_wildcard);
	tcase_add_loop_test(tc, test_deterministic, 0, COUNT(twins));
	tcase_add_test(tc, test_revoked_serial);
	tcase_add_loop_test(tc, test_window, 0, COUNT(windows));
	tcase_add_test(tc, test_verifier_sees_the_window);
	suite_add_tcase(suite, tc);
	return suite;
}
