/*
 * New CAs: what they carry, and what is refused.
 */
#include <string.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "ca.h"

static X509 *
parse(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	ck_assert_ptr_nonnull(cert);
	BIO_free(bio);
	return cert;
}

START_TEST(test_profile)
{
	struct pem pem;
	X509 *cert;
	int crit;
	BASIC_CONSTRAINTS *basic;

	pem_init(&pem, "Örtliche Prüfstelle", _i == 1, 3650, NOW);
	cert = parse(pem.cert);
	basic = X509_get_ext_d2i(cert, NID_basic_constraints, &crit, NULL);
	ck_assert_ptr_nonnull(basic);
	ck_assert_int_eq(crit, 1);
	ck_assert_int_ne(basic->ca, 0);
	ck_assert_int_eq(ASN1_INTEGER_get(basic->pathlen), 0);
	BASIC_CONSTRAINTS_free(basic);
	ck_assert_uint_eq(
	    X509_get_key_usage(cert), KU_KEY_CERT_SIGN | KU_CRL_SIGN);
	ck_assert_ptr_nonnull(X509_get0_subject_key_id(cert));
	ck_assert_int_eq(X509_verify(cert, X509_get0_pubkey(cert)), 1);
	ck_assert_int_eq(EVP_PKEY_get_base_id(X509_get0_pubkey(cert)),
	    _i == 1 ? EVP_PKEY_RSA : EVP_PKEY_EC);
	X509_free(cert);
	authority_free(pem_authority(&pem));
	pem_clear(&pem);
}
END_TEST

#define SIXTY_FOUR                                                             \
	"0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
	const char *name;
	unsigned days;
	const char *why; /* NULL: accepted */
} cases[] = {
	{ "", 10, "empty" },
	{ SIXTY_FOUR, 10, NULL },
	{ SIXTY_FOUR "4", 10, "64 bytes" },
	{ "a\nb", 10, "control" },
	{ "a\xff", 10, "UTF-8" },
	{ "a, O=b", 1, NULL },
	{ "a", 0, "days" },
	{ "a", FOUND_DAYS_MAX, NULL },
	{ "a", FOUND_DAYS_MAX + 1, "days" },
};

START_TEST(test_refusals)
{
	struct found_request request = { .name = slice_of(cases[_i].name),
		.days = cases[_i].days,
		.now = NOW };
	struct pem pem = { NULL, { 0 } };
	const char *why = found_ca(&request, &pem.cert, &pem.key);

	if (cases[_i].why) {
		ck_assert_ptr_nonnull(why);
		ck_assert_msg(strstr(why, cases[_i].why) != NULL, "%s", why);
	} else {
		ck_assert_ptr_null(why);
	}
	pem_clear(&pem);
}
END_TEST

Suite *
suite_found(void)
{
	Suite *suite = suite_create("found");
	TCase *tc = tcase_create("found");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_profile, 0, 2);
	tcase_add_loop_test(
	    tc, test_refusals, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	suite_add_tcase(suite, tc);
	return suite;
}
