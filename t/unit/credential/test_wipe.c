/*
 * wipe: memory of libraries that forgets.
 */
#include <stdint.h>
#include <string.h>

#include "suites.h"

#include "credential/wipe.h"

START_TEST(life)
{
	char *p = wipe_alloc(16), *q;
	size_t i;

	ck_assert_uint_eq((uintptr_t)p % _Alignof(max_align_t), 0);
	memcpy(p, "0123456789abcdef", 16);
	q = wipe_resize(p, 1 << 20);
	ck_assert_mem_eq(q, "0123456789abcdef", 16);
	q = wipe_resize(q, 4);
	ck_assert_mem_eq(q, "0123", 4);
	wipe_free(q);
	wipe_free(NULL);
	p = wipe_resize(NULL, 8);
	for (i = 0; i < 8; i++)
		p[i] = (char)i;
	wipe_free(p);
	wipe_free(wipe_alloc(0));
}
END_TEST

Suite *
suite_wipe(void)
{
	Suite *suite = suite_create("wipe");
	TCase *tcase = tcase_create("wipe");

	tcase_add_test(tcase, life);
	suite_add_tcase(suite, tcase);
	return suite;
}
