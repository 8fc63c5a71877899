#include "policy/policy.h"

#include <stdlib.h>
#include <string.h>

#include "suites.h"

/* Thursday, 26 November 2026, 10:00 UTC */
#define THURSDAY_10 1795687200

static const char head[] = "accounts file \"accounts\"\n"
			   "group builders { alice }\n";

struct ask {
	const char *account, *client, *host, *addr, *method, *path, *loose;
	uint16_t port;
	time_t when;
	bool final;
};

static struct decision
ask_policy(const struct policy *policy, const struct ask *ask)
{
	struct host host = host_of(ask->host);
	struct addr addr = { 0 };
	struct subject subject = { .account = slice_of(ask->account),
		.client = addr_of(ask->client ? ask->client : "192.0.2.7"),
		.host = &host,
		.port = ask->port ? ask->port : 443,
		.method = slice_of(ask->method),
		.path = slice_of(ask->path),
		.path_loose = slice_of(ask->loose),
		.final = ask->final,
		.when = ask->when ? ask->when : THURSDAY_10 };

	if (ask->addr) {
		addr = addr_of(ask->addr);
		subject.addr = &addr;
	}
	return policy_decide(policy, &subject);
}

/* Rules, a subject, and what comes out: the verdict and the label. Where the
 * method or the path is left out, it isn't known. */
