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

/* --- limits, roots, passphrases --------------------------------------------- */

static const struct {
	const char *permit, *exclude, *name;
	bool permitted;
} limits[] = {
	{ NULL, NULL, "a.example", true },
	{ "corp.example", NULL, "corp.example", true },
	{ "corp.example", NULL, "a.b.corp.example", true },
	{ "corp.example", NULL, "*.corp.example", true },
	{ "corp.example", NULL, "xcorp.example", false },
	{ "corp.example", NULL, "example", false },
	{ "corp.example", NULL, "192.0.2.1", false },
	{ "corp.example", NULL, "2001:db8::1", false },
	{ "corp.example", "hr.corp.example", "hr.corp.example", false },
	{ "corp.example", "hr.corp.example", "a.hr.corp.example", false },
	{ "corp.example", "hr.corp.example", "a.corp.example", true },
	{ NULL, "bank.example", "bank.example", false },
	{ NULL, "bank.example", "www.bank.example", false },
	{ NULL, "bank.example", "example", true },
	{ NULL, "bank.example", "192.0.2.1", true },
};

START_TEST(test_limits)
{
	struct host permit, exclude, name;
	struct found_request request = { .name = SLICE("limited"),
		.days = 100,
		.now = NOW,
		.permit = &permit,
		.npermit = limits[_i].permit != NULL,
		.exclude = &exclude,
		.nexclude = limits[_i].exclude != NULL };
	struct authority *authority;
	struct pem pem;

	if (limits[_i].permit)
		permit = host_of(limits[_i].permit);
	if (limits[_i].exclude)
		exclude = host_of(limits[_i].exclude);
	ck_assert_ptr_null(cert_name_parse(slice_of(limits[_i].name), &name));
	ck_assert_ptr_null(found_ca(&request, &pem.cert, &pem.key));
	authority = pem_authority(&pem);
	ck_assert_int_eq(
	    authority_permits(authority, &name), limits[_i].permitted);
	authority_free(authority);
	pem_clear(&pem);
}
END_TEST

START_TEST(test_under_root)
{
	struct found_request request = { .name = SLICE("root"),
		.days = 100,
		.now = NOW,
		.passphrase = SLICE("open sesame\n"),
		.is_root = true };
	struct pem root, below;
	struct authority *authority, *above;
	const char *why = NULL;
	X509 *top;

	ck_assert_ptr_null(found_ca(&request, &root.cert, &root.key));
	request.is_root = false;
	request.name = SLICE("below");
	above = authority_load(slice_of(root.cert), secret_slice(&root.key),
	    SLICE("open sesame"), &why);
	ck_assert_msg(above != NULL, "%s", why);
	request.crl_url = "http://proxy.example:3128/ca-1.crl";
	ck_assert_ptr_null(found_below(
	    &request, above, slice_of(root.cert), &below.cert, &below.key));
	authority_free(above);
	authority = authority_load(slice_of(below.cert),
	    secret_slice(&below.key), SLICE("open sesame\r\n"), &why);
	ck_assert_msg(authority != NULL, "%s", why);
	top = parse(root.cert);
	ck_assert_int_eq(
	    X509_verify(authority_cert(authority), X509_get0_pubkey(top)), 1);
	ck_assert_int_eq(
	    X509_check_issued(top, authority_cert(authority)), X509_V_OK);
	ck_assert_int_ge(X509_get_ext_by_NID(authority_cert(authority),
			     NID_crl_distribution_points, -1),
	    0);
	/* what is sent behind a leaf: the one below, without the root */
	ck_assert_uint_gt(authority_chain(authority).n, 0);
	X509_free(top);
	authority_free(authority);
	pem_clear(&root);
	pem_clear(&below);
}
END_TEST

static const struct {
	const char *passphrase, *why; /* why: NULL: it loads */
} passphrases[] = {
	{ "open sesame", NULL },
	{ "open sesame\nsecond line", NULL },
	{ "open sesame\r\n", NULL },
	{ "open  sesame", "this passphrase" },
	{ "", "no passphrase" },
	{ "\nopen sesame", "no passphrase" },
};

START_TEST(test_passphrase)
{
	struct found_request request = { .name = SLICE("sealed"),
		.days = 100,
		.now = NOW,
		.passphrase = SLICE("open sesame") };
	struct authority *authority;
	const char *why = NULL;
	struct pem pem;

	ck_assert_ptr_null(found_ca(&request, &pem.cert, &pem.key));
	authority = authority_load(slice_of(pem.cert), secret_slice(&pem.key),
	    slice_of(passphrases[_i].passphrase), &why);
	ck_assert_int_eq(authority != NULL, passphrases[_i].why == NULL);
	if (!authority)
		ck_assert_ptr_nonnull(strstr(why, passphrases[_i].why));
	authority_free(authority);
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
	tcase_add_loop_test(
	    tc, test_limits, 0, (int)(sizeof(limits) / sizeof(limits[0])));
	tcase_add_test(tc, test_under_root);
	tcase_add_loop_test(tc, test_passphrase, 0,
	    (int)(sizeof(passphrases) / sizeof(passphrases[0])));
	suite_add_tcase(suite, tc);
	return suite;
}
