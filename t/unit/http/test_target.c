/*
 * target: every form of a request target, and Host fields.
 */
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "http/target.h"

enum {
	CONNECT = 1,
	OPTIONS = 2
};

struct good {
	const char *text;
	enum target_form form;
	enum scheme scheme;
	const char *host;
	uint16_t port;
	const char *path_query, *path, *loose;
	unsigned flags;
};

static const struct good goods[] = {
	{ "/", TARGET_ORIGIN, 0, "", 0, "/", "/", "/", 0 },
	{ "/a/./b/../%63?d/../e", TARGET_ORIGIN, 0, "", 0,
	    "/a/./b/../%63?d/../e", "/a/c", "/a/c", 0 },
	{ "/?", TARGET_ORIGIN, 0, "", 0, "/?", "/", "/", 0 },
	{ "//a.test/x", TARGET_ORIGIN, 0, "", 0, "//a.test/x", "//a.test/x",
	    "/a.test/x", 0 },
	{ "/a%2fb\\c|\"", TARGET_ORIGIN, 0, "", 0, "/a%2fb\\c|\"",
	    "/a%2Fb%5Cc%7C%22", "/a/b/c|\"", 0 },
	{ "/*", TARGET_ORIGIN, 0, "", 0, "/*", "/*", "/*", 0 },
	{ "*", TARGET_ASTERISK, 0, "", 0, "*", "*", "*", OPTIONS },
	{ "http://a.test", TARGET_ABSOLUTE, SCHEME_HTTP, "a.test", 80, "/", "/",
	    "/", 0 },
	{ "http://a.test", TARGET_ABSOLUTE, SCHEME_HTTP, "a.test", 80, "*", "*",
	    "*", OPTIONS },
	{ "http://a.test/", TARGET_ABSOLUTE, SCHEME_HTTP, "a.test", 80, "/",
	    "/", "/", OPTIONS },
	{ "http://a.test?", TARGET_ABSOLUTE, SCHEME_HTTP, "a.test", 80, "/?",
	    "/", "/", OPTIONS },
	{ "hTTpS://A.test.:8443/B", TARGET_ABSOLUTE, SCHEME_HTTPS, "a.test",
	    8443, "/B", "/B", "/B", 0 },
	{ "https://a.test/", TARGET_ABSOLUTE, SCHEME_HTTPS, "a.test", 443, "/",
	    "/", "/", 0 },
	{ "ws://a.test/", TARGET_ABSOLUTE, SCHEME_WS, "a.test", 80, "/", "/",
	    "/", 0 },
	{ "wss://a.test?a=/../b", TARGET_ABSOLUTE, SCHEME_WSS, "a.test", 443,
	    "/?a=/../b", "/", "/", 0 },
	{ "http://a.test:/", TARGET_ABSOLUTE, SCHEME_HTTP, "a.test", 80, "/",
	    "/", "/", 0 },
	{ "http://[2001:DB8::0001]:81/", TARGET_ABSOLUTE, SCHEME_HTTP,
	    "2001:db8::1", 81, "/", "/", "/", 0 },
	{ "http://0x7f.1/", TARGET_ABSOLUTE, SCHEME_HTTP, "127.0.0.1", 80, "/",
	    "/", "/", 0 },
	{ "http://a_b.test:00080/@x:y", TARGET_ABSOLUTE, SCHEME_HTTP,
	    "a_b.test", 80, "/@x:y", "/@x:y", "/@x:y", 0 },
	{ "a.test:1", TARGET_AUTHORITY, 0, "a.test", 1, "", "", "", CONNECT },
	{ "a.test:65535", TARGET_AUTHORITY, 0, "a.test", 65535, "", "", "",
	    CONNECT },
	{ "[::ffff:1.2.3.4]:443", TARGET_AUTHORITY, 0, "1.2.3.4", 443, "", "",
	    "", CONNECT },
};

START_TEST(good)
{
	const struct good *g = &goods[_i];
	struct arena *arena = arena_new(1024);
	struct target t;
	const char *words = target_parse(slice_of(g->text), g->flags & CONNECT,
	    g->flags & OPTIONS, arena, &t);

	ck_assert_msg(words == NULL, "%s: %s", g->text, words);
	ck_assert_int_eq(t.form, g->form);
	ck_assert_int_eq(t.scheme, g->scheme);
	ck_assert_str_eq(t.host.name, g->host);
	ck_assert_uint_eq(t.port, g->port);
	ck_assert(slice_eq_str(t.path_query, g->path_query));
	ck_assert_str_eq(arena_str(arena, t.path), g->path);
	ck_assert_str_eq(arena_str(arena, t.path_loose), g->loose);
	arena_free(arena);
}
END_TEST

struct bad {
	const char *text;
	unsigned flags;
};

