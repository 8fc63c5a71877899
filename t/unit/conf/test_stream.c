#include "conf/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "suites.h"

/* f0.conf includes f1.conf, and so on, `n` files in all. */
static struct conf *
load_chain(unsigned n, struct diags *diags)
{
	struct bundle *bundle = bundle_new_memory();
	struct conf *conf;

	for (unsigned i = 0; i < n; i++) {
		char path[20], text[40];

		snprintf(path, sizeof(path), "f%u.conf", i);
		snprintf(text, sizeof(text), "include \"f%u.conf\"\n", i + 1);
		bundle_put(bundle, path,
		    i + 1 < n ? slice_of(text) : SLICE("realm deepest"));
	}
	conf = conf_load(bundle, "f0.conf", diags);
	bundle_free(bundle);
	return conf;
}

static const struct {
	unsigned n;
	bool good;
} depths[] = { { 1, true }, { CONF_INCLUDE_DEPTH, true },
	{ CONF_INCLUDE_DEPTH + 1, true }, { CONF_INCLUDE_DEPTH + 2, false } };

START_TEST(depth)
{
	struct diags diags = { 0 };
	struct conf *conf = load_chain(depths[_i].n, &diags);

	ck_assert_int_eq(conf != NULL, depths[_i].good);
	if (conf)
		ck_assert_str_eq(conf->realm, "deepest");
	else
		ck_assert_ptr_nonnull(
		    strstr(diags.v[0].text, "includes nest deeper"));
	conf_free(conf);
	diags_clear(&diags);
}
END_TEST

static char *
repeated(const char *line, size_t n)
{
	size_t len = strlen(line);
	char *text = mem_alloc(n * len + 1);

	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, line, len);
	text[n * len] = '\0';
	return text;
}

START_TEST(many_includes)
{
	struct bundle *bundle = bundle_new_memory();
	struct diags diags = { 0 };
	char *text = repeated("include part\n", CONF_INCLUDES_MAX + (size_t)_i);
	struct conf *conf;

	bundle_put(bundle, "part", SLICE("# nothing\n"));
	bundle_put(bundle, "t.conf", slice_of(text));
	conf = conf_load(bundle, "t.conf", &diags);
	ck_assert_int_eq(conf != NULL, _i == 0);
	ck_assert_uint_eq(diags.n, (size_t)_i);
	conf_free(conf);
	diags_clear(&diags);
	bundle_free(bundle);
	free(text);
}
END_TEST

START_TEST(file_size)
{
	static const struct {
		size_t over;
		bool good;
	} sizes[] = { { 0, true }, { 1, false } };
	struct bundle *bundle = bundle_new_memory();
	struct diags diags = { 0 };
	char *text = repeated("\n", CONF_FILE_MAX + sizes[_i].over);
	struct conf *conf;

	bundle_put(bundle, "t.conf", slice_of(text));
	conf = conf_load(bundle, "t.conf", &diags);
	ck_assert_int_eq(conf != NULL, sizes[_i].good);
	conf_free(conf);
	diags_clear(&diags);
	bundle_free(bundle);
	free(text);
}
END_TEST

/* Ten of the one before, again and again: said once, and soon. */
START_TEST(macro_growth)
{
	struct diags diags = { 0 };
	char text[2000], *at = text;
	struct conf *conf;

	at += sprintf(at, "m0 = x\n");
	for (int i = 1; i < 30; i++) {
		at += sprintf(at, "m%d = { ", i);
		for (int j = 0; j < 4; j++)
			at += sprintf(at, "$m%d ", i - 1);
		at += sprintf(at, "}\n");
	}
	conf = conf_of(text, &diags);
	ck_assert_ptr_null(conf);
	ck_assert_uint_gt(diags.n, 0);
	ck_assert_uint_lt(diags.n, 100);
	diags_clear(&diags);
}
END_TEST

START_TEST(expanded_total)
{
	char *items = repeated("a.example ", 5000);
	char *uses = repeated("deny to $all\n", 60);
	char *text = mem_printf("all = { %s }\n%s", items, uses);
	struct diags diags = { 0 };
	struct conf *conf = conf_of(text, &diags);

	ck_assert_ptr_null(conf);
	ck_assert_uint_eq(diags.errors, 1);
	ck_assert_ptr_nonnull(strstr(diags.v[0].text, "macros stand for"));
	diags_clear(&diags);
	free(items);
	free(uses);
	free(text);
}
END_TEST

START_TEST(macros)
{
	struct conf *conf = conf_good("a = one.example\n"
				      "b = { $a,\n two.example }\n"
				      "a = three.example\n"
				      "c = to $b port\n"
				      "allow $c { 80, { 443, { 8443 } } }\n"
				      "deny to $a\n");

	ck_assert(slice_eq_str(conf->rules.v[0].text,
	    "allow to { one.example, two.example } port { 80, 443, 8443 }"));
	ck_assert(slice_eq_str(conf->rules.v[1].text, "deny to three.example"));
	ck_assert_uint_eq(conf->rules.v[0].to.v[1].at.line, 6);
	conf_free(conf);
}
END_TEST

Suite *
suite_stream(void)
{
	Suite *suite = suite_create("stream");
	TCase *tcase = tcase_create("bounds");

	tcase_add_loop_test(tcase, depth, 0, COUNT(depths));
	tcase_add_loop_test(tcase, many_includes, 0, 2);
	tcase_add_loop_test(tcase, file_size, 0, 2);
	tcase_add_test(tcase, macro_growth);
	tcase_add_test(tcase, expanded_total);
	tcase_add_test(tcase, macros);
	suite_add_tcase(suite, tcase);
	return suite;
}
