#include "policy/destset.h"

#include "suites.h"

static const struct destset *
no_list(const struct dest_list *list, const void *arg)
{
	ck_abort_msg("there is no list");
	return NULL;
}

/* A list of destinations, asked about a host, its address ("" for unknown)
 * and a port. */
static const struct {
	const char *list, *host, *addr;
	uint16_t port;
	enum tri found;
} cases[] = {
	{ "any", "a.example", "", 80, TRI_YES },
	{ "a.example", "a.example", "", 80, TRI_YES },
	{ "a.example", "b.a.example", "", 80, TRI_NO },
	{ "a.example", "xa.example", "", 80, TRI_NO },
	{ "*.a.example", "b.a.example", "", 80, TRI_YES },
	{ "*.a.example", "c.b.a.example", "", 80, TRI_YES },
	{ "*.a.example", "a.example", "", 80, TRI_NO },
	{ "*.a.example", "xa.example", "", 80, TRI_NO },
	{ "{ *.example, a.example }", "example", "", 80, TRI_NO },
	{ "A.Example", "a.example", "", 80, TRI_YES },
	{ "10.0.0.0/8", "10.1.2.3", "", 80, TRI_YES },
	{ "10.0.0.0/8", "11.1.2.3", "", 80, TRI_NO },
	{ "10.0.0.0/8", "a.example", "", 80, TRI_MAYBE },
	{ "10.0.0.0/8", "a.example", "10.9.9.9", 80, TRI_YES },
	{ "10.0.0.0/8", "a.example", "192.0.2.1", 80, TRI_NO },
	{ "10.0.0.0/9", "10.127.255.255", "", 80, TRI_YES },
	{ "10.0.0.0/9", "10.128.0.0", "", 80, TRI_NO },
	{ "192.0.2.1", "192.0.2.1", "", 80, TRI_YES },
	{ "192.0.2.1", "192.0.2.2", "", 80, TRI_NO },
	{ "0.0.0.0/0", "192.0.2.2", "", 80, TRI_YES },
	{ "0.0.0.0/0", "2001:db8::1", "", 80, TRI_NO },
	{ "fc00::/7", "fd12::1", "", 80, TRI_YES },
	{ "fc00::/7", "fe80::1", "", 80, TRI_NO },
	{ "port 8000-8999", "a.example", "", 8000, TRI_YES },
	{ "port 8000-8999", "a.example", "", 8999, TRI_YES },
	{ "port 8000-8999", "a.example", "", 9000, TRI_NO },
	{ "port 8000-8999", "a.example", "", 0, TRI_MAYBE },
	{ "{ a.example, 10.0.0.0/8 }", "a.example", "", 80, TRI_YES },
	{ "{ b.example, 10.0.0.0/8 }", "a.example", "", 80, TRI_MAYBE },
	{ "{ 10.0.0.0/8, 10.0.0.0/24, 0.0.0.0/0 }", "a.example", "192.0.2.9",
	    80, TRI_YES },
	/* all of IPv6 and no IPv4: base/prefix.h */
	{ "::/0", "a.example", "192.0.2.9", 80, TRI_NO },
	{ "::/0", "a.example", "2001:db8::1", 80, TRI_YES },
};

START_TEST(has)
{
	char text[100];
	struct conf *conf;
	struct destset *set;
	struct host host = host_of(cases[_i].host);
	struct addr addr = { 0 };
	struct place_of place;

	snprintf(text, sizeof(text), "allow to %s\n", cases[_i].list);
	conf = conf_of(text);
	set = destset_new(&conf->rules.v[0].to, no_list, NULL);
	if (cases[_i].addr[0])
		addr = addr_of(cases[_i].addr);
	place_init(&place, &host,
	    cases[_i].addr[0]  ? &addr
		: host.is_addr ? &host.addr
			       : NULL,
	    cases[_i].port);
	ck_assert_int_eq(destset_has(set, &place), cases[_i].found);
	destset_free(set);
	conf_free(conf);
}
END_TEST

/* The longest name of the most labels. */
START_TEST(longest_name)
{
	struct conf *conf = conf_of("allow to *.x\n");
	struct destset *set = destset_new(&conf->rules.v[0].to, no_list, NULL);
	struct place_of place;
	struct host host;
	char name[NAME_MAX_LEN + 1];

	for (size_t i = 0; i < NAME_MAX_LEN; i++)
		name[i] = i % 2 ? '.' : 'x';
	name[NAME_MAX_LEN] = '\0';
	host = host_of(name);
	place_init(&place, &host, NULL, 0);
	ck_assert_uint_eq(place.nkeys, (NAME_MAX_LEN + 1) / 2);
	ck_assert_int_eq(destset_has(set, &place), TRI_YES);
	destset_free(set);
	conf_free(conf);
}
END_TEST

START_TEST(unknown_host)
{
	struct conf *conf = conf_of("allow to a.example\n");
	struct destset *set = destset_new(&conf->rules.v[0].to, no_list, NULL);
	struct place_of place;

	place_init(&place, NULL, NULL, 0);
	ck_assert_int_eq(destset_has(set, &place), TRI_MAYBE);
	ck_assert(!destset_empty(set));
	destset_free(set);
	destset_free(NULL);
	conf_free(conf);
}
END_TEST

Suite *
suite_destset(void)
{
	Suite *suite = suite_create("destset");
	TCase *tcase = tcase_create("look-up");

	tcase_add_loop_test(tcase, has, 0, COUNT(cases));
	tcase_add_test(tcase, longest_name);
	tcase_add_test(tcase, unknown_host);
	suite_add_tcase(suite, tcase);
	return suite;
}
