/*
 * What is remembered of origins: told apart, bounded, never beyond the
 * certificate's end; and by which keys leaves are told apart.
 */
#include "proxy/origins.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "proxy/leaves.h"
#include "suites.h"

static struct origins *origins;
static struct arena *arena;
static struct addr addr;

static void
setup(void)
{
	origins = origins_new(2);
	arena = arena_new(1024);
	ck_assert_int_eq(addr_parse(SLICE("192.0.2.1"), &addr), 0);
}

static void
teardown(void)
{
	origins_free(origins);
	arena_free(arena);
}

static struct host
host_of(const char *text)
{
	struct host host;

	ck_assert_ptr_null(host_parse(slice_of(text), &host));
	return host;
}

/* not_after: seconds from now */
static struct facts *
facts_of(const char *names, unsigned char digest, int64_t not_after)
{
	struct facts *facts = mem_zalloc(sizeof(*facts));

	facts->names = mem_dup(names);
	facts->names_len = strlen(names);
	facts->not_before = 1;
	facts->not_after = (int64_t)(clock_wall_us() / 1000000) + not_after;
	memset(facts->digest, digest, sizeof(facts->digest));
	return facts;
}

static void
put(const char *dial, const char *name, uint16_t port, int64_t not_after)
{
	struct host d = host_of(dial), n = host_of(name);

	origins_put(origins, &d, &n, port, facts_of(name, 1, not_after), &addr,
	    port == 443);
}

static bool
has(const char *dial, const char *name, uint16_t port)
{
	struct host d = host_of(dial), n = host_of(name);
	const struct origin *origin = origins_get(origins, &d, &n, port);

	if (origin == NULL)
		return false;
	ck_assert(addr_eq(&origin->addr, &addr));
	ck_assert_int_eq(origin->alpn, port == 443);
	ck_assert(slice_eq(host_slice(&n),
	    slice_from(origin->facts->names, origin->facts->names_len)));
	return true;
}

START_TEST(test_told_apart)
{
	put("a.example", "a.example", 443, 100);
	put("192.0.2.1", "a.example", 443, 100);
	ck_assert(has("a.example", "A.example.", 443));
	ck_assert(has("192.0.2.1", "a.example", 443));
	ck_assert(!has("192.0.2.1", "192.0.2.1", 443));
	ck_assert(!has("a.example", "a.example", 444));
	ck_assert(!has("a.example", "b.example", 443));
}
END_TEST

/* put() says so of port 443. */
START_TEST(test_alpn)
{
	put("a.example", "a.example", 443, 100);
	put("a.example", "a.example", 445, 100);
	ck_assert(has("a.example", "a.example", 443));
	ck_assert(has("a.example", "a.example", 445));
}
END_TEST

START_TEST(test_bounded)
{
	put("a.example", "a.example", 443, 100);
	put("b.example", "b.example", 443, 100);
	ck_assert(has("a.example", "a.example", 443));
	put("c.example", "c.example", 443, 100);
	ck_assert(!has("b.example", "b.example", 443));
	ck_assert(has("a.example", "a.example", 443));
	ck_assert(has("c.example", "c.example", 443));
}
END_TEST

START_TEST(test_ends)
{
	struct host host = host_of("a.example");
	struct origin *origin;

	put("a.example", "a.example", 443, 0);
	ck_assert(!has("a.example", "a.example", 443));
	put("a.example", "a.example", 443, 100);
	origin = (struct origin *)origins_get(origins, &host, &host, 443);
	origin->until_ms = clock_ms();
	ck_assert(!has("a.example", "a.example", 443));
	origins_free(NULL);
}
END_TEST

static const struct {
	const char *host1, *host2;
	const char *names; /* of both origins; NULL: nothing is known */
	unsigned char digest2;
	bool same;
} keys[] = {
	{ "a.example", "a.example", NULL, 0, true },
	{ "a.example", "b.example", NULL, 0, false },
	{ "a.b.example", "c.b.example", "*.b.example", 1, true },
	{ "a.b.example", "c.b.example", "*.b.example", 2, false },
	{ "a.example", "a.example", "b.example", 1, true },
	{ "a.example", "c.example", "b.example", 1, false },
	{ "a.example", "b.example", "b.example", 1, false },
};

START_TEST(test_leaf_keys)
{
	struct host one = host_of(keys[_i].host1),
		    two = host_of(keys[_i].host2);
	struct facts *f1 = NULL, *f2 = NULL;

	if (keys[_i].names != NULL) {
		f1 = facts_of(keys[_i].names, 1, 1);
		f2 = facts_of(keys[_i].names, keys[_i].digest2, 1);
	}
	ck_assert_int_eq(
	    slice_eq(leaves_key(arena, &one, f1), leaves_key(arena, &two, f2)),
	    keys[_i].same);
	/* what is known of an origin is never taken for a bare name */
	if (f1 != NULL)
		ck_assert(!slice_eq(leaves_key(arena, &one, f1),
		    leaves_key(arena, &one, NULL)));
	facts_free(f1);
	facts_free(f2);
}
END_TEST

Suite *
suite_origins(void)
{
	Suite *suite = suite_create("origins");
	TCase *tc = tcase_create("origins");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_told_apart);
	tcase_add_test(tc, test_alpn);
	tcase_add_test(tc, test_bounded);
	tcase_add_test(tc, test_ends);
	tcase_add_loop_test(tc, test_leaf_keys, 0, COUNT(keys));
	suite_add_tcase(suite, tc);
	return suite;
}
