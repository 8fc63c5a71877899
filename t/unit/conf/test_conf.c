#include "conf/conf.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "suites.h"

/* What an empty file means. */
START_TEST(defaults)
{
	struct conf *conf = conf_good("");
	char text[ADDR_TEXT_SIZE];

	ck_assert_uint_eq(conf->listeners.n, 1);
	ck_assert_str_eq(
	    addr_text_port(text, &conf->listeners.v[0].addr), "127.0.0.1:3128");
	ck_assert_ptr_null(conf->authority_cert);
	ck_assert_ptr_null(conf->accounts_file);
	ck_assert_ptr_null(conf->run_user);
	ck_assert_ptr_null(conf->host_name);
	ck_assert_str_eq(conf->realm, "sallyport");
	ck_assert_uint_eq(conf->workers, 0);
	ck_assert(conf->trust_system);
	ck_assert_uint_eq(conf->resolvers.n, 0);
	ck_assert_int_eq(conf->record_sink, RECORD_SYSLOG);
	ck_assert(!conf->foreign_allowed);
	ck_assert(!conf->internal_given);
	ck_assert_uint_eq(conf->decrypts.n, 0);
	ck_assert_uint_eq(conf->rules.n, 0);
	ck_assert_uint_eq(conf->limits.request_line, 8192);
	ck_assert_uint_eq(conf->timeouts.request, 30000);
	conf_free(conf);
}
END_TEST

/* Every condition lands where policy looks for it. */
START_TEST(conditions)
{
	struct conf *conf = conf_good(
	    "accounts file accounts\n"
	    "deny not user { Kim, \"ci-*\" } from 192.0.2.0/24 not to "
	    "internal port 80 method get at sat-sun 10:00-11:00\n");
	const struct rule *found = &conf->rules.v[0];

	ck_assert_int_eq(found->action, ACTION_DENY);
	ck_assert(found->who.negated);
	ck_assert_uint_eq(found->who.items.n, 2);
	ck_assert(slice_eq_str(found->who.items.v[0].pattern, "kim"));
	ck_assert(!found->who.items.v[0].is_group);
	ck_assert_uint_eq(found->from.v[0].len, 120);
	ck_assert(found->to_negated);
	ck_assert_int_eq(found->to.v[0].kind, DEST_INTERNAL);
	ck_assert_uint_eq(found->ports.v[0].from, 80);
	ck_assert_uint_eq(found->ports.v[0].to, 80);
	ck_assert(slice_eq_str(found->methods.v[0], "GET"));
	ck_assert_uint_eq(found->times.v[0].days, 0x60);
	ck_assert_uint_eq(found->times.v[0].from, 600);
	ck_assert_uint_eq(found->times.v[0].to, 660);
	ck_assert(slice_eq_str(found->label, "t.conf:2"));
	ck_assert_uint_eq(found->at.line, 2);
	conf_free(conf);
}
END_TEST

/* One list, however often it is named; names and networks apart. */
START_TEST(list)
{
	struct conf *conf = conf_good("deny to file \"list.txt\"\n"
				      "internal file \"list.txt\"\n");
	const struct dest_list *found = conf->dest_lists.v[0];

	ck_assert_uint_eq(conf->dest_lists.n, 1);
	ck_assert_ptr_eq(conf->rules.v[0].to.v[0].list, found);
	ck_assert_ptr_eq(conf->internal.v[0].list, found);
	ck_assert_uint_eq(found->names.n, 2);
	ck_assert(slice_eq_str(found->names.v[0].name, "a.example"));
	ck_assert(!found->names.v[0].wildcard);
	ck_assert(slice_eq_str(found->names.v[1].name, "b.example"));
	ck_assert(found->names.v[1].wildcard);
	ck_assert_uint_eq(found->prefixes.n, 1);
	conf_free(conf);
}
END_TEST

static const struct {
	const char *dir, *given, *path;
} paths[] = {
	{ "", "accounts", "accounts" },
	{ "", "../accounts", "../accounts" },
	{ "", "/etc/accounts", "/etc/accounts" },
	{ "etc/", "accounts", "etc/accounts" },
	{ "etc/", "../accounts", "etc/../accounts" },
	{ "/etc/", "accounts", "/etc/accounts" },
	{ "/etc/", "/accounts", "/accounts" },
};

