/*
 * The compiler against the evaluator it must agree with, on drawn rules and
 * packets; and on rules written by hand, what the kernel is given.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/prefix.h"
#include "draw.h"
#include "guard/compile.h"
#include "suites.h"

#define DRAWS 10000
#define PACKETS 40 /* of each draw */

/* 2026-11-26 11:00 and 13:00 UTC: inside and outside of the drawn times */
static const time_t moments[] = { 1795690800, 1795698000 };

static const char *
verdict_word(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_ALLOW:
		return "allow";
	case VERDICT_DENY:
		return "deny";
	case VERDICT_UNDECIDED:
		break;
	}
	return "undecided";
}

struct twin {
	const struct conf *conf;
	const struct policy *policy;
	struct compiler *compiler;
	enum compile_form form;
	time_t when;
};

static void
compare(const struct twin *pair, const char *account, const struct addr *addr,
    uint16_t port, int draw)
{
	struct subject subject = { .account = slice_of(account),
		.port = port,
		.addr = addr,
		.final = pair->form == COMPILE_HOST,
		.when = pair->when };
	struct decision decision = policy_decide(pair->policy, &subject);
	char text[ADDR_TEXT_SIZE];
	const char *wrong;
	uint32_t profile, rule;
	bool fresh, allowed, wanted;

	profile = compiler_profile(
	    pair->compiler, slice_of(account), NULL, 0, &fresh, &wrong);
	ck_assert_msg(profile, "draw %d: %s", draw, wrong);
	rule = compiler_find(pair->compiler, profile, addr, port);
	allowed = rule & GUARD_RULE_ALLOW;
	wanted = pair->form == COMPILE_HOST ? decision.verdict == VERDICT_ALLOW
					    : decision.verdict != VERDICT_DENY;
	ck_assert_msg(allowed == wanted,
	    "draw %d: %s to %s port %u: kernel %s, policy %s (%.*s)", draw,
	    account, addr_text(text, addr), port, allowed ? "allow" : "deny",
	    verdict_word(decision.verdict),
	    SLICE_ARG(decision_label(&decision)));
	if (pair->form == COMPILE_HOST && decision.rule)
		ck_assert_ptr_eq(decision.rule,
		    &pair->conf->rules.v[rule & GUARD_RULE_NUMBER]);
}

static void
run_draw(int number, enum compile_form form)
{
	struct draw draw;
	struct twin pair = { .form = form, .when = moments[number & 1] };
	struct policy *policy;

	draw_init(&draw, (uint64_t)number);
	pair.conf = draw_conf(&draw, form == COMPILE_PROXY);
	pair.policy = policy = policy_new(pair.conf);
	pair.compiler = compiler_new(pair.conf, form, pair.when);
	for (int i = 0; i < PACKETS; i++) {
		struct addr addr = draw_addr(&draw);

		compare(&pair, draw_accounts[i % DRAW_ACCOUNTS], &addr,
		    draw_port(&draw), number);
	}
	compiler_free(pair.compiler);
	policy_free(policy);
	draw_clear(&draw);
}

/* valgrind takes a hundred times as long, and has seen all after a few */
static int
count(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload") ? DRAWS / 100 : DRAWS;
}

START_TEST(host_draws_agree_with_policy)
{
	setenv("TZ", "UTC", 1);
	for (int i = 0; i < count(); i++)
		run_draw(i, COMPILE_HOST);
}
END_TEST

START_TEST(proxy_draws_agree_with_policy)
{
	setenv("TZ", "UTC", 1);
	for (int i = 0; i < count(); i++)
		run_draw(i, COMPILE_PROXY);
}
END_TEST

/* --- by hand --------------------------------------------------------------------- */

