/*
 * What a worker holds for the credential check: the filter and its key, the
 * names of accounts, names given a short time ago.
 */
#include "proxy/watch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "suites.h"

static struct watch *watch;
static struct conf *conf;

static void
read_conf(const char *more)
{
	struct bundle *bundle = bundle_new_memory();
	struct diags diags = { 0 };
	char *text = mem_printf(
	    "accounts file \"a\"\nfilter \"f\" key \"k\"\n%s", more);

	conf_free(conf);
	bundle_put(bundle, "t.conf", slice_of(text));
	conf = conf_parse(bundle, "t.conf", &diags);
	ck_assert_ptr_nonnull(conf);
	diags_clear(&diags);
	bundle_free(bundle);
	free(text);
}

static void
setup(void)
{
	conf = NULL;
	read_conf("watch { root, \"adm-*\" }\n");
	watch = watch_new();
}

static void
teardown(void)
{
	watch_free(watch);
	conf_free(conf);
}

static int
file_of(struct slice bytes)
{
	int fd = mapping_seal("test", bytes);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* What the supervisor makes of that deployment key. */
static void
give_key(const char *text)
{
	unsigned char bytes[TOKEN_KEY_LOOKUP];

	if (token_key_lookup(slice_of(text), bytes) == NULL)
		watch_set_key(watch, slice_from(bytes, sizeof(bytes)));
	else
		watch_set_key(watch, slice_of(text));
}

static const char key_text[] = "a key of this deployment";

static int
new_filter(void)
{
	struct filter_params params = FILTER_PARAMS_DEFAULT;
	const char *why;
	struct token_key *key = token_key_new(slice_of(key_text), &why);
	struct filter *filter;
	size_t size;
	void *mem;
	int fd;

	params.capacity = 100;
	size = filter_size(&params);
	ck_assert_int_eq(posix_memalign(&mem, 4096, size), 0);
	ck_assert_ptr_null(
	    filter_create(mem, size, &params, key, 1000, &filter));
	filter_seal(filter, 1000);
	fd = file_of(slice_from(mem, size));
	filter_close(filter);
	token_key_free(key);
	free(mem);
	return fd;
}

START_TEST(takes_filter_and_key)
{
	ck_assert_str_eq(watch_apply(watch, conf), "the filter did not come");
	watch_set_filter(watch, new_filter());
	ck_assert_str_eq(
	    watch_apply(watch, conf), "the key of the filter did not come");
	give_key(key_text);
	watch_set_filter(watch, new_filter());
	ck_assert_ptr_null(watch_apply(watch, conf));
	ck_assert_ptr_nonnull(watch->filter);
}
END_TEST

/* What is bad is told, and what was before stays. */
static const struct {
	const char *key, *filter, *why;
} bad[] = {
	{ "another key of somebody else", NULL,
	    "the filter was made with another key" },
	{ "short", NULL, NULL },
	{ key_text, "no filter", NULL },
};

START_TEST(keeps_the_one_before)
{
	struct filter *before;

	give_key(key_text);
	watch_set_filter(watch, new_filter());
	ck_assert_ptr_null(watch_apply(watch, conf));
	before = watch->filter;
	give_key(bad[_i].key);
	watch_set_filter(watch,
	    bad[_i].filter ? file_of(slice_of(bad[_i].filter)) : new_filter());
	ck_assert_ptr_nonnull(watch_apply(watch, conf));
	if (bad[_i].why)
		ck_assert_str_eq(watch_apply(watch, conf), bad[_i].why);
	ck_assert_ptr_eq(watch->filter, before);
	watch_set_filter(watch, -1);
	ck_assert_ptr_eq(watch->filter, before);
	give_key(key_text);
	watch_set_filter(watch, new_filter());
	ck_assert_ptr_null(watch_apply(watch, conf));
}
END_TEST

static void
give_names(const char *lines)
{
	watch_set_names(watch, file_of(slice_of(lines)));
}

static bool
names_to(const char *value, const char *wanted)
{
	struct slice account;

	if (!name_find(&watch->names, slice_of(value), &account))
		return wanted == NULL;
	return wanted && slice_eq_str(account, wanted);
}

START_TEST(knows_names)
{
	ck_assert(names_to("jdoe", NULL));
	give_names("\njdoe\tjdoe\njohn.doe@mail.example\tjdoe\nbroken\n"
		   "@corp.example\t-\n");
	ck_assert(names_to("JDoe", "jdoe"));
	ck_assert(names_to("CORP\\jdoe", "jdoe"));
	ck_assert(names_to("jdoe@corp.example", "jdoe"));
	ck_assert(names_to("jdoe@else.example", NULL));
	ck_assert(names_to("john.doe@mail.example", "jdoe"));
	ck_assert(names_to("broken", NULL));
	give_names("\nasmith\tasmith\n");
	ck_assert(names_to("jdoe", NULL));
	ck_assert(names_to("asmith", "asmith"));
	watch_set_names(watch, -1);
	ck_assert(names_to("asmith", "asmith"));
}
END_TEST

/* By name, and by pattern as far as names are known. */
START_TEST(watches_accounts)
{
	struct slice list[WATCH_WATCHED_MAX];
	char lines[400] = "\n";

	give_key(key_text);
	watch_set_filter(watch, new_filter());
	ck_assert_ptr_null(watch_apply(watch, conf));
	ck_assert_uint_eq(watch_watched(watch, list), 1);
	ck_assert(slice_eq_str(list[0], "root"));
	give_names("\nadm-1\tadm-1\njdoe\tjdoe\nadm-2\tadm-2\nroot\troot\n");
	ck_assert_uint_eq(watch_watched(watch, list), 3);
	ck_assert(slice_eq_str(list[2], "adm-2"));
	for (int i = 0; i < 20; i++)
		snprintf(lines + strlen(lines), 30, "adm-%d\tadm-%d\n", i, i);
	give_names(lines);
	ck_assert_uint_eq(watch_watched(watch, list), WATCH_WATCHED_MAX);
	read_conf("");
	ck_assert_ptr_null(watch_apply(watch, conf));
	ck_assert_uint_eq(watch_watched(watch, list), 0);
}
END_TEST

static void
assert_recent(const char *who, const char *site, const char *wanted)
{
	struct slice list[WATCH_RECENT_MAX];
	size_t n = watch_recent_names(
	    watch, slice_of(who), slice_of(site), list);
	char text[200] = "";

	for (size_t i = 0; i < n; i++)
		snprintf(text + strlen(text), 60, "%.*s ", SLICE_ARG(list[i]));
	ck_assert_str_eq(text, wanted);
}

START_TEST(remembers_names)
{
	char longer[700];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_recent("jdoe", "a.example", "");
	for (int i = 0; i < 6; i++) {
		char name[] = "name0";

		name[4] = (char)('0' + i);
		watch_remember_name(
		    watch, SLICE("jdoe"), SLICE("a.example"), slice_of(name));
	}
	watch_remember_name(
	    watch, SLICE("jdoe"), SLICE("a.example"), SLICE("name4"));
	assert_recent("jdoe", "a.example", "name4 name5 name3 name2 ");
	assert_recent("jdoe", "b.example", "");
	assert_recent("asmith", "a.example", "");
	watch_remember_name(
	    watch, slice_of(longer), SLICE("a.example"), SLICE("name"));
	assert_recent(longer, "a.example", "");
}
END_TEST

Suite *
suite_watch(void)
{
	Suite *suite = suite_create("watch");
	TCase *tcase = tcase_create("watch");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, takes_filter_and_key);
	tcase_add_loop_test(tcase, keeps_the_one_before, 0, COUNT(bad));
	tcase_add_test(tcase, knows_names);
	tcase_add_test(tcase, watches_accounts);
	tcase_add_test(tcase, remembers_names);
	suite_add_tcase(suite, tcase);
	return suite;
}
