/*
 * The list of revoked serials as a file, and as clients verify it.
 */
#include "signer/crl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "ca.h"

static struct pem pem;
static struct authority *ca;

static void
setup(void)
{
	pem_init(&pem, "test ca", false, 3650, NOW);
	ca = pem_authority(&pem);
}

static void
teardown(void)
{
	authority_free(ca);
	pem_clear(&pem);
}

/* --- the file ------------------------------------------------------------- */

static const struct {
	const char *text;
	size_t n;      /* entries */
	unsigned line; /* that is wrong; 0: none */
} lists[] = {
	{ "", 0, 0 },
	{ "\n\n# nothing yet\n", 0, 0 },
	{ "4F1D 2026-11-26\n", 1, 0 },
	{ "4F1D 2026-11-26", 1, 0 },
	{ "4F:1D 2026-11-26 key-compromise\n  \n12 2026-01-01\n", 2, 0 },
	{ "4F1D 2026-11-26\n4f:1d 2026-11-27\n", 1, 0 },
	{ "004F1D 2026-11-26\n4f1d 2026-11-27\n", 1, 0 },
	{ "4F1D\n", 0, 1 },
	{ "12 2026-01-01\n4F1G 2026-11-26\n", 1, 2 },
	{ "4F1D 2026-13-26\n", 0, 1 },
	{ "4F1D 2026-1-26\n", 0, 1 },
	{ "4F1D 1969-01-01\n", 0, 1 },
	{ "4F1D today\n", 0, 1 },
	{ "4F1D 2026-11-26 boredom\n", 0, 1 },
	{ "4F1D 2026-11-26 ceased now\n", 0, 1 },
	{ "0 2026-11-26\n", 0, 1 },
	{ "0102030405060708090a0b0c0d0e0f1011121314 2026-11-26\n", 1, 0 },
	{ "010102030405060708090a0b0c0d0e0f1011121314 2026-11-26\n", 0, 1 },
};

START_TEST(test_file)
{
	struct revoked list;
	unsigned line;
	const char *why = revoked_parse(slice_of(lists[_i].text), &list, &line);

	ck_assert_int_eq(why != NULL, lists[_i].line != 0);
	if (why)
		ck_assert_uint_eq(line, lists[_i].line);
	ck_assert_uint_eq(list.n, lists[_i].n);
	revoked_clear(&list);
}
END_TEST

START_TEST(test_file_is_bounded)
{
	size_t n = (size_t)(REVOKED_MAX - 1 + _i), at = 0;
	char *text = malloc(n * 24);
	struct revoked list;
	unsigned line;

	for (size_t i = 0; i < n; i++)
		at += (size_t)sprintf(text + at, "%zX 2026-11-26\n", i + 1);
	ck_assert_int_eq(
	    revoked_parse(slice_from(text, at), &list, &line) == NULL,
	    n <= REVOKED_MAX);
	revoked_clear(&list);
	free(text);
}
END_TEST

START_TEST(test_serials)
{
	struct revoked_one one;

	ck_assert_ptr_null(revoked_serial(SLICE("0a:bC:0"), &one));
	ck_assert_uint_eq(one.n, 2);
	ck_assert_uint_eq(one.serial[0], 0xab);
	ck_assert_uint_eq(one.serial[1], 0xc0);
	ck_assert_ptr_null(revoked_serial(SLICE("f"), &one));
	ck_assert_uint_eq(one.n, 1);
	ck_assert_uint_eq(one.serial[0], 0xf);
	ck_assert_ptr_nonnull(revoked_serial(SLICE(""), &one));
	ck_assert_ptr_nonnull(revoked_serial(SLICE("::"), &one));
	ck_assert_ptr_nonnull(revoked_serial(SLICE("-1"), &one));
	ck_assert(!revoked_has(NULL, one.serial, one.n));
}
END_TEST

/* --- the CRL -------------------------------------------------------------- */

static X509_CRL *
make(const char *text, int64_t now)
{
	struct revoked list;
	unsigned char *der = NULL;
	const unsigned char *p;
	unsigned line;
	size_t n;
	X509_CRL *crl;

	ck_assert_ptr_null(revoked_parse(slice_of(text), &list, &line));
	ck_assert_ptr_null(
	    crl_make(ca, &list, now, now + CRL_VALID_S, &der, &n));
	p = der;
	crl = d2i_X509_CRL(NULL, &p, (long)n);
	ck_assert_ptr_nonnull(crl);
	ck_assert_uint_eq((size_t)(p - der), n);
	ck_assert_int_eq(X509_CRL_verify(crl, authority_key(ca)), 1);
	free(der);
	revoked_clear(&list);
	return crl;
}

static int64_t
number_of(X509_CRL *crl)
{
	ASN1_INTEGER *number = X509_CRL_get_ext_d2i(
	    crl, NID_crl_number, NULL, NULL);
	int64_t value = 0;

	ck_assert_int_eq(ASN1_INTEGER_get_int64(&value, number), 1);
	ASN1_INTEGER_free(number);
	return value;
}

static void
assert_time(const ASN1_TIME *at, int64_t want)
{
	ck_assert_int_eq(ASN1_TIME_cmp_time_t(at, (time_t)want), 0);
}

START_TEST(test_crl)
{
	X509_CRL *crl = make(
	    "12 2026-01-01\nFFEE 2026-02-01 superseded\n", NOW);
	X509_CRL *next = make("", NOW + 1);
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	X509_REVOKED *entry = NULL;

	assert_time(X509_CRL_get0_lastUpdate(crl), NOW - CRL_BACKDATE_S);
	assert_time(X509_CRL_get0_nextUpdate(crl), NOW + CRL_VALID_S);
	ck_assert_int_eq(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl)), 2);
	ASN1_INTEGER_set(serial, 0xffee);
	ck_assert_int_eq(X509_CRL_get0_by_serial(crl, &entry, serial), 1);
	assert_time(X509_REVOKED_get0_revocationDate(entry), 1769904000);
	ck_assert_int_eq(X509_CRL_get0_by_serial(next, &entry, serial), 0);
	ck_assert_int_gt(number_of(next), number_of(crl));
	ASN1_INTEGER_free(serial);
	X509_CRL_free(crl);
	X509_CRL_free(next);
}
END_TEST

START_TEST(test_may_not)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct revoked none = { NULL, 0 };
	struct authority *other;
	unsigned char *der;
	struct pem mine;
	size_t n;

	pem_make(&mine, key, true, KU_KEY_CERT_SIGN);
	other = pem_authority(&mine);
	ck_assert(!authority_may_revoke(other));
	ck_assert_ptr_nonnull(crl_make(other, &none, NOW, NOW + 1, &der, &n));
	authority_free(other);
	pem_clear(&mine);
	EVP_PKEY_free(key);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *
suite_crl(void)
{
	Suite *suite = suite_create("crl");
	TCase *tc = tcase_create("crl");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_file, 0, COUNT(lists));
	tcase_add_loop_test(tc, test_file_is_bounded, 0, 3);
	tcase_add_test(tc, test_serials);
	tcase_add_test(tc, test_crl);
	tcase_add_test(tc, test_may_not);
	suite_add_tcase(suite, tc);
	return suite;
}
