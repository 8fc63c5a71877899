/*
 * path: the two readings, and that no spelling slips past both.
 */
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "http/path.h"

#define S(text)                                                                \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}
#define SAME                                                                   \
	{                                                                      \
		NULL, 0                                                        \
	}

struct reading {
	struct slice path, strict, loose; /* SAME: as strict */
};

static const struct reading readings[] = {
	{ S(""), S("/"), SAME },
	{ S("/"), S("/"), SAME },
	{ S("/a/b.c/d-e_f~g"), S("/a/b.c/d-e_f~g"), SAME },
	{ S("/a/"), S("/a/"), SAME },
	/* dot segments: RFC 3986 section 5.2.4 and 5.4 */
	{ S("/a/b/c/./../../g"), S("/a/g"), SAME },
	{ S("/."), S("/"), SAME },
	{ S("/./"), S("/"), SAME },
	{ S("/.."), S("/"), SAME },
	{ S("/../"), S("/"), SAME },
	{ S("/../../a"), S("/a"), SAME },
	{ S("/a/.."), S("/"), SAME },
	{ S("/a/../"), S("/"), SAME },
	{ S("/a/."), S("/a/"), SAME },
	{ S("/a/b/.."), S("/a/"), SAME },
	{ S("/a/b/../.."), S("/"), SAME },
	{ S("/a/.../b"), S("/a/.../b"), SAME },
	{ S("/a/.b/..c/d."), S("/a/.b/..c/d."), SAME },
	{ S("/.a"), S("/.a"), SAME },
	/* escapes of what may stand bare */
	{ S("/%61%2D%2e%5f%7E%41"), S("/a-._~A"), SAME },
	{ S("/%21%24%26%27%28%29%2A%2B%2C%3D%3A%40"), S("/!$&'()*+,=:@"),
	    SAME },
	{ S("/%2e%2E/a"), S("/a"), SAME },
	{ S("/b/%2e./a"), S("/a"), SAME },
	{ S("/b/.%2e/a"), S("/a"), SAME },
	/* escapes of what may not, and bare ones that should be escaped */
	{ S("/%20%c3%bc"), S("/%20%C3%BC"), S("/ \xc3\xbc") },
	{ S("/a|b"), S("/a%7Cb"), S("/a|b") },
	{ S("/a%7cb"), S("/a%7Cb"), S("/a|b") },
	{ S("/a%3fb"), S("/a%3Fb"), S("/a?b") },
	{ S("/a%23b"), S("/a%23b"), S("/a#b") },
	{ S("/a%00b"), S("/a%00b"), S("/a\0b") },
	/* broken escapes */
	{ S("/%"), S("/%25"), S("/%") },
	{ S("/%4"), S("/%254"), S("/%4") },
	{ S("/%zz"), S("/%25zz"), S("/%zz") },
	{ S("/%2"), S("/%252"), S("/%2") },
	{ S("/%%34%31"), S("/%2541"), S("/A") },
	/* what some servers take for a slash */
	{ S("/a%2fb"), S("/a%2Fb"), S("/a/b") },
	{ S("/a%5Cb"), S("/a%5Cb"), S("/a/b") },
	{ S("/a\\b"), S("/a%5Cb"), S("/a/b") },
	{ S("/a/..%2fb"), S("/a/..%2Fb"), S("/b") },
	{ S("/a/..\\b"), S("/a/..%5Cb"), S("/b") },
	{ S("/a%2f..%2fb"), S("/a%2F..%2Fb"), S("/b") },
	{ S("/a/%2e%2e%5cb"), S("/a/..%5Cb"), S("/b") },
	/* repeated slashes */
	{ S("//a"), S("//a"), S("/a") },
	{ S("/a//b"), S("/a//b"), S("/a/b") },
	{ S("/a//../b"), S("/a/b"), S("/b") },
	{ S("/a///"), S("/a///"), S("/a/") },
	{ S("/%2f/a"), S("/%2F/a"), S("/a") },
	/* parameters */
	{ S("/a;x=1/b"), S("/a;x=1/b"), SAME },
	{ S("/a/..;/b"), S("/a/..;/b"), S("/b") },
	{ S("/a/..;x=1/b"), S("/a/..;x=1/b"), S("/b") },
	{ S("/a/.;x/b"), S("/a/.;x/b"), S("/a/b") },
	{ S("/a/%2e%2e%3bx/b"), S("/a/..;x/b"), S("/b") },
	{ S("/a/..;"), S("/a/..;"), S("/") },
	/* decoded more than once */
	{ S("/%2561"), S("/%2561"), S("/a") },
	{ S("/a/%252e%252e/b"), S("/a/%252e%252e/b"), S("/b") },
	{ S("/a/%252e%252e%252fb"), S("/a/%252e%252e%252fb"), S("/b") },
	{ S("/%252561"), S("/%252561"), S("/a") },
	{ S("/%25252561"), S("/%25252561"), S("/%61") },
};