static const struct {
	const char *rules;
	struct ask ask;
	enum verdict verdict;
	const char *label;
} cases[] = {
	/* no rule matches */
	{ "", { .host = "a.example", .addr = "93.184.216.34" }, VERDICT_ALLOW,
	    "default" },
	{ "", { .host = "a.example", .addr = "10.0.0.1" }, VERDICT_DENY,
	    "default-internal" },
	{ "", { .host = "a.example" }, VERDICT_UNDECIDED, "default" },
	{ "", { .host = "a.example", .final = true }, VERDICT_ALLOW,
	    "default" },
	{ "", { .host = "127.0.0.1" }, VERDICT_DENY, "default-internal" },
	{ "", { .host = "169.254.169.254" }, VERDICT_DENY, "default-internal" },
	{ "", { .host = "93.184.216.34" }, VERDICT_ALLOW, "default" },

	/* the first that matches */
	{ "deny to a.example\nallow to a.example\n", { .host = "a.example" },
	    VERDICT_DENY, "t.conf:3" },
	{ "deny to a.example\nallow to *.example\n", { .host = "b.example" },
	    VERDICT_ALLOW, "t.conf:4" },
	{ "deny to a.example label \"why\"\n", { .host = "a.example" },
	    VERDICT_DENY, "why" },

	/* who */
	{ "deny user alice\nallow to any\n",
	    { .account = "alice", .host = "a.example" }, VERDICT_DENY,
	    "t.conf:3" },
	{ "deny user alice\nallow to any\n",
	    { .account = "bob", .host = "a.example" }, VERDICT_ALLOW,
	    "t.conf:4" },
	{ "deny not group builders\nallow to any\n",
	    { .account = "alice", .host = "a.example" }, VERDICT_ALLOW,
	    "t.conf:4" },
	{ "deny not group builders\nallow to any\n", { .host = "a.example" },
	    VERDICT_DENY, "t.conf:3" },

	/* from: a mapped client address is its IPv4 address */
	{ "deny from 192.0.2.0/24\nallow to any\n",
	    { .client = "::ffff:192.0.2.9", .host = "a.example" }, VERDICT_DENY,
	    "t.conf:3" },
	{ "deny from 192.0.2.0/24\nallow to any\n",
	    { .client = "192.0.3.9", .host = "a.example" }, VERDICT_ALLOW,
	    "t.conf:4" },

	/* the address counts, whatever it is wrapped in */
	{ "deny to 10.0.0.0/8\nallow to any\n", { .host = "a.example" },
	    VERDICT_UNDECIDED, "default" },
	{ "deny to 10.0.0.0/8\nallow to any\n",
	    { .host = "a.example", .final = true }, VERDICT_ALLOW, "t.conf:4" },
	{ "deny to 10.0.0.0/8\nallow to any\n",
	    { .host = "a.example", .addr = "10.2.3.4" }, VERDICT_DENY,
	    "t.conf:3" },
	{ "deny to 10.0.0.0/8\nallow to any\n",
	    { .host = "a.example", .addr = "64:ff9b::a02:304" }, VERDICT_DENY,
	    "t.conf:3" },
	{ "deny to 10.0.0.0/8\nallow to any\n", { .host = "0x0a.2.772" },
	    VERDICT_DENY, "t.conf:3" },
	{ "deny to 10.0.0.0/8\nallow to any\n", { .host = "[::ffff:10.2.3.4]" },
	    VERDICT_DENY, "t.conf:3" },
	{ "deny to internal\nallow to any\n", { .host = "[2002:a00:1::]" },
	    VERDICT_DENY, "t.conf:3" },
	{ "deny to internal\nallow to any\n", { .host = "a.example" },
	    VERDICT_UNDECIDED, "default-internal" },
	{ "deny to internal\nallow to any\n",
	    { .host = "a.example", .addr = "192.168.1.1" }, VERDICT_DENY,
	    "t.conf:3" },
	{ "allow not to internal\ndeny to any\n",
	    { .host = "a.example", .addr = "93.184.216.34" }, VERDICT_ALLOW,
	    "t.conf:3" },
	{ "allow not to internal\ndeny to any\n", { .host = "a.example" },
	    VERDICT_UNDECIDED, "" },
	{ "allow not to internal\ndeny to any\n",
	    { .host = "a.example", .final = true }, VERDICT_DENY, "t.conf:4" },

	/* `internal` replaces the private ranges and nothing else */
	{ "internal { 192.168.0.0/16, *.corp.example }\n",
	    { .host = "a.example", .addr = "10.0.0.1" }, VERDICT_ALLOW,
	    "default" },
	{ "internal { 192.168.0.0/16, *.corp.example }\n",
	    { .host = "a.example", .addr = "192.168.0.1" }, VERDICT_DENY,
	    "default-internal" },
	{ "internal { 192.168.0.0/16, *.corp.example }\n",
	    { .host = "w.corp.example" }, VERDICT_DENY, "default-internal" },
	{ "internal { 192.168.0.0/16, *.corp.example }\n",
	    { .host = "w.corp.example", .addr = "93.184.216.34" }, VERDICT_DENY,
	    "default-internal" },
	{ "internal { }\n", { .host = "a.example", .addr = "10.0.0.1" },
	    VERDICT_ALLOW, "default" },
	{ "internal { }\n", { .host = "a.example", .addr = "169.254.169.254" },
	    VERDICT_DENY, "default-internal" },
	{ "internal { }\n", { .host = "a.example", .addr = "::1" },
	    VERDICT_DENY, "default-internal" },
	{ "internal { }\n", { .host = "a.example", .addr = "224.0.0.1" },
	    VERDICT_DENY, "default-internal" },
	{ "internal { }\n", { .host = "0.0.0.0" }, VERDICT_DENY,
	    "default-internal" },

	/* ports, in a condition and in a list */
	{ "deny port { 25, 6000-6010 }\nallow to any\n",
	    { .host = "a.example", .port = 6010 }, VERDICT_DENY, "t.conf:3" },
	{ "deny port { 25, 6000-6010 }\nallow to any\n",
	    { .host = "a.example", .port = 6011 }, VERDICT_ALLOW, "t.conf:4" },
	{ "deny to { b.example, port 25 }\nallow to any\n",
	    { .host = "a.example", .port = 25 }, VERDICT_DENY, "t.conf:3" },

	/* methods and paths: unknown, known, final */
	{ "deny method PUT\nallow to any\n", { .host = "a.example" },
	    VERDICT_UNDECIDED, "" },
	{ "deny method PUT\nallow to any\n",
	    { .host = "a.example", .method = "put" }, VERDICT_DENY,
	    "t.conf:3" },
	{ "deny method PUT\nallow to any\n",
	    { .host = "a.example", .method = "GET" }, VERDICT_ALLOW,
	    "t.conf:4" },
	{ "deny method PUT\nallow to any\n",
	    { .host = "a.example", .final = true }, VERDICT_ALLOW, "t.conf:4" },
	{ "deny path /a\nallow to any\n", { .host = "a.example", .path = "/a" },
	    VERDICT_DENY, "t.conf:3" },
	{ "deny path /a/\nallow to any\n",
	    { .host = "a.example", .path = "/a/b" }, VERDICT_DENY, "t.conf:3" },
	{ "deny path /a\nallow to any\n",
	    { .host = "a.example", .path = "/ab" }, VERDICT_ALLOW, "t.conf:4" },
	{ "deny path /a\nallow to any\n", { .host = "a.example", .path = "/A" },
	    VERDICT_ALLOW, "t.conf:4" },
	/* a path that is read in two ways: deny in either, allow in both */
	{ "deny path /a/b\nallow to any\n",
	    { .host = "a.example", .path = "/a%2Fb", .loose = "/a/b" },
	    VERDICT_DENY, "t.conf:3" },
	{ "allow path /a%2Fb\ndeny to any\n",
	    { .host = "a.example", .path = "/a%2Fb", .loose = "/a/b" },
	    VERDICT_DENY, "t.conf:4" },
	{ "deny path /\nallow to any\n", { .host = "a.example", .path = "/x" },
	    VERDICT_DENY, "t.conf:3" },

	/* what can't change the outcome needn't be known */
	{ "deny method PUT\ndeny to any\n", { .host = "a.example" },
	    VERDICT_DENY, "t.conf:4" },
	{ "allow path /a\nallow to any\n", { .host = "a.example" },
	    VERDICT_ALLOW, "t.conf:4" },
	{ "allow path /a\ndeny method PUT\nallow to any\n",
	    { .host = "a.example" }, VERDICT_UNDECIDED, "" },
	{ "deny to b.example method PUT\nallow to any\n",
	    { .host = "a.example" }, VERDICT_ALLOW, "t.conf:4" },

	/* times; the test's time zone is UTC */
	{ "deny at thu 09:00-10:01\nallow to any\n", { .host = "a.example" },
	    VERDICT_DENY, "t.conf:3" },
	{ "deny at thu 09:00-10:00\nallow to any\n", { .host = "a.example" },
	    VERDICT_ALLOW, "t.conf:4" },
	{ "deny at thu 10:00-11:00\nallow to any\n", { .host = "a.example" },
	    VERDICT_DENY, "t.conf:3" },
	{ "deny at fri\nallow to any\n", { .host = "a.example" }, VERDICT_ALLOW,
	    "t.conf:4" },
	{ "deny at wed 22:00-10:30\nallow to any\n", { .host = "a.example" },
	    VERDICT_DENY, "t.conf:3" },
	{ "deny at thu 22:00-10:30\nallow to any\n", { .host = "a.example" },
	    VERDICT_ALLOW, "t.conf:4" },
	{ "deny at sun 22:00-06:00\nallow to any\n",
	    { .host = "a.example", .when = THURSDAY_10 + 3 * 86400 + 68400 },
	    VERDICT_DENY, "t.conf:3" },

	/* lists from a file */
	{ "deny to file \"list.txt\"\nallow to any\n",
	    { .host = "listed.example" }, VERDICT_DENY, "t.conf:3" },
	{ "deny to file \"list.txt\"\nallow to any\n",
	    { .host = "x.below.example" }, VERDICT_DENY, "t.conf:3" },
	{ "deny to file \"list.txt\"\nallow to any\n",
	    { .host = "below.example", .addr = "93.184.216.34" }, VERDICT_ALLOW,
	    "t.conf:4" },
	{ "deny to file \"list.txt\"\nallow to any\n",
	    { .host = "a.example", .addr = "198.51.100.7" }, VERDICT_DENY,
	    "t.conf:3" },
};