static const struct {
	const char *text;
	const char *account, *addr;
	uint16_t port;
	bool allowed;
	const char *label;
} written[] = {
	{ "allow user a to 10.1.0.0/16 port 22\ndeny to internal\n", "a",
	    "10.1.2.3", 22, true, "t.conf:1" },
	{ "allow user a to 10.1.0.0/16 port 22\ndeny to internal\n", "a",
	    "10.1.2.3", 23, false, "t.conf:2" },
	{ "allow user a to 10.1.0.0/16 port 22\ndeny to internal\n", "b",
	    "10.1.2.3", 22, false, "t.conf:2" },
	{ "allow user a to 10.1.0.0/16 port 22\n", "a", "10.1.2.3", 0, false,
	    "default-internal" },
	{ "deny to 8.8.8.8 port { 53, 80-90 }\n", "a", "8.8.8.8", 85, false,
	    "t.conf:1" },
	{ "deny to 8.8.8.8 port { 53, 80-90 }\n", "a", "8.8.8.8", 91, true,
	    "default" },
	{ "deny to 8.8.8.8 port { 53, 80-90 }\n", "a", "64:ff9b::808:808", 53,
	    false, "t.conf:1" },
	{ "deny to ::/0\n", "a", "8.8.8.8", 53, true, "default" },
	{ "deny to ::/0\n", "a", "2606:4700::1", 53, false, "t.conf:1" },
	{ "deny to 0.0.0.0/0\n", "a", "8.8.8.8", 53, false, "t.conf:1" },
	{ "group g { a }\nallow group g to 8.8.8.8\ndeny to any\n", "a",
	    "8.8.8.8", 53, true, "t.conf:2" },
	{ "group g { a }\nallow group g to 8.8.8.8\ndeny to any\n", "b",
	    "8.8.8.8", 53, false, "t.conf:3" },
	{ "allow not user a to 8.8.8.8\ndeny not to 9.9.9.9\n", "a", "8.8.8.8",
	    53, false, "t.conf:2" },
};

static struct conf *
parse(const char *text)
{
	struct bundle *bundle = bundle_new_memory();
	struct diags diags = { .v = NULL };
	struct conf *conf;

	bundle_put(bundle, "t.conf", slice_of(text));
	conf = conf_load(bundle, "t.conf", &diags);
	if (!conf)
		diags_print(&diags, stderr);
	diags_clear(&diags);
	bundle_free(bundle);
	return conf;
}

START_TEST(written_rules)
{
	struct conf *conf = parse(written[_i].text);
	struct compiler *compiler;
	struct addr addr;
	const char *wrong;
	uint32_t profile, rule;
	bool fresh;

	ck_assert_ptr_nonnull(conf);
	compiler = compiler_new(conf, COMPILE_HOST, 0);
	ck_assert_int_eq(addr_parse(slice_of(written[_i].addr), &addr), 0);
	profile = compiler_profile(
	    compiler, slice_of(written[_i].account), NULL, 0, &fresh, &wrong);
	ck_assert(fresh && profile == 1);
	rule = compiler_find(compiler, profile, &addr, written[_i].port);
	ck_assert_int_eq((rule & GUARD_RULE_ALLOW) != 0, written[_i].allowed);
	ck_assert(slice_eq_str(compile_label(conf, rule), written[_i].label));
	compiler_free(compiler);
	conf_free(conf);
}
END_TEST

static const struct {
	const char *text, *refusal;
	bool pinned;
} refused[] = {
	{ "deny to www.example\n", "name" },
	{ "deny to { 8.8.8.8, *.example }\n", "name" },
	{ "deny method GET\n", "method" },
	{ "deny path /a\n", "path" },
	{ "deny from 10.0.0.0/8\n", "client" },
	{ "deny to 8.8.8.8\n", NULL },
	{ "deny user a at sat\n", NULL },
	{ "report to www.example\n", NULL },
	{ "deny to www.example\n", NULL, true },
	{ "allow to { 8.8.8.8, www.example }\n", NULL, true },
	{ "deny to *.example\n", "pattern", true },
	{ "allow not to www.example\n", "behind", true },
	{ "deny to www.example path /a\n", "path", true },
};

START_TEST(refusals)
{
	struct conf *conf = parse(refused[_i].text);
	const char *words;

	ck_assert_ptr_nonnull(conf);
	words = compile_refusal(&conf->rules.v[0], refused[_i].pinned);
	if (refused[_i].refusal)
		ck_assert_ptr_nonnull(strstr(words, refused[_i].refusal));
	else
		ck_assert_ptr_null(words);
	conf_free(conf);
}
END_TEST

/* --- limits and places ------------------------------------------------------------ */

