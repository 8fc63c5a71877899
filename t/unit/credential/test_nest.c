/*
 * nest: layers inside each other, at random but the same at every run.
 *
 * A password is put into one to five codings; the scan must find it, within
 * its limits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "encode.h"
#include "found.h"

#define ROUNDS 4000
#define LAYERS_MAX 5

static const struct slice passwords[] = {
	SLICE("Summer2024!"),
	SLICE("p&ss=w+rd %41<\"'>\\/;:#?@{}|~"),
	SLICE("correct horse battery  staple"),
	SLICE("x7Qz!9-pR_Qz!9-pR_Qz!9-pR_Qz!9-pR_Qz!9-pR_"),
	SLICE("100%25+sure"),
};

static uint64_t
next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 11;
}

static bool
is_binary(enum encoding encoding)
{
	return encoding >= ENCODE_FIRST_BINARY;
}

/* A text without words around it, so that nothing says where it ends. */
static bool
is_bare(enum encoding encoding)
{
	return encoding == ENCODE_PERCENT || encoding == ENCODE_BASE64 ||
	    encoding == ENCODE_BASE64URL || encoding == ENCODE_HEX;
}

/* Codings that a sender can't put inside that one, or never would. */
static bool
goes(enum encoding inner, enum encoding outer, bool outermost)
{
	if (is_binary(inner) && !is_binary(outer))
		return outer == ENCODE_BASE64 || outer == ENCODE_BASE64URL ||
		    outer == ENCODE_HEX;
	if (is_binary(inner) && outer == ENCODE_UTF16)
		return false;
	/* a line holds a line */
	if (outer == ENCODE_LINES)
		return is_bare(inner) || inner == ENCODE_COUNT ||
		    inner == ENCODE_FORM;
	/* percent forms of percent forms: once is enough */
	if (outer == ENCODE_PERCENT)
		return !outermost && inner != ENCODE_PERCENT;
	return true;
}

static struct slice
build(uint64_t *state, struct slice password, char *ways)
{
	struct slice s = { slice_dup(password), password.n }, wrapped;
	unsigned layers = 1 + (unsigned)(next(state) % LAYERS_MAX), i;
	enum encoding inner = ENCODE_COUNT, outer;

	ways[0] = '\0';
	for (i = 0; i < layers; i++) {
		do
			outer = (enum encoding)(next(state) % ENCODE_COUNT);
		while (!goes(inner, outer, i + 1 == layers));
		wrapped = encode(outer, s);
		free((char *)(uintptr_t)s.p);
		s = wrapped;
		inner = outer;
		strcat(ways, " ");
		strcat(ways, encode_name(outer));
	}
	return s;
}

START_TEST(any_nest)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	uint64_t state = 88172645463325252u + (uint64_t)_i;
	char ways[256];
	struct slice password, s;
	unsigned round, missed = 0;

	password = passwords[_i];
	for (round = 0; round < ROUNDS / COUNT(passwords); round++) {
		s = build(&state, password, ways);
		scan_body(scan, s);
		if (found(scan, password) == NULL) {
			missed++;
			printf("not found: %.*s in%s\n", SLICE_ARG(password),
			    ways);
			fflush(stdout);
		}
		free((char *)(uintptr_t)s.p);
	}
	scan_free(scan);
	ck_assert_uint_eq(missed, 0);
}
END_TEST

Suite *
suite_nest(void)
{
	Suite *suite = suite_create("nest");
	TCase *tcase = tcase_create("nest");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, any_nest, 0, (int)COUNT(passwords));
	suite_add_tcase(suite, tcase);
	return suite;
}
