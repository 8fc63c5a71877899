/*
 * credentials: which rule decides about a password, and what holds where
 * that isn't known yet.
 */
#include "policy/policy.h"

#include "suites.h"

static const char head[] = "accounts file \"accounts\"\n"
			   "authority \"ca.crt\" key \"ca.key\"\n"
			   "decrypt all\n"
			   "alert command \"hook\"\n"
			   "group pilots { kim }\n"
			   "filter \"filter\" key \"key\"\n";

static const struct {
	const char *rules, *account, *host, *addr, *path;
	enum credential_action action;
	const char *label;
} cases[] = {
	/* the default */
	{ "", "kim", "a.example", "93.184.216.34", "/", CREDENTIAL_BLOCK,
	    "default" },
	{ "", "kim", "a.example", "10.0.0.1", "/", CREDENTIAL_PERMIT,
	    "default-internal" },
	{ "", "kim", "a.example", NULL, "/", CREDENTIAL_BLOCK, "default" },
	{ "", "kim", "10.0.0.1", NULL, "/", CREDENTIAL_PERMIT,
	    "default-internal" },
	/* the first that matches */
	{ "credentials permit to sso.example label p\n"
	  "credentials block to any label b\n",
	    "kim", "sso.example", "93.184.216.34", "/", CREDENTIAL_PERMIT,
	    "p" },
	{ "credentials permit to sso.example label p\n"
	  "credentials block to any label b\n",
	    "kim", "a.example", "10.0.0.1", "/", CREDENTIAL_BLOCK, "b" },
	{ "credentials report group pilots label r\n"
	  "credentials continue label c\n",
	    "kim", "a.example", "93.184.216.34", "/", CREDENTIAL_REPORT, "r" },
	{ "credentials report group pilots label r\n"
	  "credentials continue label c\n",
	    "lee", "a.example", "93.184.216.34", "/", CREDENTIAL_CONTINUE,
	    "c" },
	{ "credentials permit path /api label p\n", "kim", "a.example",
	    "93.184.216.34", "/api/x", CREDENTIAL_PERMIT, "p" },
	{ "credentials permit port 80 label p\n", "kim", "a.example",
	    "93.184.216.34", "/", CREDENTIAL_BLOCK, "default" },
	/* what isn't known yet: the strictest */
	{ "credentials permit to 198.51.100.0/24 label p\n", "kim", "a.example",
	    NULL, "/", CREDENTIAL_BLOCK, "default" },
	{ "credentials block to 198.51.100.0/24 label b\n"
	  "credentials permit label p\n",
	    "kim", "a.example", NULL, "/", CREDENTIAL_BLOCK, "b" },
	{ "credentials report to internal label r\n"
	  "credentials continue label c\n",
	    "kim", "a.example", NULL, "/", CREDENTIAL_CONTINUE, "c" },
	{ "credentials continue to internal label c\n"
	  "credentials report label r\n",
	    "kim", "a.example", NULL, "/", CREDENTIAL_CONTINUE, "c" },
	{ "credentials permit path /api label p\n", "kim", "a.example",
	    "93.184.216.34", NULL, CREDENTIAL_BLOCK, "default" },
};

static const struct credential_rule *
ask(const struct policy *policy, size_t i, bool *checked)
{
	struct host host = host_of(cases[i].host);
	struct addr addr = { 0 };
	struct subject subject = { .account = slice_of(cases[i].account),
		.client = addr_of("192.0.2.7"),
		.host = &host,
		.port = 443,
		.method = SLICE("POST"),
		.path = slice_of(cases[i].path) };

	if (cases[i].addr) {
		addr = addr_of(cases[i].addr);
		subject.addr = &addr;
	}
	return policy_credentials(policy, &subject, checked);
}

START_TEST(decide)
{
	char text[1024];
	struct conf *conf;
	struct policy *policy;
	const struct credential_rule *rule;
	bool checked;

	snprintf(text, sizeof(text), "%s%s", head, cases[_i].rules);
	conf = conf_of(text);
	policy = policy_new(conf);
	rule = ask(policy, _i, &checked);
	ck_assert_ptr_nonnull(rule);
	ck_assert_int_eq(rule->action, cases[_i].action);
	ck_assert_int_eq(checked, cases[_i].action != CREDENTIAL_PERMIT);
	ck_assert_msg(slice_eq_str(rule->label, cases[_i].label),
	    "decided by %.*s", SLICE_ARG(rule->label));
	policy_free(policy);
	conf_free(conf);
}
END_TEST

START_TEST(no_filter)
{
	struct conf *conf = conf_of("");
	struct policy *policy = policy_new(conf);
	bool checked = true;

	ck_assert_ptr_null(ask(policy, 0, &checked));
	ck_assert(!checked);
	policy_free(policy);
	conf_free(conf);
}
END_TEST

Suite *
suite_credentials(void)
{
	Suite *suite = suite_create("credentials");
	TCase *tcase = tcase_create("credentials");

	tcase_add_loop_test(tcase, decide, 0, COUNT(cases));
	tcase_add_test(tcase, no_filter);
	suite_add_tcase(suite, tcase);
	return suite;
}
