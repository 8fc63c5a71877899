/*
 * Names of rules and what they stand for, without a resolver.
 */
#include "guard/namepins.h"

#include <string.h>

#include "conf/conf.h"
#include "guard/compile.h"
#include "suites.h"

static struct conf *
parse(const char *text)
{
	struct bundle *bundle = bundle_new_memory();
	struct diags diags = { .v = NULL };
	struct conf *conf;

	bundle_put(bundle, "t.conf", slice_of(text));
	conf = conf_load(bundle, "t.conf", &diags);
	diags_clear(&diags);
	bundle_free(bundle);
	ck_assert_ptr_nonnull(conf);
	return conf;
}

/* addrs: with a space between. */
static bool
set(struct namepins *pins, const char *name, const char *addrs)
{
	struct slice rest = slice_of(addrs), word;
	struct addr v[NAMEPINS_ADDRESSES + 8];
	const struct namepin *pin = namepins_find(pins, slice_of(name));
	size_t n = 0;

	ck_assert_ptr_nonnull(pin);
	while (slice_split(&rest, ' ', &word))
		if (word.n > 0)
			ck_assert_int_eq(addr_parse(word, &v[n++]), 0);
	return namepins_set(&pins->names[pin - pins->names], v, n);
}

START_TEST(each_name_once)
{
	struct conf *conf = parse("allow to { a.example, 8.8.8.8, b.example }\n"
				  "report to c.example\n"
				  "deny to A.example\n");
	struct namepins *pins = namepins_new(conf, NULL);

	ck_assert_uint_eq(pins->n, 2);
	ck_assert_ptr_nonnull(namepins_find(pins, SLICE("a.example")));
	ck_assert_ptr_null(namepins_find(pins, SLICE("c.example")));
	namepins_free(pins);
	conf_free(conf);
}
END_TEST

START_TEST(only_what_is_new_is_a_change)
{
	struct conf *conf = parse("allow to a.example\n");
	struct namepins *pins = namepins_new(conf, NULL);

	ck_assert(!set(pins, "a.example", ""));
	ck_assert(set(pins, "a.example", "9.9.9.9 2001:db8::1"));
	ck_assert(!set(pins, "a.example", "2001:db8::1 9.9.9.9"));
	ck_assert(!set(pins, "a.example", "2001:db8::1 ::ffff:9.9.9.9"));
	ck_assert(set(pins, "a.example", "9.9.9.9"));
	ck_assert(set(pins, "a.example", ""));
	ck_assert(!set(pins, "a.example", ""));
	ck_assert(set(pins, "a.example", "9.9.9.9"));
	namepins_free(pins);
	conf_free(conf);
}
END_TEST

START_TEST(addresses_have_a_limit)
{
	struct conf *conf = parse("allow to a.example\n");
	struct namepins *pins = namepins_new(conf, NULL);
	char text[1024] = "";

	for (int i = 0; i < NAMEPINS_ADDRESSES + 1; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "9.9.9.%d ", i);
	ck_assert(set(pins, "a.example", text));
	ck_assert_uint_eq(pins->names[0].n, NAMEPINS_ADDRESSES);
	namepins_free(pins);
	conf_free(conf);
}
END_TEST

static bool
allowed(const struct conf *conf, const struct namepins *pins, const char *to)
{
	struct compiler *compiler = compiler_new_pinned(conf, pins, 0);
	struct addr addr;
	const char *wrong;
	uint32_t profile, rule;
	bool fresh;

	ck_assert_int_eq(addr_parse(slice_of(to), &addr), 0);
	profile = compiler_profile(
	    compiler, SLICE("u"), NULL, 0, &fresh, &wrong);
	rule = compiler_find(compiler, profile, &addr, 443);
	compiler_free(compiler);
	return rule & GUARD_RULE_ALLOW;
}

/* Unanswered, a name allows nothing and denies what it was known to be. */
START_TEST(what_rules_make_of_them)
{
	struct conf *conf = parse("deny to bad.example\n"
				  "allow to good.example\n"
				  "allow to 8.8.8.0/24\n"
				  "deny to any\n");
	struct namepins *pins = namepins_new(conf, NULL), *later;

	ck_assert(!allowed(conf, pins, "9.9.9.9"));
	ck_assert(allowed(conf, pins, "8.8.8.8"));
	set(pins, "good.example", "9.9.9.9");
	set(pins, "bad.example", "8.8.8.8");
	ck_assert(allowed(conf, pins, "9.9.9.9"));
	ck_assert(!allowed(conf, pins, "9.9.9.8"));
	ck_assert(!allowed(conf, pins, "8.8.8.8"));
	ck_assert(allowed(conf, pins, "8.8.8.9"));
	set(pins, "good.example", "");
	set(pins, "bad.example", "");
	ck_assert(!allowed(conf, pins, "9.9.9.9"));
	ck_assert(!allowed(conf, pins, "8.8.8.8"));
	/* the next configuration goes on from there */
	later = namepins_new(conf, pins);
	ck_assert(!allowed(conf, later, "9.9.9.9"));
	ck_assert(!allowed(conf, later, "8.8.8.8"));
	set(later, "good.example", "9.9.9.9");
	ck_assert(allowed(conf, later, "9.9.9.9"));
	namepins_free(later);
	namepins_free(pins);
	conf_free(conf);
}
END_TEST

Suite *
suite_namepins(void)
{
	Suite *suite = suite_create("namepins");
	TCase *tcase = tcase_create("namepins");

	tcase_add_test(tcase, each_name_once);
	tcase_add_test(tcase, only_what_is_new_is_a_change);
	tcase_add_test(tcase, addresses_have_a_limit);
	tcase_add_test(tcase, what_rules_make_of_them);
	suite_add_tcase(suite, tcase);
	return suite;
}
