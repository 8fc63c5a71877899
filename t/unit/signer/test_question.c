/*
 * What a worker may ask for, and what the signer doesn't take from it.
 */
#include "signer/question.h"

#include <stdio.h>
#include <stdlib.h>

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

#define C16 "0123456789abcdef"
#define WITH(text)                                                             \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}

static const struct {
	struct slice host, names;
	const char *out; /* the names, one a line; NULL: refused */
} questions[] = {
	{ WITH("WWW.example."), { NULL, 0 }, "www.example" },
	{ WITH("www.example"), WITH("a.example"), "www.example\na.example" },
	{ WITH("a.example"), WITH("b.example\nA.example"),
	    "b.example\na.example" },
	{ WITH("a.example.com"), WITH("*.example.com\nb.example"),
	    "*.example.com\nb.example" },
	{ WITH("a.b.example.com"), WITH("*.example.com"),
	    "a.b.example.com\n*.example.com" },
	{ WITH("192.0.2.1"), WITH("192.0.2.1"), "192.0.2.1" },
	{ WITH("192.0.2.1"), WITH("*.0.2.1"), NULL },
	{ WITH("*.example.com"), { NULL, 0 }, NULL },
	{ WITH("a.example"), WITH("b.example\n"), NULL },
	{ WITH("a.example"), WITH("\nb.example"), NULL },
	{ WITH("a.example"), WITH("b.example\0"), NULL },
	{ WITH("a.example"), WITH("b.example,DNS:c.example"), NULL },
	{ WITH("a.example"), WITH("*.example"), NULL },
	{ WITH("a.example"), WITH("*"), NULL },
	{ WITH("a example"), WITH("b.example"), NULL },
	{ WITH(""), WITH("b.example"), NULL },
};

static void
assert_names(const struct mint_request *request, const char *want)
{
	struct slice rest = slice_of(want), line;
	size_t n = 0;

	while (slice_split(&rest, '\n', &line)) {
		ck_assert_uint_lt(n, request->nnames);
		ck_assert(slice_eq(host_slice(&request->names[n++]), line));
	}
	ck_assert_uint_eq(n, request->nnames);
}

START_TEST(test_names)
{
	struct msg_leaf_ask ask = { .host = questions[_i].host,
		.names = questions[_i].names };
	struct mint_request request = { .names = NULL };
	const char *why = question_read(&ask, ca, &request);

	ck_assert_int_eq(why == NULL, questions[_i].out != NULL);
	if (why == NULL)
		assert_names(&request, questions[_i].out);
	free((struct host *)request.names);
}
END_TEST

static const struct {
	size_t n;
	bool covers, taken; /* the host is among them */
} bounds[] = {
	{ MINT_NAMES_MAX - 1, false, true },
	{ MINT_NAMES_MAX, false, false },
	{ MINT_NAMES_MAX - 1, true, true },
	{ MINT_NAMES_MAX + 1, true, false },
};

START_TEST(test_bounded)
{
	char text[MINT_NAMES_MAX * 16 + 32] = "";
	struct msg_leaf_ask ask = { .host = SLICE("n0.example") };
	struct mint_request request = { .names = NULL };
	size_t at = 0;

	for (size_t i = 0; i < bounds[_i].n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
		    "%sn%zu.example", i ? "\n" : "", i + !bounds[_i].covers);
	ask.names = slice_from(text, at);
	ck_assert_int_eq(
	    question_read(&ask, ca, &request) == NULL, bounds[_i].taken);
	free((struct host *)request.names);
}
END_TEST

static const struct {
	struct slice cn, org;
	uint64_t from, to;
	bool taken;
} rests[] = {
	{ { NULL, 0 }, { NULL, 0 }, 0, 0, true },
	{ WITH("CN"), WITH("O"), 1, 2, true },
	{ WITH("a, CN=b + O=c"), WITH("b\xc3\xbc"), 1, 2, true },
	{ WITH(C16 C16 C16 C16), WITH(C16 C16 C16 C16), 1, 2, true },
	{ WITH(C16 C16 C16 C16 "x"), { NULL, 0 }, 1, 2, false },
	{ { NULL, 0 }, WITH(C16 C16 C16 C16 "x"), 1, 2, false },
	{ WITH("a\nb"), { NULL, 0 }, 1, 2, false },
	{ WITH("a\0b"), { NULL, 0 }, 1, 2, false },
	{ { NULL, 0 }, WITH("a\xfc"), 1, 2, false },
	{ { NULL, 0 }, { NULL, 0 }, UINT64_MAX, 2, false },
	{ { NULL, 0 }, { NULL, 0 }, 1, UINT64_MAX, false },
};

START_TEST(test_rest)
{
	struct msg_leaf_ask ask = { .host = SLICE("a.example"),
		.cn = rests[_i].cn,
		.org = rests[_i].org,
		.not_before = rests[_i].from,
		.not_after = rests[_i].to };
	struct mint_request request = { .names = NULL };

	ck_assert_int_eq(
	    question_read(&ask, ca, &request) == NULL, rests[_i].taken);
	if (rests[_i].taken) {
		ck_assert_int_eq(request.not_before, (int64_t)rests[_i].from);
		ck_assert_int_eq(request.not_after, (int64_t)rests[_i].to);
	}
	free((struct host *)request.names);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *
suite_question(void)
{
	Suite *suite = suite_create("question");
	TCase *tc = tcase_create("question");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_names, 0, COUNT(questions));
	tcase_add_loop_test(tc, test_bounded, 0, COUNT(bounds));
	tcase_add_loop_test(tc, test_rest, 0, COUNT(rests));
	suite_add_tcase(suite, tc);
	return suite;
}