START_TEST(path)
{
	struct bundle *bundle = bundle_new_memory();
	struct diags diags = { 0 };
	char *name = mem_printf("%st.conf", paths[_i].dir);
	char *text = mem_printf("accounts file \"%s\"\n", paths[_i].given);
	char *printed, *line;
	struct conf *conf;

	bundle_put(bundle, name, slice_of(text));
	conf = conf_load(bundle, name, &diags);
	ck_assert_ptr_nonnull(conf);
	ck_assert_str_eq(conf->accounts_file, paths[_i].path);
	printed = text_of_conf(conf);
	line = strstr(printed, "accounts file");
	ck_assert_ptr_nonnull(line);
	ck_assert(slice_starts(slice_of(line), slice_of(text)) ||
	    paths[_i].given[0] == '/');
	conf_free(conf);
	diags_clear(&diags);
	bundle_free(bundle);
	free(name);
	free(text);
	free(printed);
}
END_TEST

/* A file that isn't there; findings outlive what they were found in. */
START_TEST(missing)
{
	struct bundle *bundle = bundle_new_memory();
	struct diags diags = { 0 };
	char *text;

	ck_assert_ptr_null(conf_load(bundle, "none.conf", &diags));
	bundle_free(bundle);
	text = text_of_diags(&diags);
	ck_assert_str_eq(text,
	    "none.conf: error: can't be read: "
	    "No such file or directory\n");
	free(text);
	diags_clear(&diags);
	conf_free(NULL);
}
END_TEST

/* Whoever is handed the bundle finds the system's trust store in it, unless
 * the configuration does without. */
START_TEST(trust)
{
	static const struct {
		const char *text;
		bool system, wanted;
	} cases[] = { { "", true, true }, { "trust ca.crt", true, true },
		{ "trust only ca.crt", false, false },
		{ "trust only { ca.crt, system }", true, true } };
	struct bundle *bundle = bundle_new();
	struct diags diags = { 0 };
	struct slice found;
	struct conf *conf;
	bool here = access(CONF_SYSTEM_TRUST, R_OK) == 0;
	int fd;

	bundle_put(bundle, "t.conf", slice_of(cases[_i].text));
	bundle_put(bundle, "ca.crt", SLICE("-----BEGIN CERTIFICATE-----\n"));
	conf = conf_load(bundle, "t.conf", &diags);
	ck_assert_ptr_nonnull(conf);
	ck_assert_int_eq(conf->trust_system, cases[_i].system);
	conf_free(conf);
	diags_clear(&diags);
	fd = bundle_seal(bundle);
	bundle_free(bundle);
	bundle = bundle_from_fd(fd);
	ck_assert_ptr_nonnull(bundle);
	ck_assert_int_eq(bundle_get(bundle, CONF_SYSTEM_TRUST, &found) == 0,
	    here && cases[_i].wanted);
	bundle_free(bundle);
}
END_TEST

/* A hundred thousand names take no time to speak of and are all there. */
START_TEST(long_list)
{
	struct bundle *bundle = bundle_new_memory();
	struct diags diags = { 0 };
	char *text = mem_alloc(100000 * 20 + 1), *at = text;
	struct conf *conf;

	for (int i = 0; i < 100000; i++)
		at += sprintf(at, "n%d.example\n", i);
	bundle_put(bundle, "t.conf", SLICE("deny to file long.txt\n"));
	bundle_put(bundle, "long.txt", slice_of(text));
	conf = conf_load(bundle, "t.conf", &diags);
	ck_assert_ptr_nonnull(conf);
	ck_assert_uint_eq(conf->dest_lists.v[0]->names.n, 100000);
	ck_assert(slice_eq_str(
	    conf->dest_lists.v[0]->names.v[99999].name, "n99999.example"));
	conf_free(conf);
	diags_clear(&diags);
	bundle_free(bundle);
	free(text);
}
END_TEST

Suite *
suite_conf(void)
{
	Suite *suite = suite_create("conf");
	TCase *tcase = tcase_create("model");

	tcase_add_test(tcase, defaults);
	tcase_add_test(tcase, conditions);
	tcase_add_test(tcase, list);
	tcase_add_loop_test(tcase, path, 0, COUNT(paths));
	tcase_add_test(tcase, missing);
	tcase_add_loop_test(tcase, trust, 0, 4);
	tcase_add_test(tcase, long_list);
	suite_add_tcase(suite, tcase);
	return suite;
}
