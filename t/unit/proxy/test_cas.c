/*
 * The authorities' certificates: which of a file people install, what is
 * found by which tag; and the signer's lists.
 */
#include "proxy/cas.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/mem.h"
#include "suites.h"

static char *
pem_of(const char *name)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *text, *copy;
	long n;

	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN",
	    MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	ASN1_TIME_set(X509_getm_notBefore(cert), 1);
	ASN1_TIME_set(X509_getm_notAfter(cert), 2);
	X509_set_pubkey(cert, key);
	X509_sign(cert, key, EVP_sha256());
	PEM_write_bio_X509(bio, cert);
	n = BIO_get_mem_data(bio, &text);
	copy = mem_dupn(text, (size_t)n);
	BIO_free(bio);
	X509_free(cert);
	EVP_PKEY_free(key);
	return copy;
}

static struct conf conf = {
	.authority_cert = "ca",
	.authority_next = "ca.next",
	.authority_old = "ca.old",
	.authority_crl = "ca.crl",
	.authority_old_crl = "ca.old.crl",
};

static void
put(struct bundle *bundle, const char *path, const char *text)
{
	bundle_put(bundle, path, slice_of(text));
}

START_TEST(test_alone)
{
	struct bundle *bundle = bundle_new_memory();
	char *pem = pem_of("one");
	struct cas cas;
	const struct ca *ca;

	put(bundle, "ca", pem);
	put(bundle, "ca.crl", "not of this one");
	ck_assert_ptr_null(cas_load(&cas, bundle, &conf));
	ca = cas_get(&cas, CA_CURRENT);
	ck_assert_ptr_nonnull(ca);
	ck_assert(slice_eq_str(ca->pem, pem));
	ck_assert_str_eq(ca->info.subject, "CN=one");
	ck_assert_uint_eq(strlen(ca->tag), CA_TAG_SIZE - 1);
	ck_assert_str_eq(ca->tag, ca->root_tag);
	ck_assert_uint_eq(ca->root_crl.n, 0);
	ck_assert_ptr_eq(cas_find(&cas, slice_of(ca->tag)), ca);
	ck_assert_ptr_null(cas_find(&cas, SLICE("")));
	ck_assert_ptr_null(cas_get(&cas, CA_NEXT));
	ck_assert_ptr_null(cas_get(&cas, CA_OLD));
	cas_clear(&cas);
	bundle_free(bundle);
	free(pem);
}
END_TEST

START_TEST(test_under_root)
{
	struct bundle *bundle = bundle_new_memory();
	char *below = pem_of("below"), *root = pem_of("root");
	char *both = mem_printf("a comment\n%s%s", below, root);
	struct cas cas;
	const struct ca *ca;

	put(bundle, "ca", both);
	put(bundle, "ca.crl", "the root's");
	ck_assert_ptr_null(cas_load(&cas, bundle, &conf));
	ca = cas_get(&cas, CA_CURRENT);
	ck_assert(slice_eq_str(ca->pem, root));
	ck_assert_str_eq(ca->info.subject, "CN=root");
	ck_assert_str_eq(ca->signs.subject, "CN=below");
	ck_assert_str_ne(ca->tag, ca->root_tag);
	ck_assert(slice_eq_str(ca->root_crl, "the root's"));
	ck_assert_ptr_eq(cas_find(&cas, slice_of(ca->tag)), ca);
	ck_assert_ptr_eq(cas_find(&cas, slice_of(ca->root_tag)), ca);
	cas_clear(&cas);
	bundle_free(bundle);
	free(below);
	free(root);
	free(both);
}
END_TEST

START_TEST(test_rotation)
{
	struct bundle *bundle = bundle_new_memory();
	char *now = pem_of("now"), *next = pem_of("next"), *old = pem_of("old");
	struct cas cas;

	put(bundle, "ca", now);
	put(bundle, "ca.next", next);
	put(bundle, "ca.old", old);
	ck_assert_ptr_null(cas_load(&cas, bundle, &conf));
	for (int i = 0; i < CA_COUNT; i++) {
		const struct ca *ca = cas_get(&cas, (enum ca_which)i);

		ck_assert_ptr_nonnull(ca);
		ck_assert_ptr_eq(cas_find(&cas, slice_of(ca->tag)), ca);
	}
	cas_clear(&cas);
	/* what can't be read beside is as if it weren't there */
	put(bundle, "ca.next", "nothing");
	ck_assert_ptr_null(cas_load(&cas, bundle, &conf));
	ck_assert_ptr_null(cas_get(&cas, CA_NEXT));
	ck_assert_ptr_nonnull(cas_get(&cas, CA_OLD));
	cas_clear(&cas);
	put(bundle, "ca", "nothing");
	ck_assert_ptr_nonnull(cas_load(&cas, bundle, &conf));
	cas_clear(&cas);
	bundle_free(bundle);
	free(now);
	free(next);
	free(old);
}
END_TEST

START_TEST(test_crls)
{
	struct crls *crls = crls_new();

	ck_assert_uint_eq(crls_get(crls, SLICE("a")).n, 0);
	crls_set(crls, SLICE("a"), SLICE("first"));
	crls_set(crls, SLICE("b"), SLICE_EMPTY);
	crls_set(crls, SLICE("a"), SLICE("second"));
	ck_assert(slice_eq_str(crls_get(crls, SLICE("a")), "second"));
	ck_assert_uint_eq(crls_get(crls, SLICE("b")).n, 0);
	for (char c = 'c'; c < 'z'; c++)
		crls_set(crls, slice_from(&c, 1), SLICE("x"));
	ck_assert_uint_eq(crls_get(crls, SLICE("a")).n, 0);
	crls_free(crls);
	crls_free(NULL);
}
END_TEST

Suite *
suite_cas(void)
{
	Suite *suite = suite_create("cas");
	TCase *tc = tcase_create("cas");

	tcase_add_test(tc, test_alone);
	tcase_add_test(tc, test_under_root);
	tcase_add_test(tc, test_rotation);
	tcase_add_test(tc, test_crls);
	suite_add_tcase(suite, tc);
	return suite;
}
