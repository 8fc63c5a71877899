/*
 * A proof holds for the login it was made for and for no other.
 */
#include "ipc/proof.h"
#include "suites.h"

static const char key_text[] = "0123456789abcdef";

static const struct {
	struct login_words login;
	bool holds;
} others[] = {
	{ { 7, 99, { "alice", 5 }, { "staff\nadm", 9 } }, true },
	{ { 8, 99, { "alice", 5 }, { "staff\nadm", 9 } }, false },
	{ { 7, 98, { "alice", 5 }, { "staff\nadm", 9 } }, false },
	{ { 7, 99, { "alicf", 5 }, { "staff\nadm", 9 } }, false },
	{ { 7, 99, { "alice", 5 }, { "staff\nadmi", 10 } }, false },
	{ { 7, 99, { "alice", 5 }, { "", 0 } }, false },
	/* the same bytes, parted elsewhere */
	{ { 7, 99, { "alices", 6 }, { "taff\nadm", 8 } }, false },
	{ { 7, 99, { "", 0 }, { "alicestaff\nadm", 14 } }, false },
};

START_TEST(of_one_login_alone)
{
	struct keyed *key = keyed_new_from(slice_of(key_text));
	unsigned char proof[PROOF_SIZE];

	proof_make(key, &others[0].login, proof);
	ck_assert_int_eq(proof_holds(key, &others[_i].login,
			     slice_from(proof, sizeof(proof))),
	    others[_i].holds);
	keyed_free(key);
}
END_TEST

START_TEST(of_one_key_and_whole)
{
	struct keyed *key = keyed_new_from(slice_of(key_text));
	struct keyed *other = keyed_new_from(SLICE("another"));
	unsigned char proof[PROOF_SIZE];
	struct slice whole = slice_from(proof, sizeof(proof));

	proof_make(key, &others[0].login, proof);
	ck_assert(proof_holds(key, &others[0].login, whole));
	ck_assert(!proof_holds(other, &others[0].login, whole));
	ck_assert(!proof_holds(key, &others[0].login, SLICE_EMPTY));
	whole.n--;
	ck_assert(!proof_holds(key, &others[0].login, whole));
	keyed_free(key);
	keyed_free(other);
}
END_TEST

Suite *
suite_proof(void)
{
	Suite *suite = suite_create("proof");
	TCase *tcase = tcase_create("proof");

	tcase_add_loop_test(
	    tcase, of_one_login_alone, 0, sizeof(others) / sizeof(*others));
	tcase_add_test(tcase, of_one_key_and_whole);
	suite_add_tcase(suite, tcase);
	return suite;
}