static const struct bad bads[] = {
	{ "", 0 },
	{ "", CONNECT },
	{ "a", 0 },
	{ "*", 0 },
	{ "*", CONNECT },
	{ "**", OPTIONS },
	{ "?a", 0 },
	{ "\\a", 0 },
	{ " /", 0 },
	{ "/ ", 0 },
	{ "/\t", 0 },
	{ "/\x7f", 0 },
	{ "/\x01", 0 },
	{ "/b\xc3\xbc", 0 },
	{ "/a#", 0 },
	{ "/a?b#c", 0 },
	{ "http:", 0 },
	{ "http:/", 0 },
	{ "http://", 0 },
	{ "http:///", 0 },
	{ "http://?", 0 },
	{ "http:/a.test/", 0 },
	{ "http:a.test", 0 },
	{ "://a.test/", 0 },
	{ "file:///etc/passwd", 0 },
	{ "ftp://a.test/", 0 },
	{ "httpx://a.test/", 0 },
	{ "http+x://a.test/", 0 },
	{ "javascript:x", 0 },
	{ "http://user@a.test/", 0 },
	{ "http://user:pass@a.test/", 0 },
	{ "http://@a.test/", 0 },
	{ "http://a.test\\@b.test/", 0 },
	{ "http://a.test\\b", 0 },
	{ "http://a.test%2f/", 0 },
	{ "http://a%2etest/", 0 },
	{ "http://a.test:80:81/", 0 },
	{ "http://a.test:0/", 0 },
	{ "http://a.test:65536/", 0 },
	{ "http://a.test:000080/", 0 },
	{ "http://a.test:8o/", 0 },
	{ "http://a.test:-1/", 0 },
	{ "http://a.test:+1/", 0 },
	{ "http://a,b/", 0 },
	{ "http://*.test/", 0 },
	{ "http://..test/", 0 },
	{ "http://::1/", 0 },
	{ "http://[::1/", 0 },
	{ "http://[::1]x/", 0 },
	{ "http://[::1]80/", 0 },
	{ "http://[fe80::1%25eth0]/", 0 },
	{ "http://[a.test]/", 0 },
	{ "http://[]/", 0 },
	{ "a.test", CONNECT },
	{ "a.test:", CONNECT },
	{ ":443", CONNECT },
	{ "a.test:0", CONNECT },
	{ "a.test:65536", CONNECT },
	{ "a.test:443/", CONNECT },
	{ "user@a.test:443", CONNECT },
	{ "http://a.test:443", CONNECT },
	{ "/", CONNECT },
	{ "::1:443", CONNECT },
	{ "[::1]", CONNECT },
	{ "a.test:443", 0 },
	{ "a.test:443", OPTIONS },
};

START_TEST(bad)
{
	struct arena *arena = arena_new(1024);
	struct target target = { .port = 7 };

	ck_assert_msg(
	    target_parse(slice_of(bads[_i].text), bads[_i].flags & CONNECT,
		bads[_i].flags & OPTIONS, arena, &target) != NULL,
	    "accepted: %s", bads[_i].text);
	ck_assert_uint_eq(target.port, 7);
	arena_free(arena);
}
END_TEST

struct authority {
	const char *text;
	uint16_t default_port, port;
	const char *canonical; /* NULL: refused */
};

static const struct authority authorities[] = {
	{ "a.test", 80, 80, "a.test" },
	{ "a.test:80", 80, 80, "a.test" },
	{ "a.test:80", 443, 80, "a.test:80" },
	{ "a.test", 0, 0, "a.test" },
	{ "A.TEST.:", 443, 443, "a.test" },
	{ "[::1]", 80, 80, "[::1]" },
	{ "[::1]:8", 80, 8, "[::1]:8" },
	{ "1.2.3.4:8", 80, 8, "1.2.3.4:8" },
	{ "2130706433", 80, 80, "127.0.0.1" },
	{ "", 80, 0, NULL },
	{ ":80", 80, 0, NULL },
	{ "a b", 80, 0, NULL },
	{ "a.test/", 80, 0, NULL },
	{ "a@b", 80, 0, NULL },
	{ "a:b@c", 80, 0, NULL },
	{ "a.test:x", 80, 0, NULL },
	{ "::1", 80, 0, NULL },
	{ "b\xc3\xbc", 80, 0, NULL },
};

START_TEST(authority)
{
	const struct authority *a = &authorities[_i];
	struct arena *arena = arena_new(1024);
	struct host host;
	uint16_t port;
	const char *words = authority_parse(
	    slice_of(a->text), a->default_port, &host, &port);

	ck_assert_int_eq(words == NULL, a->canonical != NULL);
	if (!words) {
		ck_assert_uint_eq(port, a->port);
		ck_assert(slice_eq_str(
		    authority_text(arena, &host, port, a->default_port),
		    a->canonical));
	}
	arena_free(arena);
}
END_TEST

Suite *
suite_target(void)
{
	Suite *suite = suite_create("target");
	TCase *tcase = tcase_create("target");

	tcase_add_loop_test(tcase, good, 0, COUNT(goods));
	tcase_add_loop_test(tcase, bad, 0, COUNT(bads));
	tcase_add_loop_test(tcase, authority, 0, COUNT(authorities));
	suite_add_tcase(suite, tcase);
	return suite;
}
