/*
 * Ports and who takes them first.
 */
#include "guard/spans.h"
#include "suites.h"

struct piece {
	uint16_t from, to;
	uint32_t rule;
};

/* Each piece is given in turn; what comes of it, by port. */
static const struct {
	struct piece given[4];
	struct piece want[6];
	size_t nwant;
} shares[] = {
	{ { { 0, 65535, 1 } }, { { 0, 65535, 1 } }, 1 },
	{ { { 80, 80, 1 }, { 0, 65535, 2 } },
	    { { 0, 79, 2 }, { 80, 80, 1 }, { 81, 65535, 2 } }, 3 },
	{ { { 1, 100, 1 }, { 50, 200, 2 }, { 0, 65535, 3 } },
	    { { 0, 0, 3 }, { 1, 100, 1 }, { 101, 200, 2 }, { 201, 65535, 3 } },
	    4 },
	{ { { 0, 10, 1 }, { 11, 65535, 1 } }, { { 0, 65535, 1 } }, 1 },
	{ { { 65535, 65535, 1 }, { 0, 0, 2 }, { 0, 65535, 3 } },
	    { { 0, 0, 2 }, { 1, 65534, 3 }, { 65535, 65535, 1 } }, 3 },
	{ { { 10, 20, 1 }, { 10, 20, 2 }, { 5, 30, 3 }, { 0, 65535, 4 } },
	    { { 0, 4, 4 }, { 5, 9, 3 }, { 10, 20, 1 }, { 21, 30, 3 },
		{ 31, 65535, 4 } },
	    5 },
};

START_TEST(first_come_first_served)
{
	struct share share;

	share_init(&share);
	for (size_t i = 0; i < 4; i++) {
		const struct piece *piece = &shares[_i].given[i];
		struct spans spans = { .v = NULL };

		if (piece->rule == 0)
			break;
		ck_assert(!share_complete(&share));
		spans_add(&spans, piece->from, piece->to);
		share_give(&share, &spans, piece->rule);
		spans_clear(&spans);
	}
	ck_assert(share_complete(&share));
	ck_assert(!share.failed);
	share_finish(&share);
	ck_assert_uint_eq(share.n, shares[_i].nwant);
	for (size_t i = 0; i < share.n; i++) {
		ck_assert_uint_eq(
		    share.clauses[i].from, shares[_i].want[i].from);
		ck_assert_uint_eq(share.clauses[i].to, shares[_i].want[i].to);
		ck_assert_uint_eq(
		    share.clauses[i].rule, shares[_i].want[i].rule);
	}
}
END_TEST

START_TEST(touching_spans_are_one)
{
	struct spans spans = { .v = NULL };

	ck_assert(spans_empty(&spans));
	spans_add(&spans, 0, 5);
	spans_add(&spans, 6, 9);
	spans_add(&spans, 11, 65535);
	ck_assert_uint_eq(spans.n, 2);
	ck_assert_uint_eq(spans.v[0].to, 9);
	ck_assert_uint_eq(spans.v[1].from, 11);
	spans_clear(&spans);
}
END_TEST

Suite *
suite_spans(void)
{
	Suite *suite = suite_create("spans");
	TCase *tcase = tcase_create("spans");

	tcase_add_loop_test(tcase, first_come_first_served, 0,
	    sizeof(shares) / sizeof(*shares));
	tcase_add_test(tcase, touching_spans_are_one);
	suite_add_tcase(suite, tcase);
	return suite;
}