START_TEST(read_twice)
{
	const struct reading *r = &readings[_i];
	struct arena *arena = arena_new(1024);
	struct slice loose = r->loose.p ? r->loose : r->strict;
	struct slice got = path_strict(r->path, arena);

	ck_assert_msg(slice_eq(got, r->strict), "%s strictly: %.*s", r->path.p,
	    SLICE_ARG(got));
	/* a canonical form stays what it is */
	ck_assert(slice_eq(path_strict(got, arena), r->strict));
	got = path_loose(r->path, arena);
	ck_assert_msg(slice_eq(got, loose), "%s loosely: %.*s", r->path.p,
	    SLICE_ARG(got));
	arena_free(arena);
}
END_TEST

/* Spellings by which a rule on /admin must not be dodged. */
static const char *const dodges[] = {
	"/admin",
	"/%61dmin",
	"/%61%64%6d%69%6e",
	"/./admin",
	"/x/../admin",
	"/x/%2e%2e/admin",
	"/x/%2E./admin",
	"/x/y/../../admin",
	"//admin",
	"///admin",
	"/.//admin",
	"/x//../../admin",
	"/\\admin",
	"/x\\..\\admin",
	"/x\\../admin",
	"/x/..\\admin",
	"/%5cadmin",
	"/%2fadmin",
	"/%2Fadmin",
	"/x/..%2fadmin",
	"/x%2f..%2fadmin",
	"/x/%2e%2e%2fadmin",
	"/x/..%5cadmin",
	"/x/..;/admin",
	"/x/..;a=b/admin",
	"/;/../admin",
	"/.;/admin",
	"/%252e/admin",
	"/x/%252e%252e/admin",
	"/%2561dmin",
	"/..%252fadmin",
	"/../admin",
	"/../../../../admin",
};

START_TEST(not_dodged)
{
	struct arena *arena = arena_new(1024);
	struct slice path = slice_of(dodges[_i]);
	bool found = slice_eq_str(path_strict(path, arena), "/admin") ||
	    slice_eq_str(path_loose(path, arena), "/admin");

	ck_assert_msg(found, "%s", dodges[_i]);
	arena_free(arena);
}
END_TEST

/* Both readings of anything start with a slash and hold no dot segment. */
START_TEST(all_short_paths)
{
	static const char *const parts[] = { "/", ".", "%2e", "%2f", "%25",
		"\\", ";", "a", "2e", "2f" };
	struct arena *arena = arena_new(4096);

	for (size_t n = 0; n < 10000; n++) {
		char text[32] = "/";
		struct slice out[2];

		for (size_t rest = n, i = 0; i < 4; i++, rest /= 10)
			strcat(text, parts[rest % 10]);
		out[0] = path_strict(slice_of(text), arena);
		out[1] = path_loose(slice_of(text), arena);
		for (int k = 0; k < 2; k++) {
			struct slice tail = slice_sub(out[k], out[k].n - 3, 3);

			ck_assert_msg(
			    out[k].n > 0 && out[k].p[0] == '/', "%s", text);
			ck_assert_msg(
			    slice_search(out[k], SLICE("/../")) == out[k].n,
			    "%s", text);
			ck_assert_msg(
			    slice_search(out[k], SLICE("/./")) == out[k].n,
			    "%s", text);
			ck_assert_msg(
			    out[k].n < 3 || !slice_eq_str(tail, "/.."), "%s",
			    text);
		}
		ck_assert(slice_search(out[1], SLICE("//")) == out[1].n);
		ck_assert(slice_find(out[1], '\\') == out[1].n);
		arena_reset(arena);
	}
	arena_free(arena);
}
END_TEST

Suite *
suite_path(void)
{
	Suite *suite = suite_create("path");
	TCase *tcase = tcase_create("path");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, read_twice, 0, COUNT(readings));
	tcase_add_loop_test(tcase, not_dodged, 0, COUNT(dodges));
	tcase_add_test(tcase, all_short_paths);
	suite_add_tcase(suite, tcase);
	return suite;
}
