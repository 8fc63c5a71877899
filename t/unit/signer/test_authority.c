/*
 * Loading a CA: what is accepted, what is refused and in which words.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "ca.h"

static struct pem ca, other;

static void
setup(void)
{
	pem_init(&ca, "one", false, 3650, NOW);
	pem_init(&other, "two", false, 3650, NOW);
}

static void
teardown(void)
{
	pem_clear(&ca);
	pem_clear(&other);
}

static void
assert_refused(struct slice cert, struct slice key, const char *words)
{
	const char *why = NULL;

	ck_assert_ptr_null(authority_load(cert, key, SLICE_EMPTY, &why));
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, words) != NULL, "%s", why);
}

START_TEST(test_loads)
{
	struct authority *a = pem_authority(&ca), *r = pem_authority(&other);

	ck_assert(!slice_eq(authority_id(a), authority_id(r)));
	/* self-signed: nothing goes along with a leaf */
	ck_assert_uint_eq(authority_chain(a).n, 0);
	ck_assert_int_eq(authority_not_after(a), NOW + 3650LL * DAY);
	authority_free(a);
	authority_free(r);
	authority_free(NULL);
}
END_TEST

START_TEST(test_refuses)
{
	struct slice key = secret_slice(&ca.key);
	char *twisted = mem_dup(ca.cert);
	char *nine = mem_dup("");

	memset(strchr(twisted, '\n') + 20, '!', 30);
	assert_refused(SLICE_EMPTY, key, "no certificate in PEM");
	assert_refused(SLICE("hello"), key, "no certificate in PEM");
	assert_refused(slice_of(twisted), key, "damaged");
	assert_refused(slice_of(ca.cert), SLICE_EMPTY, "no private key");
	assert_refused(slice_of(ca.cert), slice_of(ca.cert), "no private key");
	assert_refused(
	    slice_of(ca.cert), secret_slice(&other.key), "does not belong");
	for (int i = 0; i < AUTHORITY_CHAIN_MAX + 1; i++) {
		char *more = mem_printf("%s%s", nine, ca.cert);

		free(nine);
		nine = more;
	}
	assert_refused(slice_of(nine), key, "more than 8");
	free(nine);
	free(twisted);
}
END_TEST

START_TEST(test_refuses_order)
{
	char *both = mem_printf("%s%s", ca.cert, other.cert);

	assert_refused(slice_of(both), secret_slice(&ca.key), "in order");
	free(both);
}
END_TEST

START_TEST(test_refuses_size)
{
	size_t n = AUTHORITY_FILE_MAX + 1;
	char *big = mem_zalloc(n);

	assert_refused(slice_from(big, n), SLICE_EMPTY, "64 KiB");
	assert_refused(slice_from(big, n - 1), SLICE_EMPTY, "no certificate");
	free(big);
}
END_TEST

static const struct {
	const char *group; /* NULL: RSA of bits */
	unsigned bits;
	bool is_ca;
	unsigned usage;
	const char *why;
} made[] = {
	{ "P-256", 0, true, KU_KEY_CERT_SIGN, NULL },
	{ "P-384", 0, true, KU_KEY_CERT_SIGN, NULL },
	{ "P-521", 0, true, KU_KEY_CERT_SIGN, "neither EC" },
	{ "secp256k1", 0, true, KU_KEY_CERT_SIGN, "neither EC" },
	{ NULL, 1024, true, KU_KEY_CERT_SIGN, "shorter than 2048" },
	{ NULL, 2048, true, KU_KEY_CERT_SIGN, NULL },
	{ "P-256", 0, false, KU_KEY_CERT_SIGN, "not a CA" },
	{ "P-256", 0, true, KU_DIGITAL_SIGNATURE, "may not sign" },
};

START_TEST(test_judges)
{
	EVP_PKEY *key = made[_i].group ? EVP_EC_gen(made[_i].group)
				       : EVP_RSA_gen(made[_i].bits);
	struct pem pem;

	pem_make(&pem, key, made[_i].is_ca, made[_i].usage);
	if (made[_i].why)
		assert_refused(
		    slice_of(pem.cert), secret_slice(&pem.key), made[_i].why);
	else
		authority_free(pem_authority(&pem));
	pem_clear(&pem);
	EVP_PKEY_free(key);
}
END_TEST

static const struct {
	int64_t at; /* days from now */
	const char *words;
} times[] = {
	{ -2, "not valid yet" },
	{ 0, NULL },
	{ 3650 - 31, NULL },
	{ 3650 - 30, NULL },
	{ 3650 - 29, "within 30 days" },
	{ 3651, "expired" },
};

START_TEST(test_warns)
{
	struct authority *a = pem_authority(&ca);
	const char *got = authority_warning(a, NOW + times[_i].at * DAY);

	if (times[_i].words) {
		ck_assert_ptr_nonnull(got);
		ck_assert_ptr_nonnull(strstr(got, times[_i].words));
	} else {
		ck_assert_ptr_null(got);
	}
	authority_free(a);
}
END_TEST

START_TEST(test_describes)
{
	struct authority_facts facts = { NULL, "", NULL, 0, 0 };

	ck_assert_ptr_null(authority_describe(slice_of(ca.cert), &facts));
	ck_assert_str_eq(facts.subject, "CN = one");
	ck_assert_str_eq(facts.key, "EC P-256");
	ck_assert_uint_eq(strlen(facts.fingerprint), 95);
	ck_assert_int_eq(facts.not_after, NOW + 3650LL * DAY);
	authority_facts_clear(&facts);
	ck_assert_ptr_nonnull(authority_describe(SLICE("x"), &facts));
}
END_TEST

Suite *
suite_authority(void)
{
	Suite *suite = suite_create("authority");
	TCase *tc = tcase_create("authority");

	tcase_add_unchecked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_loads);
	tcase_add_test(tc, test_refuses);
	tcase_add_test(tc, test_refuses_order);
	tcase_add_test(tc, test_refuses_size);
	tcase_add_loop_test(
	    tc, test_judges, 0, (int)(sizeof(made) / sizeof(made[0])));
	tcase_add_loop_test(
	    tc, test_warns, 0, (int)(sizeof(times) / sizeof(times[0])));
	tcase_add_test(tc, test_describes);
	suite_add_tcase(suite, tc);
	return suite;
}
