/*
 * map: set, get, take, and who leaves when it is full.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

#include "base/map.h"

/* values are pointers into this; freeing one counts it */
static int freed[2000];

static void
on_free(void *value)
{
	++*(int *)value;
}

static struct slice
key_of(char buf[16], int i)
{
	return slice_from(buf, (size_t)snprintf(buf, 16, "key-%d", i));
}

static void
fill(struct map *map, int from, int to)
{
	char buf[16];

	for (int i = from; i < to; i++)
		map_set(map, key_of(buf, i), &freed[i]);
}

static int *
peek(struct map *map, int i)
{
	char buf[16];

	return map_peek(map, key_of(buf, i));
}

START_TEST(holds_many)
{
	struct map *map = map_new(0, on_free);

	fill(map, 0, 2000);
	ck_assert_uint_eq(map_count(map), 2000);
	for (int i = 0; i < 2000; i++)
		ck_assert_ptr_eq(peek(map, i), &freed[i]);
	ck_assert_ptr_null(map_get(map, SLICE("key-2000")));
	ck_assert_ptr_null(map_get(map, SLICE_EMPTY));
	map_free(map);
	for (int i = 0; i < 2000; i++)
		ck_assert_int_eq(freed[i], 1);
	map_free(NULL);
}
END_TEST

START_TEST(keys_are_bytes)
{
	struct map *map = map_new(0, NULL);
	int a, b, c;

	map_set(map, SLICE("a\0b"), &a);
	map_set(map, SLICE("a\0c"), &b);
	map_set(map, SLICE_EMPTY, &c);
	ck_assert_ptr_eq(map_get(map, SLICE("a\0b")), &a);
	ck_assert_ptr_eq(map_get(map, SLICE("a\0c")), &b);
	ck_assert_ptr_null(map_get(map, SLICE("a")));
	ck_assert_ptr_eq(map_get(map, SLICE("")), &c);
	map_free(map);
}
END_TEST

START_TEST(replacing_frees_the_old)
{
	struct map *map = map_new(0, on_free);

	map_set(map, SLICE("k"), &freed[0]);
	map_set(map, SLICE("k"), &freed[0]);
	ck_assert_int_eq(freed[0], 0);
	map_set(map, SLICE("k"), &freed[1]);
	ck_assert_int_eq(freed[0], 1);
	ck_assert_uint_eq(map_count(map), 1);
	ck_assert_ptr_eq(map_take(map, SLICE("k")), &freed[1]);
	ck_assert_ptr_null(map_take(map, SLICE("k")));
	map_set(map, SLICE("k"), &freed[2]);
	map_del(map, SLICE("k"));
	map_del(map, SLICE("k"));
	ck_assert_int_eq(freed[2], 1);
	map_free(map);
	ck_assert_int_eq(freed[1], 0);
}
END_TEST

START_TEST(the_longest_unused_leaves)
{
	struct map *map = map_new(3, on_free);
	char buf[16];

	fill(map, 0, 3);
	ck_assert_ptr_eq(map_get(map, key_of(buf, 0)), &freed[0]);
	ck_assert_ptr_eq(peek(map, 1), &freed[1]); /* is no use */
	fill(map, 3, 4);
	ck_assert_uint_eq(map_count(map), 3);
	ck_assert_ptr_null(peek(map, 1));
	ck_assert_int_eq(freed[1], 1);
	fill(map, 2, 3); /* setting is a use */
	fill(map, 4, 5);
	ck_assert_ptr_null(peek(map, 0));
	ck_assert_ptr_nonnull(peek(map, 2));
	map_free(map);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(freed[i], 1);
}
END_TEST

START_TEST(a_map_of_one)
{
	struct map *map = map_new(1, on_free);

	fill(map, 0, 100);
	ck_assert_uint_eq(map_count(map), 1);
	ck_assert_ptr_eq(peek(map, 99), &freed[99]);
	ck_assert_int_eq(freed[98], 1);
	map_free(map);
}
END_TEST

struct walk {
	struct map *map;
	int seen[8];
	int count, stop_at;
};

static int
on_entry(struct slice key, void *value, void *arg)
{
	struct walk *walk = arg;
	int index = (int)((int *)value - freed);

	walk->seen[walk->count++] = index;
	if (index % 2) {
		char copy[16];

		memcpy(copy, key.p, key.n);
		map_del(walk->map, slice_from(copy, key.n));
	}
	return index == walk->stop_at ? 42 : 0;
}

START_TEST(walking)
{
	struct map *map = map_new(0, on_free);
	struct walk walk = { .map = map, .stop_at = 4 };
	char buf[16];

	fill(map, 0, 6);
	map_get(map, key_of(buf, 0));
	ck_assert_int_eq(map_each(map, on_entry, &walk), 42);
	ck_assert_int_eq(walk.count, 4);
	ck_assert_int_eq(walk.seen[0], 1);
	ck_assert_int_eq(walk.seen[3], 4);
	walk = (struct walk){ .map = map, .stop_at = -1 };
	ck_assert_int_eq(map_each(map, on_entry, &walk), 0);
	ck_assert_int_eq(walk.count, 4);
	ck_assert_int_eq(walk.seen[3], 0);
	ck_assert_uint_eq(map_count(map), 3);
	map_free(map);
}
END_TEST

Suite *
suite_map(void)
{
	Suite *suite = suite_create("map");
	TCase *tcase = tcase_create("map");

	tcase_add_test(tcase, holds_many);
	tcase_add_test(tcase, keys_are_bytes);
	tcase_add_test(tcase, replacing_frees_the_old);
	tcase_add_test(tcase, the_longest_unused_leaves);
	tcase_add_test(tcase, a_map_of_one);
	tcase_add_test(tcase, walking);
	suite_add_tcase(suite, tcase);
	return suite;
}