static void
set_utc(void)
{
	setenv("TZ", "UTC0", 1);
}

START_TEST(decide)
{
	struct policy *policy;
	struct decision decision;
	struct conf *conf;
	char text[300];

	snprintf(text, sizeof(text), "%s%s", head, cases[_i].rules);
	conf = conf_of(text);
	policy = policy_new(conf);
	decision = ask_policy(policy, &cases[_i].ask);
	ck_assert_int_eq(decision.verdict, cases[_i].verdict);
	ck_assert_ptr_null(decision.report);
	if (decision.verdict != VERDICT_UNDECIDED)
		ck_assert(
		    slice_eq_str(decision_label(&decision), cases[_i].label));
	policy_free(policy);
	conf_free(conf);
}
END_TEST

/* A report rule never decides: it is noted where the rest allows. */
START_TEST(report)
{
	static const struct {
		const char *rules, *host;
		enum verdict verdict;
		const char *report; /* NULL: none */
	} reports[] = {
		{ "report to a.example\nallow to any\n", "a.example",
		    VERDICT_ALLOW, "t.conf:3" },
		{ "report to a.example\ndeny to any\n", "a.example",
		    VERDICT_DENY, NULL },
		{ "report to b.example\nallow to any\n", "a.example",
		    VERDICT_ALLOW, NULL },
		{ "report to any\nreport to a.example\nallow to any\n",
		    "a.example", VERDICT_ALLOW, "t.conf:3" },
		{ "report to 10.0.0.0/8\n", "10.1.1.1", VERDICT_DENY, NULL },
	};

	for (size_t i = 0; i < COUNT(reports); i++) {
		struct ask ask = { .host = reports[i].host };
		struct decision decision;
		struct policy *policy;
		struct conf *conf;
		char text[300];

		snprintf(text, sizeof(text), "%s%s", head, reports[i].rules);
		conf = conf_of(text);
		policy = policy_new(conf);
		decision = ask_policy(policy, &ask);
		ck_assert_int_eq(decision.verdict, reports[i].verdict);
		ck_assert_int_eq(
		    decision.report != NULL, reports[i].report != NULL);
		if (decision.report)
			ck_assert(slice_eq_str(
			    decision.report->label, reports[i].report));
		policy_free(policy);
		conf_free(conf);
	}
}
END_TEST

