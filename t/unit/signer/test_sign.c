/*
 * Deterministic signatures against the vectors of RFC 6979 appendix A.2.
 */
#include "signer/sign.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "ca.h"

static const struct {
	const char *group, *md, *key, *message, *r, *s;
} vectors[] = {
	{ "P-256", "SHA256",
	    "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
	    "sample",
	    "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
	    "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA"
	    "8" },
	{ "P-256", "SHA256",
	    "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
	    "test",
	    "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
	    "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F008"
	    "3" },
	{ "P-384", "SHA384",
	    "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8"
	    "96D5724E4C70A825F872C9EA60D2EDF5",
	    "sample",
	    "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C"
	    "81A648152E44ACF96E36DD1E80FABE46",
	    "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F"
	    "A329C145786E679E7B82C71A38628AC8" },
};

static EVP_PKEY *
key_from(const char *group, const char *hex)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	BIGNUM *number = NULL;
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params;

	BN_hex2bn(&number, hex);
	OSSL_PARAM_BLD_push_utf8_string(
	    build, OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
	OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number);
	params = OSSL_PARAM_BLD_to_param(build);
	ck_assert(EVP_PKEY_fromdata_init(ctx) == 1);
	ck_assert(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) == 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	BN_free(number);
	return key;
}

static void
assert_number(const BIGNUM *got, const char *want)
{
	BIGNUM *number = NULL;

	BN_hex2bn(&number, want);
	ck_assert_msg(BN_cmp(got, number) == 0, "not %s", want);
	BN_free(number);
}

START_TEST(test_vectors)
{
	EVP_PKEY *key = key_from(vectors[_i].group, vectors[_i].key);
	const EVP_MD *md = EVP_get_digestbyname(vectors[_i].md);
	unsigned char digest[EVP_MAX_MD_SIZE];
	ECDSA_SIG *sig = NULL;

	EVP_Digest(vectors[_i].message, strlen(vectors[_i].message), digest,
	    NULL, md, NULL);
	ck_assert_int_eq(sign_digest(key, md, digest, &sig), 0);
	assert_number(ECDSA_SIG_get0_r(sig), vectors[_i].r);
	assert_number(ECDSA_SIG_get0_s(sig), vectors[_i].s);
	ECDSA_SIG_free(sig);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(test_refuses_a_digest_of_another_length)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };
	ECDSA_SIG *sig = NULL;

	ck_assert_int_eq(sign_digest(key, EVP_sha384(), digest, &sig), -1);
	ck_assert_ptr_null(sig);
	EVP_PKEY_free(key);
}
END_TEST

static X509 *
unsigned_cert(EVP_PKEY *key, int serial)
{
	X509 *cert = X509_new();

	ck_assert_int_eq(X509_set_version(cert, X509_VERSION_3), 1);
	ck_assert_int_eq(
	    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial), 1);
	ck_assert_ptr_nonnull(ASN1_TIME_set(X509_getm_notBefore(cert), NOW));
	ck_assert_ptr_nonnull(ASN1_TIME_set(X509_getm_notAfter(cert), NOW));
	ck_assert_int_eq(X509_set_pubkey(cert, key), 1);
	return cert;
}

static const struct {
	const char *group;
	const EVP_MD *(*md)(void);
} kinds[] = { { "P-256", EVP_sha256 }, { "P-384", EVP_sha384 } };

/* All but the signature's bytes are those of X509_sign, whatever these end
 * with: many rounds, so that some end with zero bits. */
START_TEST(test_placed_as_by_openssl)
{
	EVP_PKEY *key = EVP_EC_gen(kinds[_i].group);

	for (int round = 0; round < 40; round++) {
		X509 *ours = unsigned_cert(key, round);
		X509 *theirs = unsigned_cert(key, round);
		const ASN1_BIT_STRING *from, *to;
		unsigned char *a = NULL, *b = NULL;
		int n;

		ck_assert_int_eq(sign_cert(ours, key), 0);
		ck_assert_int_gt(X509_sign(theirs, key, kinds[_i].md()), 0);
		X509_get0_signature(&from, NULL, ours);
		X509_get0_signature(&to, NULL, theirs);
		ck_assert_int_eq(
		    ASN1_STRING_set((ASN1_STRING *)(uintptr_t)to,
			ASN1_STRING_get0_data(from), ASN1_STRING_length(from)),
		    1);
		n = i2d_X509(ours, &a);
		ck_assert_int_eq(i2d_X509(theirs, &b), n);
		ck_assert_mem_eq(a, b, (size_t)n);
		OPENSSL_free(a);
		OPENSSL_free(b);
		X509_free(ours);
		X509_free(theirs);
	}
	EVP_PKEY_free(key);
}
END_TEST

Suite *
suite_sign(void)
{
	Suite *suite = suite_create("sign");
	TCase *tc = tcase_create("sign");

	tcase_add_loop_test(
	    tc, test_vectors, 0, (int)(sizeof(vectors) / sizeof(vectors[0])));
	tcase_add_test(tc, test_refuses_a_digest_of_another_length);
	tcase_add_loop_test(tc, test_placed_as_by_openssl, 0,
	    (int)(sizeof(kinds) / sizeof(kinds[0])));
	suite_add_tcase(suite, tc);
	return suite;
}
