/*
 * Lists that were fetched: what is kept, for how long, and from where.
 */
#include "net/lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "suites.h"

#define NOW INT64_C(1795694400) /* 2026-11-26T12:00:00Z */
#define MS UINT64_C(5000000)
#define URL "http://crl.example/a.crl"

/* In DER, of that many bytes at least. */
static struct slice
make(int64_t from, int64_t to, int padding)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509_CRL *crl = X509_CRL_new();
	X509_NAME *name = X509_NAME_new();
	ASN1_TIME *time = ASN1_TIME_set(NULL, (time_t)from);
	ASN1_IA5STRING *comment = ASN1_IA5STRING_new();
	char *text = OPENSSL_zalloc((size_t)padding + 1);
	unsigned char *der = NULL;
	int n;

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"lists", -1, -1, 0);
	X509_CRL_set_version(crl, X509_CRL_VERSION_2);
	X509_CRL_set_issuer_name(crl, name);
	X509_CRL_set1_lastUpdate(crl, time);
	memset(text, 'x', (size_t)padding);
	ASN1_STRING_set0(comment, text, padding);
	X509_CRL_add1_ext_i2d(crl, NID_netscape_comment, comment, 0, 0);
	ASN1_TIME_set(time, (time_t)to);
	if (to != 0)
		X509_CRL_set1_nextUpdate(crl, time);
	X509_CRL_sign(crl, key, EVP_sha256());
	n = i2d_X509_CRL(crl, &der);
	ck_assert_int_gt(n, 0);
	ASN1_IA5STRING_free(comment);
	ASN1_TIME_free(time);
	X509_NAME_free(name);
	X509_CRL_free(crl);
	EVP_PKEY_free(key);
	return slice_from(der, (size_t)n);
}

static void
drop(struct slice der)
{
	OPENSSL_free((void *)(uintptr_t)der.p);
}

static enum lists_state
find(struct lists *lists, const char *url, uint32_t account, int64_t now)
{
	X509_CRL *crl = NULL;
	enum lists_state state = lists_find(lists, url, account, now, MS, &crl);

	ck_assert_int_eq(crl != NULL, state == LISTS_THERE);
	return state;
}

static const struct {
	int64_t from, to; /* against NOW */
	bool taken;
	int64_t last; /* when it still counts */
} spans[] = {
	{ -100, 3600, true, 3599 }, { -100, 86400 * 7, true, LISTS_KEEP_S - 1 },
	{ -100, 1, true, 0 }, { -100, 0, false, 0 }, { -7200, -3600, false, 0 },
	{ -100, -NOW, false, 0 }, /* none at all */
};

START_TEST(keeps_as_long_as_it_is_good)
{
	struct slice der = make(NOW + spans[_i].from, NOW + spans[_i].to, 0);
	struct lists *lists = lists_new();

	ck_assert_int_eq(lists_add(lists, URL, der, NOW), spans[_i].taken);
	if (spans[_i].taken) {
		ck_assert_int_eq(
		    find(lists, URL, 7, NOW + spans[_i].last), LISTS_THERE);
		ck_assert_int_eq(find(lists, URL, 7, NOW + spans[_i].last + 1),
		    LISTS_UNKNOWN);
	}
	ck_assert_int_eq(find(lists, URL "x", 7, NOW), LISTS_UNKNOWN);
	lists_free(lists);
	drop(der);
}
END_TEST

START_TEST(remembers_failures_by_account)
{
	struct lists *lists = lists_new();
	struct slice der = make(NOW, NOW + 100, 0);
	X509_CRL *crl;

	ck_assert(!lists_add(lists, URL, SLICE("<html>"), NOW));
	ck_assert(!lists_add(lists, URL, SLICE_EMPTY, NOW));
	lists_failed(lists, URL, 7, MS);
	ck_assert_int_eq(find(lists, URL, 7, NOW), LISTS_FAILED);
	ck_assert_int_eq(find(lists, URL, 8, NOW), LISTS_UNKNOWN);
	ck_assert_int_eq(
	    lists_find(lists, URL, 7, NOW, MS + LISTS_AGAIN_MS, &crl),
	    LISTS_UNKNOWN);
	ck_assert(lists_add(lists, URL, der, NOW));
	ck_assert_int_eq(find(lists, URL, 7, NOW), LISTS_THERE);
	lists_free(lists);
	drop(der);
}
END_TEST

START_TEST(stays_within_bounds)
{
	struct lists *lists = lists_new();
	struct slice big = make(NOW, NOW + 100, 2000000);
	size_t fit = LISTS_BYTES_MAX / big.n;
	char url[64];

	ck_assert_uint_lt(big.n, LISTS_BODY_MAX);
	ck_assert_uint_lt(fit, LISTS_MAX);
	for (size_t i = 0; i <= fit; i++) {
		snprintf(url, sizeof(url), URL "%zu", i);
		ck_assert(lists_add(lists, url, big, NOW));
	}
	ck_assert_int_eq(find(lists, URL "0", 7, NOW), LISTS_UNKNOWN);
	ck_assert_int_eq(find(lists, URL "1", 7, NOW), LISTS_THERE);
	ck_assert_int_eq(find(lists, url, 7, NOW), LISTS_THERE);
	big.n = LISTS_BODY_MAX + 1; /* not looked at */
	ck_assert(!lists_add(lists, URL, big, NOW));
	lists_free(lists);
	drop(big);
}
END_TEST

static const struct {
	const char *points, *url;
} where[] = {
	{ "URI:http://a.example/x.crl", "http://a.example/x.crl" },
	{ "URI:ldap://a.example/x,URI:http://b.example/y",
	    "http://b.example/y" },
	{ "URI:https://a.example/x.crl", NULL },
	{ "URI:http://a.example/x y", NULL },
	{ "dirName:s", NULL },
	{ NULL, NULL },
};

START_TEST(finds_where)
{
	X509 *cert = X509_new();
	X509V3_CTX ctx;
	X509_EXTENSION *ext = NULL;
	char *url;

	X509V3_set_ctx_nodb(&ctx);
	if (where[_i].points != NULL)
		ext = X509V3_EXT_conf_nid(
		    NULL, &ctx, NID_crl_distribution_points, where[_i].points);
	if (ext != NULL)
		X509_add_ext(cert, ext, -1);
	url = lists_url(cert);
	if (where[_i].url == NULL)
		ck_assert_ptr_null(url);
	else
		ck_assert_str_eq(url, where[_i].url);
	free(url);
	X509_EXTENSION_free(ext);
	X509_free(cert);
}
END_TEST

Suite *
suite_lists(void)
{
	Suite *suite = suite_create("lists");
	TCase *tcase = tcase_create("lists");

	tcase_add_loop_test(
	    tcase, keeps_as_long_as_it_is_good, 0, COUNT(spans));
	tcase_add_test(tcase, remembers_failures_by_account);
	tcase_add_test(tcase, stays_within_bounds);
	tcase_add_loop_test(tcase, finds_where, 0, COUNT(where));
	suite_add_tcase(suite, tcase);
	return suite;
}
