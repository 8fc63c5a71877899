/*
 * mem: memory or the end of the process, sizes that can't wrap.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "base/mem.h"

struct sum {
	size_t a, b;
	int mul_fits, add_fits;
};

static const struct sum sums[] = {
	{ 0, 0, 1, 1 },
	{ 0, SIZE_MAX, 1, 1 },
	{ 1, SIZE_MAX, 1, 0 },
	{ 2, SIZE_MAX / 2, 1, 1 },
	{ 2, SIZE_MAX / 2 + 1, 0, 1 },
	{ SIZE_MAX, SIZE_MAX, 0, 0 },
	{ SIZE_MAX - 1, 1, 1, 1 },
	{ (size_t)1 << 32, (size_t)1 << 32, 0, 1 },
};

START_TEST(checked_sizes)
{
	const struct sum *sum = &sums[_i];
	size_t out = 77;

	ck_assert_int_eq(mem_mul(sum->a, sum->b, &out), sum->mul_fits);
	ck_assert_uint_eq(out, sum->mul_fits ? sum->a * sum->b : 77);
	out = 77;
	ck_assert_int_eq(mem_add(sum->a, sum->b, &out), sum->add_fits);
	ck_assert_uint_eq(out, sum->add_fits ? sum->a + sum->b : 77);
}
END_TEST

START_TEST(allocation)
{
	unsigned char *zeros = mem_zalloc(100);
	char *none = mem_alloc(0);
	char *copy = mem_dup("text");
	char *part = mem_dupn("a\0b", 3);
	char *empty = mem_dupn(NULL, 0);
	char *made = mem_printf("%s-%d", "x", 7);

	for (int i = 0; i < 100; i++)
		ck_assert_uint_eq(zeros[i], 0);
	ck_assert_ptr_nonnull(none);
	ck_assert_str_eq(copy, "text");
	ck_assert_mem_eq(part, "a\0b", 4);
	ck_assert_str_eq(empty, "");
	ck_assert_str_eq(made, "x-7");
	free(zeros);
	free(none);
	free(copy);
	free(part);
	free(empty);
	free(made);
}
END_TEST

START_TEST(growth)
{
	int *numbers = NULL;
	size_t cap = 0;

	for (int i = 0; i < 1000; i++) {
		numbers = mem_grow(numbers, (size_t)i, &cap, sizeof(int));
		ck_assert_uint_gt(cap, (size_t)i);
		numbers[i] = i;
	}
	ck_assert_uint_le(cap, 1024);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(numbers[i], i);
	free(numbers);
}
END_TEST

START_TEST(overflow_is_fatal)
{
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	mem_resize(NULL, SIZE_MAX / 2, 4);
}
END_TEST

Suite *
suite_mem(void)
{
	Suite *suite = suite_create("mem");
	TCase *tcase = tcase_create("mem");

	tcase_add_loop_test(tcase, checked_sizes, 0, COUNT(sums));
	tcase_add_test(tcase, allocation);
	tcase_add_test(tcase, growth);
	tcase_add_exit_test(tcase, overflow_is_fatal, 1);
	suite_add_tcase(suite, tcase);
	return suite;
}
