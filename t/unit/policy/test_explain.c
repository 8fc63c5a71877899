#include "policy/policy.h"

#include <stdlib.h>

#include "suites.h"

static const char rules[] = "accounts file \"accounts\"\n"
			    "report user bob to wiki.example\n"
			    "deny user alice\n"
			    "deny port 25\n"
			    "deny from 10.0.0.0/8\n"
			    "deny to 10.0.0.0/8\n"
			    "deny method PUT\n"
			    "deny path /admin\n"
			    "deny at mon 08:00-09:00\n"
			    "allow to *.example label \"the end\"\n";

static char *
explain(const struct subject *subject)
{
	struct conf *conf = conf_of(rules);
	struct policy *policy = policy_new(conf);
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	ck_assert_ptr_nonnull(out);
	policy_explain(policy, subject, out);
	ck_assert_int_eq(fclose(out), 0);
	policy_free(policy);
	conf_free(conf);
	return text;
}

START_TEST(whole)
{
	struct host host = host_of("wiki.example");
	struct addr addr = addr_of("93.184.216.34");
	struct subject subject = { .account = SLICE("bob"),
		.client = addr_of("192.0.2.7"),
		.host = &host,
		.addr = &addr,
		.port = 443,
		.method = SLICE("GET"),
		.path = SLICE("/a"),
		.when = 1795687200 };
	char *text;

	setenv("TZ", "UTC0", 1);
	text = explain(&subject);
	ck_assert_str_eq(text,
	    "t.conf:2: report user bob to wiki.example\n"
	    "\tyes, it would deny: reported, and the walk goes on\n"
	    "t.conf:3: deny user alice to any\n"
	    "\tno: the account is \"bob\"\n"
	    "t.conf:4: deny to any port 25\n"
	    "\tno: the port is 443\n"
	    "t.conf:5: deny from 10.0.0.0/8 to any\n"
	    "\tno: the client is 192.0.2.7\n"
	    "t.conf:6: deny to 10.0.0.0/8\n"
	    "\tno: the destination is wiki.example at 93.184.216.34\n"
	    "t.conf:7: deny to any method PUT\n"
	    "\tno: the method is GET\n"
	    "t.conf:8: deny to any path /admin\n"
	    "\tno: the path is /a\n"
	    "t.conf:9: deny to any at mon 08:00-09:00\n"
	    "\tno: it is thu 10:00\n"
	    "t.conf:10: allow to *.example\n"
	    "\tyes, this decides\n"
	    "allowed by \"the end\"\n"
	    "reported by \"t.conf:2\", which would deny\n");
	free(text);
}
END_TEST

START_TEST(little_known)
{
	struct host host = host_of("wiki.test");
	struct subject subject = { .client = addr_of("192.0.2.7"),
		.host = &host,
		.port = 443,
		.when = 1795687200 };
	char *text;

	setenv("TZ", "UTC0", 1);
	text = explain(&subject);
	ck_assert_str_eq(text,
	    "t.conf:2: report user bob to wiki.example\n"
	    "\tno: nobody is logged in\n"
	    "t.conf:3: deny user alice to any\n"
	    "\tno: nobody is logged in\n"
	    "t.conf:4: deny to any port 25\n"
	    "\tno: the port is 443\n"
	    "t.conf:5: deny from 10.0.0.0/8 to any\n"
	    "\tno: the client is 192.0.2.7\n"
	    "t.conf:6: deny to 10.0.0.0/8\n"
	    "\tmaybe: the destination is wiki.test, its address isn't known\n"
	    "t.conf:7: deny to any method PUT\n"
	    "\tmaybe: the method isn't known\n"
	    "t.conf:8: deny to any path /admin\n"
	    "\tmaybe: the path isn't known\n"
	    "t.conf:9: deny to any at mon 08:00-09:00\n"
	    "\tno: it is thu 10:00\n"
	    "t.conf:10: allow to *.example\n"
	    "\tno: the destination is wiki.test, its address isn't known\n"
	    "undecided: it depends on what isn't known yet\n");
	free(text);
}
END_TEST

Suite *
suite_explain(void)
{
	Suite *suite = suite_create("explain");
	TCase *tcase = tcase_create("words");

	tcase_add_test(tcase, whole);
	tcase_add_test(tcase, little_known);
	suite_add_tcase(suite, tcase);
	return suite;
}
