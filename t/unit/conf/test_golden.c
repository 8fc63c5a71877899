/*
 * Whole files: t/conf/good/NAME.conf gives the canonical text NAME.out, which
 * gives itself again; with NAME.err, those warnings. t/conf/bad/NAME.conf is
 * refused with the findings NAME.err. Files without either are included by
 * others. GOLDEN_WRITE=1 in the environment writes what is found.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "suites.h"

static void
enter(const char *dir)
{
	const char *srcdir = getenv("srcdir");
	char *path = mem_printf("%s/%s", srcdir ? srcdir : ".", dir);

	ck_assert_msg(chdir(path) == 0, "no directory %s", path);
	free(path);
}

/* One that doesn't need the system's trust store to be installed. */
static struct bundle *
new_bundle(void)
{
	struct bundle *bundle = bundle_new();

	bundle_put(bundle, CONF_SYSTEM_TRUST, SLICE_EMPTY);
	return bundle;
}

/* NULL where there is no such file. */
static char *
read_text(const char *path)
{
	struct bundle *bundle = bundle_new();
	struct slice text;
	char *copy = NULL;

	if (bundle_get(bundle, path, &text) == 0)
		copy = slice_dup(text);
	bundle_free(bundle);
	return copy;
}

static void
compare(const char *path, const char *found)
{
	char *expected;

	if (getenv("GOLDEN_WRITE")) {
		FILE *out = fopen(path, "w");

		ck_assert_ptr_nonnull(out);
		fputs(found, out);
		ck_assert_int_eq(fclose(out), 0);
	}
	expected = read_text(path);
	ck_assert_msg(expected != NULL, "no file %s", path);
	ck_assert_msg(strcmp(expected, found) == 0, "%s says\n%s\nfound\n%s",
	    path, expected, found);
	free(expected);
}

static int
is_conf(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 5 && strcmp(entry->d_name + n - 5, ".conf") == 0;
}

static char *
sibling(const char *path, const char *ending)
{
	return mem_printf("%.*s%s", (int)strlen(path) - 5, path, ending);
}

static void
each(void (*judge)(const char *path), size_t least)
{
	struct dirent **entries;
	int n = scandir(".", &entries, is_conf, alphasort);

	ck_assert_int_ge(n, (int)least);
	for (int i = 0; i < n; i++) {
		judge(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

/* The canonical text, in the place of the file it came from. */
static void
check_round_trip(const char *path, const char *text)
{
	struct bundle *bundle = new_bundle();
	struct diags diags = { 0 };
	struct conf *conf;
	char *again;

	bundle_put(bundle, path, slice_of(text));
	conf = conf_load(bundle, path, &diags);
	ck_assert_msg(conf != NULL, "%s: its canonical text is refused", path);
	again = text_of_conf(conf);
	ck_assert_str_eq(text, again);
	free(again);
	conf_free(conf);
	diags_clear(&diags);
	bundle_free(bundle);
}

static void
judge_good(const char *path)
{
	struct bundle *bundle = new_bundle();
	struct diags diags = { 0 };
	struct conf *conf = conf_load(bundle, path, &diags);
	char *said = text_of_diags(&diags), *text;
	char *err = sibling(path, ".err"), *out = sibling(path, ".out");

	ck_assert_msg(conf != NULL, "%s is refused:\n%s", path, said);
	text = text_of_conf(conf);
	compare(out, text);
	if (said[0] || access(err, F_OK) == 0)
		compare(err, said);
	check_round_trip(path, text);
	conf_free(conf);
	diags_clear(&diags);
	bundle_free(bundle);
	free(said);
	free(text);
	free(err);
	free(out);
}

static void
judge_bad(const char *path)
{
	struct bundle *bundle = new_bundle();
	struct diags diags = { 0 };
	char *err = sibling(path, ".err"), *said;

	if (access(err, F_OK) == 0) {
		ck_assert_ptr_null(conf_load(bundle, path, &diags));
		ck_assert_uint_gt(diags.errors, 0);
		said = text_of_diags(&diags);
		compare(err, said);
		free(said);
		diags_clear(&diags);
	}
	free(err);
	bundle_free(bundle);
}

START_TEST(good)
{
	enter("t/conf/good");
	each(judge_good, 6);
}
END_TEST

START_TEST(bad)
{
	enter("t/conf/bad");
	each(judge_bad, 6);
}
END_TEST

/* What is handed out must be a configuration: with the files that quickstart
 * makes, it has nothing to remark. */
START_TEST(sample)
{
	static const char *const paths[] = { "etc/proxy.conf.sample",
		"etc/minimal.conf" };
	struct bundle *bundle = bundle_new_memory();
	struct diags diags = { 0 };
	char *text, *said;
	struct conf *conf;

	enter(".");
	text = read_text(paths[_i]);
	ck_assert_ptr_nonnull(text);
	bundle_put(bundle, "etc/proxy.conf", slice_of(text));
	bundle_put(bundle, "etc/../certs/ca.crt",
	    SLICE("-----BEGIN CERTIFICATE-----\n"));
	conf = conf_load(bundle, "etc/proxy.conf", &diags);
	said = text_of_diags(&diags);
	ck_assert_str_eq(said, "");
	ck_assert_ptr_nonnull(conf);
	ck_assert_str_eq(conf->authority_key, "etc/../certs/ca.key");
	conf_free(conf);
	diags_clear(&diags);
	bundle_free(bundle);
	free(text);
	free(said);
}
END_TEST

/* Every example that the sample has in comments is one, too: it may lack the
 * groups and files it names, but nothing else is wrong. */
START_TEST(sample_comments)
{
	struct bundle *bundle = bundle_new_memory();
	struct diags diags = { 0 };
	struct slice rest, line;
	char *text, *all = mem_dup("");

	enter(".");
	text = read_text("etc/proxy.conf.sample");
	rest = slice_of(text);
	while (slice_split(&rest, '\n', &line)) {
		char *longer;

		if (line.n < 2 || line.p[0] != '#' || line.p[1] == ' ' ||
		    slice_starts(line, SLICE("#trust")) ||
		    slice_starts(line, SLICE("#record")))
			continue;
		longer = mem_printf(
		    "%s%.*s\n", all, (int)line.n - 1, line.p + 1);
		free(all);
		all = longer;
	}
	bundle_put(bundle, "t.conf", slice_of(all));
	ck_assert_ptr_null(conf_load(bundle, "t.conf", &diags));
	for (size_t i = 0; i < diags.n; i++)
		ck_assert_msg(!diags.v[i].is_error ||
			strstr(diags.v[i].text, "unknown group") ||
			strstr(diags.v[i].text, "can't be read") ||
			strstr(diags.v[i].text, "needs an \"authority\""),
		    "%s: %s", diags.v[i].line, diags.v[i].text);
	ck_assert_uint_gt(diags.n, 0);
	diags_clear(&diags);
	bundle_free(bundle);
	free(text);
	free(all);
}
END_TEST

Suite *
suite_golden(void)
{
	Suite *suite = suite_create("golden");
	TCase *tcase = tcase_create("files");

	tcase_add_test(tcase, good);
	tcase_add_test(tcase, bad);
	tcase_add_loop_test(tcase, sample, 0, 2);
	tcase_add_test(tcase, sample_comments);
	suite_add_tcase(suite, tcase);
	return suite;
}
