#include "suites.h"

#include <string.h>

#include "base/prefix.h"
#include "proxy/pac.h"

static struct dest
name_dest(const char *text)
{
	struct dest dest = { .kind = DEST_NAME };

	ck_assert_ptr_null(pattern_parse(slice_of(text), &dest.name));
	return dest;
}

static struct dest
prefix_dest(const char *text)
{
	struct dest dest = { .kind = DEST_PREFIX };

	ck_assert_ptr_null(prefix_parse(slice_of(text), &dest.prefix));
	return dest;
}

static const char *
write_pac(struct dest *v, size_t n, struct evbuffer *out)
{
	struct conf conf = { .pac_direct = { .v = v, .n = n, .cap = n } };

	pac_write(&conf, false, SLICE("proxy.example:3128"), out);
	evbuffer_add(out, "", 1);
	return (const char *)evbuffer_pullup(out, -1);
}

START_TEST(everything_goes_to_the_proxy)
{
	struct evbuffer *out = evbuffer_new();
	const char *text = write_pac(NULL, 0, out);

	ck_assert_ptr_nonnull(
	    strstr(text, "return \"PROXY proxy.example:3128\";\n}\n"));
	/* no way around a proxy that is down */
	ck_assert_ptr_null(strstr(text, "; DIRECT"));
	evbuffer_free(out);
}
END_TEST

static const struct {
	const char *dest, *want; /* want NULL: can't be said in a PAC file */
} cases[] = {
	{ "intra.example", "host == \"intra.example\"" },
	{ "*.intra.example", "dnsDomainIs(host, \".intra.example\")" },
	{ "10.0.0.0/8", "isInNet(host, \"10.0.0.0\", \"255.0.0.0\")" },
	{ "0.0.0.0/0", "isInNet(host, \"0.0.0.0\", \"0.0.0.0\")" },
	{ "192.0.2.1", "isInNet(host, \"192.0.2.1\", \"255.255.255.255\")" },
	{ "2001:db8::1", "host == \"2001:db8::1\"" },
	{ "2001:db8::/32", NULL },
};

START_TEST(direct)
{
	struct evbuffer *out = evbuffer_new();
	struct dest dest = _i < 2 ? name_dest(cases[_i].dest)
				  : prefix_dest(cases[_i].dest);
	const char *text = write_pac(&dest, 1, out);

	if (cases[_i].want != NULL)
		ck_assert_ptr_nonnull(strstr(text, cases[_i].want));
	else
		ck_assert_ptr_null(strstr(text, "2001:db8"));
	evbuffer_free(out);
}
END_TEST

Suite *
suite_pac(void)
{
	Suite *suite = suite_create("pac");
	TCase *tc = tcase_create("pac");

	tcase_add_test(tc, everything_goes_to_the_proxy);
	tcase_add_loop_test(tc, direct, 0, COUNT(cases));
	suite_add_tcase(suite, tc);
	return suite;
}
