/*
 * The cache: minted once, bounded, kept apart by authority, renewed in time.
 */
#include "signer/stock.h"

#include "ca.h"

static struct pem pem;
static struct authority *ca;
static struct subject_key *leaf_public;
static struct stock *stock;

static void
setup(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	pem_init(&pem, "test ca", false, 3650, NOW);
	ca = pem_authority(&pem);
	leaf_public = subject_key_of(key);
	EVP_PKEY_free(key);
	stock = stock_new(2);
}

static void
teardown(void)
{
	stock_free(stock);
	authority_free(ca);
	pem_clear(&pem);
	subject_key_free(leaf_public);
}

static const char *
get(const struct authority *authority, const char *name, int64_t now)
{
	struct host host = host_of(name);
	struct mint_request request = { .names = &host,
		.nnames = 1,
		.leaf_public = leaf_public,
		.now = now };
	struct slice der = SLICE_EMPTY;
	const char *why = stock_get(stock, authority, &request, &der);

	ck_assert_int_eq(why == NULL, der.n > 0);
	return why;
}

static void
assert_counts(uint64_t minted, uint64_t found, size_t held)
{
	struct stock_counts counts = stock_counts(stock);

	ck_assert_uint_eq(counts.minted, minted);
	ck_assert_uint_eq(counts.found, found);
	ck_assert_uint_eq(counts.held, held);
}

START_TEST(test_burst_mints_once)
{
	for (int i = 0; i < 100; i++)
		ck_assert_ptr_null(get(ca, "a.example", NOW));
	ck_assert_ptr_null(get(ca, "A.example.", NOW));
	assert_counts(1, 100, 1);
}
END_TEST

START_TEST(test_bounded)
{
	get(ca, "a.example", NOW);
	get(ca, "b.example", NOW);
	get(ca, "a.example", NOW);
	get(ca, "c.example", NOW); /* b leaves */
	assert_counts(3, 1, 2);
	get(ca, "a.example", NOW);
	assert_counts(3, 2, 2);
	get(ca, "b.example", NOW);
	assert_counts(4, 2, 2);
}
END_TEST

START_TEST(test_by_authority)
{
	struct pem pem2;
	struct authority *ca2;

	pem_init(&pem2, "test ca", false, 3650, NOW);
	ca2 = pem_authority(&pem2);
	get(ca, "a.example", NOW);
	get(ca2, "a.example", NOW);
	assert_counts(2, 0, 2);
	authority_free(ca2);
	pem_clear(&pem2);
}
END_TEST

START_TEST(test_renewed)
{
	get(ca, "a.example", NOW);
	get(ca, "a.example", NOW + 58 * DAY);
	assert_counts(1, 1, 1);
	get(ca, "a.example", NOW + 60 * DAY); /* less than 30 are left */
	assert_counts(2, 1, 1);
	/* near the CA's end: once a day, not once a request */
	get(ca, "z.example", NOW + 3649 * DAY);
	get(ca, "z.example", NOW + 3649 * DAY + 60);
	assert_counts(3, 2, 2);
	/* the clock was set back */
	get(ca, "z.example", NOW);
	assert_counts(4, 2, 2);
}
END_TEST

START_TEST(test_refusal_is_not_kept)
{
	ck_assert_ptr_nonnull(get(ca, "a.example", NOW + 3651LL * DAY));
	assert_counts(0, 0, 0);
	ck_assert_ptr_null(get(ca, "a.example", NOW));
	stock_forget(stock);
	assert_counts(1, 0, 0);
	stock_free(NULL);
}
END_TEST

Suite *
suite_stock(void)
{
	Suite *suite = suite_create("stock");
	TCase *tc = tcase_create("stock");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_burst_mints_once);
	tcase_add_test(tc, test_bounded);
	tcase_add_test(tc, test_by_authority);
	tcase_add_test(tc, test_renewed);
	tcase_add_test(tc, test_refusal_is_not_kept);
	suite_add_tcase(suite, tc);
	return suite;
}
