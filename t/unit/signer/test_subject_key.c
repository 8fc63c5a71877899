/*
 * A certificate gets the very key that OpenSSL would have put there.
 */
#include "signer/subject_key.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "ca.h"

static const char *const kinds[] = { "P-256", "P-384", "RSA", "ED25519" };

static EVP_PKEY *
make(const char *kind)
{
	if (strcmp(kind, "RSA") == 0)
		return EVP_RSA_gen(2048);
	return kind[0] == 'P' ? EVP_EC_gen(kind)
			      : EVP_PKEY_Q_keygen(NULL, NULL, kind);
}

START_TEST(test_same_as_openssl)
{
	EVP_PKEY *key = make(kinds[_i]);
	struct subject_key *form = subject_key_of(key);
	X509 *mine = X509_new(), *theirs = X509_new();
	unsigned char *a = NULL, *b = NULL;
	int n;

	ck_assert(subject_key_put(form, mine));
	ck_assert_int_eq(X509_set_pubkey(theirs, key), 1);
	n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(mine), &a);
	ck_assert_int_eq(i2d_X509_PUBKEY(X509_get_X509_PUBKEY(theirs), &b), n);
	ck_assert_mem_eq(a, b, (size_t)n);
	ck_assert_uint_eq(subject_key_der(form).n, (size_t)n);
	ck_assert_mem_eq(subject_key_der(form).p, a, (size_t)n);
	OPENSSL_free(a);
	OPENSSL_free(b);
	X509_free(mine);
	X509_free(theirs);
	subject_key_free(form);
	EVP_PKEY_free(key);
}
END_TEST

/* Cut, with a byte behind it, off the curve, and empty. */
START_TEST(test_no_key)
{
	EVP_PKEY *key = make("P-256");
	struct subject_key *form = subject_key_of(key);
	struct slice der = subject_key_der(form);
	char bytes[256] = "";

	memcpy(bytes, der.p, der.n);
	ck_assert_ptr_null(subject_key_read(slice_from(bytes, der.n - 1)));
	ck_assert_ptr_null(subject_key_read(slice_from(bytes, der.n + 1)));
	ck_assert_ptr_null(subject_key_read(SLICE_EMPTY));
	bytes[der.n - 1] ^= 1;
	ck_assert_ptr_null(subject_key_read(slice_from(bytes, der.n)));
	subject_key_free(form);
	subject_key_free(NULL);
	EVP_PKEY_free(key);
}
END_TEST

Suite *
suite_subject_key(void)
{
	Suite *suite = suite_create("subject_key");
	TCase *tc = tcase_create("subject_key");

	tcase_add_loop_test(
	    tc, test_same_as_openssl, 0, sizeof(kinds) / sizeof(kinds[0]));
	tcase_add_test(tc, test_no_key);
	suite_add_tcase(suite, tc);
	return suite;
}
