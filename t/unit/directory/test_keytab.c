/*
 * Keytabs, whole and cut at every byte.
 */
#include "directory/keytab.h"

#include <stdio.h>
#include <string.h>

#include "directory/negotiate.h"
#include "suites.h"

#define HOLE "\xff\xff\xff\xfc\0\0\0\0"
#define ENTRY                                                                  \
	"\0\0\0\x40"                                                           \
	"\0\2\0\x09"                                                           \
	"CORP.TEST"                                                            \
	"\0\4"                                                                 \
	"HTTP"                                                                 \
	"\0\x0a"                                                               \
	"proxy.test"                                                           \
	"\0\0\0\1"                                                             \
	"\0\0\0\0"                                                             \
	"\3"                                                                   \
	"\0\x11"                                                               \
	"\0\x10"                                                               \
	"0123456789abcdef"                                                     \
	"\0\0\1\3"

static char told[1000];

static void
on_entry(const struct keytab_entry *entry, void *arg)
{
	char line[700];

	snprintf(line, sizeof(line), "%s %u %u %.*s\n", entry->principal,
	    (unsigned)entry->kvno, entry->enctype, SLICE_ARG(entry->key));
	strcat(told, line);
}

static const struct {
	const char *what;
	struct slice file;
	const char *why; /* part of it */
	const char *told;
} cases[] = {
	{ "one", SLICE("\5\2" ENTRY), NULL,
	    "HTTP/proxy.test@CORP.TEST 259 17 0123456789abcdef\n" },
	{ "holes", SLICE("\5\2" HOLE ENTRY HOLE), NULL,
	    "HTTP/proxy.test@CORP.TEST 259 17 0123456789abcdef\n" },
	{ "nothing", SLICE("\5\2"), "no entries", "" },
	{ "a hole alone", SLICE("\5\2" HOLE), "no entries", "" },
	{ "old", SLICE("\5\1" ENTRY), "no keytab", "" },
	{ "empty", SLICE(""), "no keytab", "" },
	{ "text", SLICE("HTTP/x"), "no keytab", "" },
	{ "zero", SLICE("\5\2\0\0\0\0"), "cut off", "" },
	{ "huge",
	    SLICE("\5\2\x7f\xff\xff\xff"
		  "x"),
	    "cut off", "" },
	{ "huge hole",
	    SLICE("\5\2\x80\0\0\0"
		  "x"),
	    "cut off", "" },
	{ "lengths lie",
	    SLICE("\5\2\0\0\0\6\0\1\xff\xff"
		  "ab"),
	    "no sense", "" },
	{ "no components",
	    SLICE("\5\2\0\0\0\6\0\0\0\2"
		  "ab"),
	    "no sense", "" },
};

START_TEST(read_it)
{
	const char *why;

	told[0] = '\0';
	why = keytab_read(cases[_i].file, on_entry, NULL);
	ck_assert_msg((why == NULL) == (cases[_i].why == NULL), "%s: %s",
	    cases[_i].what, why ? why : "good");
	if (why)
		ck_assert_msg(strstr(why, cases[_i].why) != NULL, "%s: %s",
		    cases[_i].what, why);
	ck_assert_str_eq(told, cases[_i].told);
}
END_TEST

START_TEST(cut_anywhere)
{
	static const char whole[] = "\5\2" ENTRY;

	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		told[0] = '\0';
		ck_assert_ptr_nonnull(
		    keytab_read(slice_from(whole, n), on_entry, NULL));
	}
}
END_TEST

/* The first bytes of what clients send. */
static const struct {
	struct slice token;
	bool ntlm;
} tokens[] = {
	{ SLICE("NTLMSSP\0\1\0\0\0"), true },
	{ SLICE("\x60\x28\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x1e\x30\x1c\xa0"
		"\x0e\x30\x0c\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"),
	    true },
	{ SLICE("\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x06\x0a\x2b\x06"
		"\x01\x04\x01\x82\x37\x02\x02\x0a"),
	    false },
	{ SLICE("NTLMSSP"), false },
	{ SLICE(""), false },
};

START_TEST(ntlm)
{
	ck_assert_int_eq(negotiate_is_ntlm(tokens[_i].token), tokens[_i].ntlm);
}
END_TEST

/* Without keys, with them, and with what is no token. */
START_TEST(steps_without_a_ticket)
{
	struct negotiate *negotiate;
	struct negotiate_answer answer;

	negotiate_init();
	negotiate = negotiate_new();
	negotiate_step(negotiate, 1, 0, SLICE("x"), &answer);
	ck_assert_int_eq(answer.ret, NEGOTIATE_NO_KEY);
	ck_assert_ptr_nonnull(negotiate_set_keytab(negotiate, SLICE("x")));
	ck_assert_ptr_null(
	    negotiate_set_keytab(negotiate, SLICE("\5\2" ENTRY)));
	negotiate_step(negotiate, 1, 0, SLICE("x"), &answer);
	ck_assert_int_eq(answer.ret, NEGOTIATE_REFUSED);
	ck_assert_str_ne(answer.why, "");
	negotiate_step(negotiate, 1, 0, SLICE_EMPTY, &answer);
	ck_assert_int_eq(answer.ret, NEGOTIATE_REFUSED);
	negotiate_step(negotiate, 1, 12345, SLICE("x"), &answer);
	ck_assert_int_eq(answer.ret, NEGOTIATE_REFUSED);
	negotiate_step(negotiate, 1, 0, tokens[0].token, &answer);
	ck_assert_int_eq(answer.ret, NEGOTIATE_NTLM);
	negotiate_free(negotiate);
}
END_TEST

Suite *
suite_keytab(void)
{
	Suite *suite = suite_create("keytab");
	TCase *tcase = tcase_create("keytab");

	tcase_add_loop_test(tcase, read_it, 0, COUNT(cases));
	tcase_add_test(tcase, cut_anywhere);
	tcase_add_loop_test(tcase, ntlm, 0, COUNT(tokens));
	tcase_add_test(tcase, steps_without_a_ticket);
	suite_add_tcase(suite, tcase);
	return suite;
}