static const char *
build_ports(unsigned n, unsigned apart)
{
	char *text = mem_dup("deny to 8.8.8.8 port { ");
	struct compiler *compiler;
	struct conf *conf;
	const char *wrong;
	bool fresh;

	for (unsigned i = 0; i < n; i++) {
		char *more = mem_printf("%s%u ", text, 1 + i * apart);

		free(text);
		text = more;
	}
	text = mem_resize(text, strlen(text) + 3, 1);
	conf = parse(strcat(text, "}\n"));
	free(text);
	ck_assert_ptr_nonnull(conf);
	compiler = compiler_new(conf, COMPILE_HOST, 0);
	compiler_profile(compiler, SLICE("a"), NULL, 0, &fresh, &wrong);
	compiler_free(compiler);
	conf_free(conf);
	return wrong;
}

START_TEST(port_ranges_have_a_limit)
{
	/* n ports apart make 2 n + 1 clauses */
	ck_assert_ptr_null(build_ports(31, 2));
	ck_assert_ptr_nonnull(build_ports(32, 2));
	/* side by side they are one */
	ck_assert_ptr_null(build_ports(200, 1));
}
END_TEST

START_TEST(accounts_with_the_same_rules_share)
{
	struct conf *conf = parse("group g { a, b }\ndeny group g to 8.8.8.8\n"
				  "allow user c to 10.0.0.1\n");
	struct compiler *compiler = compiler_new(conf, COMPILE_HOST, 0);
	struct slice group = SLICE("g");
	const char *wrong;
	bool fresh;

	ck_assert_uint_eq(
	    compiler_profile(compiler, SLICE("a"), NULL, 0, &fresh, &wrong), 1);
	ck_assert(fresh);
	ck_assert_uint_eq(
	    compiler_profile(compiler, SLICE("b"), NULL, 0, &fresh, &wrong), 1);
	ck_assert(!fresh);
	ck_assert_uint_eq(
	    compiler_profile(compiler, SLICE("c"), NULL, 0, &fresh, &wrong), 2);
	ck_assert_uint_eq(
	    compiler_profile(compiler, SLICE("z"), &group, 1, &fresh, &wrong),
	    1);
	ck_assert_uint_eq(compiler_profiles(compiler), 2);
	compiler_free(compiler);
	conf_free(conf);
}
END_TEST

START_TEST(places_allow_nothing_else)
{
	static const struct {
		const char *addr;
		uint16_t port;
		bool allowed;
	} asked[] = { { "10.0.0.53", 53, true }, { "10.0.0.53", 54, false },
		{ "10.0.0.54", 53, false }, { "2001:db8::1", 0, true },
		{ "2001:db8::1", 9, true }, { "2001:db9::1", 9, false } };
	static const uint16_t ports[] = { 53, 0 };
	struct prefix prefixes[2];
	struct cells cells;
	struct sets sets;

	prefix_parse(SLICE("10.0.0.53"), &prefixes[0]);
	prefix_parse(SLICE("2001:db8::/32"), &prefixes[1]);
	sets_init(&sets);
	ck_assert_ptr_null(compile_places(&cells, &sets, prefixes, ports, 2));
	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		struct addr addr;

		addr_parse(slice_of(asked[i].addr), &addr);
		ck_assert_int_eq(
		    (cells_find(&cells, &sets, &addr, asked[i].port) &
			GUARD_RULE_ALLOW) != 0,
		    asked[i].allowed);
	}
	cells_clear(&cells);
	sets_clear(&sets);
}
END_TEST

Suite *
suite_compile(void)
{
	Suite *suite = suite_create("compile");
	TCase *hand = tcase_create("hand"), *drawn = tcase_create("drawn");

	tcase_add_loop_test(
	    hand, written_rules, 0, sizeof(written) / sizeof(*written));
	tcase_add_loop_test(
	    hand, refusals, 0, sizeof(refused) / sizeof(*refused));
	tcase_add_test(hand, port_ranges_have_a_limit);
	tcase_add_test(hand, accounts_with_the_same_rules_share);
	tcase_add_test(hand, places_allow_nothing_else);
	tcase_set_timeout(drawn, 300);
	tcase_add_test(drawn, host_draws_agree_with_policy);
	tcase_add_test(drawn, proxy_draws_agree_with_policy);
	suite_add_tcase(suite, hand);
	suite_add_tcase(suite, drawn);
	return suite;
}