static const struct {
	const char *account, *host, *addr;
	uint16_t port;
	bool decrypts;
} decrypts[] = {
	{ "kim", "a.example", NULL, 443, false },
	{ "alice", "a.example", NULL, 443, true },
	{ "alice", "w.bank.example", NULL, 443, false },
	{ "alice", "a.example", NULL, 8443, false },
	{ "alice", "a.example", "203.0.113.5", 443, false },
	{ "alice", "a.example", "203.0.114.5", 443, true },
	{ "bob", "shop.example", NULL, 443, true },
	{ "bob", "a.example", NULL, 443, false },
	{ NULL, "shop.example", NULL, 443, true },
	{ NULL, "listed.example", NULL, 443, false },
};

START_TEST(decrypt)
{
	struct conf *conf = conf_of(
	    "authority ca.crt key ca.key\n"
	    "group builders { alice }\n"
	    "decrypt none for user kim\n"
	    "decrypt all except { *.bank.example, port 8443, "
	    "203.0.113.0/24 } for group builders\n"
	    "decrypt { *.example, shop.example } except { a.example, "
	    "file \"list.txt\" }\n");
	struct policy *policy = policy_new(conf);
	struct host host = host_of(decrypts[_i].host);
	struct addr addr = { 0 };
	struct subject subject = { .account = slice_of(decrypts[_i].account),
		.host = &host,
		.port = decrypts[_i].port };

	if (decrypts[_i].addr) {
		addr = addr_of(decrypts[_i].addr);
		subject.addr = &addr;
	}
	ck_assert_int_eq(
	    policy_decrypts(policy, &subject), decrypts[_i].decrypts);
	policy_free(policy);
	conf_free(conf);
}
END_TEST

START_TEST(no_decrypt)
{
	struct conf *conf = conf_of("");
	struct policy *policy = policy_new(conf);
	struct host host = host_of("a.example");
	struct subject subject = { .host = &host, .port = 443 };

	ck_assert(!policy_decrypts(policy, &subject));
	ck_assert_ptr_null(policy_marks(policy, &subject));
	policy_free(policy);
	policy_free(NULL);
	conf_free(conf);
}
END_TEST

START_TEST(marks)
{
	static const struct {
		const char *account;
		uint32_t mark;
	} expected[] = { { "alice", 1 }, { "bob", 2 }, { "kim", 3 },
		{ NULL, 4 } };
	struct conf *conf = conf_of("group builders { alice }\n"
				    "group builders mark 1\n"
				    "user bob mark 2\n"
				    "user \"*\" mark 3\n"
				    "everyone mark 4\n");
	struct policy *policy = policy_new(conf);

	for (size_t i = 0; i < COUNT(expected); i++) {
		struct subject subject = { .account = slice_of(
					       expected[i].account) };

		ck_assert_uint_eq(
		    policy_marks(policy, &subject)->mark, expected[i].mark);
	}
	policy_free(policy);
	conf_free(conf);
}
END_TEST

static const struct {
	const char *host, *addr;
	bool internal;
} internals[] = {
	{ "localhost", "127.0.0.1", true },
	{ "a.example", "93.184.216.34", false },
	{ "a.example", "10.0.0.1", true },
	{ "a.example", "fd00::1", true },
	{ "a.example", "fe80::1", true },
	{ "a.example", "::ffff:127.0.0.1", true },
	{ "a.example", "64:ff9b::7f00:1", true },
	{ "a.example", NULL, false },
	{ "10.0.0.1", NULL, true },
	{ "[::]", NULL, true },
};

START_TEST(internal)
{
	struct conf *conf = conf_of("");
	struct policy *policy = policy_new(conf);
	struct host host = host_of(internals[_i].host);
	struct addr addr;

	if (internals[_i].addr)
		addr = addr_of(internals[_i].addr);
	ck_assert_int_eq(
	    policy_internal(policy, &host, internals[_i].addr ? &addr : NULL),
	    internals[_i].internal);
	policy_free(policy);
	conf_free(conf);
}
END_TEST

Suite *
suite_policy(void)
{
	Suite *suite = suite_create("policy");
	TCase *tcase = tcase_create("decisions");

	tcase_add_checked_fixture(tcase, set_utc, NULL);
	tcase_add_loop_test(tcase, decide, 0, COUNT(cases));
	tcase_add_test(tcase, report);
	tcase_add_loop_test(tcase, decrypt, 0, COUNT(decrypts));
	tcase_add_test(tcase, no_decrypt);
	tcase_add_test(tcase, marks);
	tcase_add_loop_test(tcase, internal, 0, COUNT(internals));
	suite_add_tcase(suite, tcase);
	return suite;
}
