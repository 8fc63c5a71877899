/*
 * arena: alignment, growth, and what a reset keeps.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

#include "base/arena.h"

static const size_t sizes[] = { 0, 1, 15, 16, 17, 63, 64, 65, 100, 4096 };

START_TEST(pieces_are_aligned_and_apart)
{
	struct arena *arena = arena_new(64);
	unsigned char *pieces[COUNT(sizes)];

	for (size_t i = 0; i < COUNT(sizes); i++) {
		pieces[i] = arena_alloc(arena, sizes[i]);
		ck_assert_uint_eq(
		    (uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		memset(pieces[i], (int)i, sizes[i]);
	}
	for (size_t i = 0; i < COUNT(sizes); i++)
		for (size_t j = 0; j < sizes[i]; j++)
			ck_assert_uint_eq(pieces[i][j], i);
	arena_free(arena);
}
END_TEST

START_TEST(text)
{
	struct arena *arena = arena_new(32);
	struct slice copy = arena_dup(arena, SLICE("a\0b"));
	struct slice made = arena_printf(arena, "%s:%d", "host", 443);
	struct slice longer = arena_printf(arena, "%0100d", 1);

	ck_assert(slice_eq(copy, SLICE("a\0b")));
	ck_assert_int_eq(copy.p[3], '\0');
	ck_assert(slice_eq_str(made, "host:443"));
	ck_assert_int_eq(made.p[made.n], '\0');
	ck_assert_uint_eq(longer.n, 100);
	ck_assert_str_eq(arena_str(arena, SLICE("abc")), "abc");
	ck_assert_str_eq(arena_str(arena, SLICE_EMPTY), "");
	arena_free(arena);
}
END_TEST

START_TEST(reset_forgets)
{
	struct arena *arena = arena_new(256);
	void *first = arena_alloc(arena, 10);

	ck_assert_uint_eq(arena_used(arena), 10);
	for (int i = 0; i < 100; i++)
		arena_alloc(arena, 100);
	arena_alloc(arena, 10000);
	ck_assert_uint_eq(arena_used(arena), 10 + 100 * 100 + 10000);
	arena_reset(arena);
	ck_assert_uint_eq(arena_used(arena), 0);
	/* the first chunk is the one that is kept */
	ck_assert_ptr_eq(arena_alloc(arena, 10), first);
	arena_free(arena);
}
END_TEST

START_TEST(zeroed_after_reset)
{
	struct arena *arena = arena_new(128);
	unsigned char *p;

	memset(arena_alloc(arena, 128), 0xff, 128);
	arena_reset(arena);
	p = arena_zalloc(arena, 128);
	for (int i = 0; i < 128; i++)
		ck_assert_uint_eq(p[i], 0);
	arena_reset(arena);
	arena_reset(arena);
	arena_free(arena);
	arena_free(NULL);
}
END_TEST

START_TEST(too_large_is_fatal)
{
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	arena_alloc(arena_new(64), SIZE_MAX - 8);
}
END_TEST

Suite *
suite_arena(void)
{
	Suite *suite = suite_create("arena");
	TCase *tcase = tcase_create("arena");

	tcase_add_test(tcase, pieces_are_aligned_and_apart);
	tcase_add_test(tcase, text);
	tcase_add_test(tcase, reset_forgets);
	tcase_add_test(tcase, zeroed_after_reset);
	tcase_add_exit_test(tcase, too_large_is_fatal, 1);
	suite_add_tcase(suite, tcase);
	return suite;
}
