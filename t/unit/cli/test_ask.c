/*
 * Passwords from standard input, and made ones.
 */
#include "cli/ask.h"

#include <string.h>
#include <unistd.h>

#include "directory/hash.h"
#include "suites.h"

static char longest[PASSWORD_MAX_LEN + 3];

static const struct {
	const char *input;
	const char *want; /* NULL: refused */
} inputs[] = {
	{ "secret\n", "secret" },
	{ "secret\r\n", "secret" },
	{ "secret", "secret" },
	{ "two words \nnext\n", "two words " },
	{ "", "" },
	{ "\n", "" },
	{ "sec\003", NULL },
};

/* Standard input of the test's own process, which Check has forked. */
static void
feed(const char *text, size_t n)
{
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], text, n), (ssize_t)n);
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
}

START_TEST(test_stdin)
{
	struct secret got = { NULL, 0, 0 };
	const char *why = NULL;

	feed(inputs[_i].input, strlen(inputs[_i].input));
	if (!inputs[_i].want) {
		ck_assert_int_eq(ask_stdin(&got, &why), -1);
		ck_assert_ptr_nonnull(why);
		return;
	}
	ck_assert_int_eq(ask_stdin(&got, &why), 0);
	ck_assert(slice_eq_str(secret_slice(&got), inputs[_i].want));
	secret_clear(&got);
}
END_TEST

/* One less than the longest, the longest, one more. */
START_TEST(test_length)
{
	size_t n = (size_t)(PASSWORD_MAX_LEN + _i);
	struct secret got = { NULL, 0, 0 };
	const char *why = NULL;

	memset(longest, 'x', n);
	longest[n] = '\n';
	feed(longest, n + 1);
	ck_assert_int_eq(ask_stdin(&got, &why), _i > 0 ? -1 : 0);
	ck_assert_uint_eq(got.n, _i > 0 ? 0 : n);
	secret_clear(&got);
}
END_TEST

START_TEST(test_generated)
{
	char one[ASK_GENERATED_SIZE], two[ASK_GENERATED_SIZE];

	ask_generate(one);
	ask_generate(two);
	ck_assert_str_ne(one, two);
	ck_assert_uint_eq(strlen(one), ASK_GENERATED_SIZE - 1);
	for (size_t i = 0; one[i]; i++)
		if (i % 6 == 5)
			ck_assert_int_eq(one[i], '-');
		else
			ck_assert_ptr_nonnull(
			    strchr("abcdefghjkmnpqrstuvwxyz23456789", one[i]));
}
END_TEST

Suite *
suite_ask(void)
{
	Suite *suite = suite_create("ask");
	TCase *tc = tcase_create("ask");

	tcase_add_loop_test(
	    tc, test_stdin, 0, (int)(sizeof(inputs) / sizeof(*inputs)));
	tcase_add_loop_test(tc, test_length, -1, 2);
	tcase_add_test(tc, test_generated);
	suite_add_tcase(suite, tc);
	return suite;
}
