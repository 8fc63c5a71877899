/*
 * The names of accounts, and how they are written down.
 */
#include "directory/roster.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mapping.h"
#include "conf/conf.h"
#include "suites.h"

static struct conf *
conf_of(const char *text)
{
	struct bundle *bundle = bundle_new_memory();
	struct diags diags = { 0 };
	struct conf *conf;

	bundle_put(bundle, "t.conf", slice_of(text));
	conf = conf_parse(bundle, "t.conf", &diags);
	ck_assert_ptr_nonnull(conf);
	diags_clear(&diags);
	bundle_free(bundle);
	return conf;
}

START_TEST(test_names)
{
	struct roster *roster = roster_new();

	ck_assert(roster_add(roster, SLICE("JDoe")));
	ck_assert(!roster_add(roster, SLICE("jdoe")));
	ck_assert(!roster_add(roster, SLICE("")));
	ck_assert(!roster_add(roster, SLICE("two words")));
	ck_assert_uint_eq(roster_count(roster), 1);
	ck_assert(slice_eq_str(roster_spelling(roster, SLICE("jdoe")), "JDoe"));
	ck_assert(slice_eq_str(roster_spelling(roster, SLICE("else")), "else"));
	roster_clear(roster);
	ck_assert_uint_eq(roster_count(roster), 0);
	roster_free(roster);
}
END_TEST

START_TEST(test_seal)
{
	struct conf *conf = conf_of("domains Example.com\n"
				    "internal { *.corp.example, 10.0.0.0/8 }");
	struct roster *roster = roster_new();
	struct mapping mapping = { NULL, 0 };
	int fd;

	roster_add(roster, SLICE("JDoe"));
	roster_add(roster, SLICE("asmith"));
	roster_set_domains(roster, conf);
	fd = roster_seal(roster);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(mapping_open(&mapping, fd, false), 0);
	ck_assert(slice_eq_str(slice_from(mapping.p, mapping.n),
	    "\njdoe\tjdoe\nasmith\tasmith\n@example.com\t-\n@corp.example\t-"
	    "\n"));
	ck_assert_int_lt(write(fd, "x", 1), 0); /* sealed */
	mapping_close(&mapping);
	close(fd);
	roster_free(roster);
	conf_free(conf);
}
END_TEST

Suite *
suite_roster(void)
{
	Suite *suite = suite_create("roster");
	TCase *tcase = tcase_create("roster");

	tcase_add_test(tcase, test_names);
	tcase_add_test(tcase, test_seal);
	suite_add_tcase(suite, tcase);
	return suite;
}
