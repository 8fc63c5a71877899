/*
 * auth: Basic credentials, and all that only looks like them.
 */
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "http/auth.h"

struct basic {
	const char *value;
	size_t max;                  /* 0: enough */
	const char *name, *password; /* NULL: refused */
};

static const struct basic basics[] = {
	{ "Basic dXNlcjpwYXNz", 0, "user", "pass" },
	{ "bASIC dXNlcjpwYXNz", 0, "user", "pass" },
	{ "Basic   dXNlcjpwYXNz", 0, "user", "pass" },
	{ "Basic YTpi", 0, "a", "b" },
	{ "Basic YTpiYg==", 0, "a", "bb" },
	{ "Basic YTpiYmI=", 0, "a", "bbb" },
	{ "Basic YTo6Og==", 0, "a", "::" },
	{ "Basic YTogIA==", 0, "a", "  " },
	{ "Basic w7w6w7w=", 0, "\xc3\xbc", "\xc3\xbc" },
	{ "Basic Pz8/Pz8/Oj4+Pj4+Pg==", 0, "??????", ">>>>>>" },
	{ "Basic dXNlcjpwYXNz", 9, "user", "pass" },
	{ "Basic dXNlcjpwYXNz", 8, NULL, NULL },
	{ "Basic dXNlcjpwYXNz", 1, NULL, NULL },
	/* another scheme, or none */
	{ "", 0, NULL, NULL },
	{ "Basic", 0, NULL, NULL },
	{ "Basic ", 0, NULL, NULL },
	{ "Bearer dXNlcjpwYXNz", 0, NULL, NULL },
	{ "Basicx dXNlcjpwYXNz", 0, NULL, NULL },
	{ "dXNlcjpwYXNz", 0, NULL, NULL },
	{ "Basic\tdXNlcjpwYXNz", 0, NULL, NULL },
	/* not base64, or another spelling of what has but one */
	{ "Basic dXNlcjpwYXN", 0, NULL, NULL },
	{ "Basic dXNlcjpwYXNz=", 0, NULL, NULL },
	{ "Basic dXNl cjpwYXNz", 0, NULL, NULL },
	{ "Basic dXNlcjpwYX-z", 0, NULL, NULL },
	{ "Basic dXNlcjpwYX\xc3\xbc", 0, NULL, NULL },
	{ "Basic YTpiYg=", 0, NULL, NULL },
	{ "Basic YTpiYg", 0, NULL, NULL },
	{ "Basic YTpiYh==", 0, NULL, NULL },
	{ "Basic YTpiYmJ=", 0, NULL, NULL },
	{ "Basic YTpiY===", 0, NULL, NULL },
	{ "Basic ====", 0, NULL, NULL },
	{ "Basic YTpiYg==YTpi", 0, NULL, NULL },
	{ "Basic YT=i", 0, NULL, NULL },
	{ "Basic YTpi, realm=x", 0, NULL, NULL },
	/* empty parts, no colon, control characters */
	{ "Basic dXNlcg==", 0, NULL, NULL },
	{ "Basic dXNlcjo=", 0, NULL, NULL },
	{ "Basic OnBhc3M=", 0, NULL, NULL },
	{ "Basic Og==", 0, NULL, NULL },
	{ "Basic YQA6Yg==", 0, NULL, NULL },
	{ "Basic YTpiAA==", 0, NULL, NULL },
	{ "Basic YTpiCg==", 0, NULL, NULL },
	{ "Basic YTpifw==", 0, NULL, NULL },
};

START_TEST(basic)
{
	const struct basic *b = &basics[_i];
	struct slice name = SLICE("-"), password = SLICE("-");
	char out[64];
	const char *words;

	memset(out, 'x', sizeof(out));
	words = auth_basic(slice_of(b->value), out,
	    b->max ? b->max : sizeof(out), &name, &password);
	ck_assert_msg((words == NULL) == (b->name != NULL), "%s: %s", b->value,
	    words ? words : "accepted");
	ck_assert(slice_eq_str(name, b->name ? b->name : "-"));
	ck_assert(slice_eq_str(password, b->password ? b->password : "-"));
	/* nothing behind max is touched, nothing refused is left */
	if (b->max)
		ck_assert_int_eq(out[b->max], 'x');
	for (size_t i = 0; words && i < sizeof(out); i++)
		ck_assert(out[i] == 0 || out[i] == 'x');
}
END_TEST

struct challenge {
	const char *value, *scheme;
};

static const struct challenge challenges[] = {
	{ "Basic YTpi", "Basic" },
	{ "Negotiate", "Negotiate" },
	{ "NTLM TlRM", "NTLM" },
	{ "", "" },
	{ " x", "" },
	{ "\"x\" y", "" },
};

START_TEST(scheme)
{
	ck_assert(slice_eq_str(auth_scheme(slice_of(challenges[_i].value)),
	    challenges[_i].scheme));
}
END_TEST

Suite *
suite_auth(void)
{
	Suite *suite = suite_create("auth");
	TCase *tcase = tcase_create("auth");

	tcase_add_loop_test(tcase, basic, 0, COUNT(basics));
	tcase_add_loop_test(tcase, scheme, 0, COUNT(challenges));
	suite_add_tcase(suite, tcase);
	return suite;
}
