/*
 * seen: a table that grows once and forgets at once.
 */
#include "suites.h"

#include "credential/seen.h"

#define ENTRIES 3000
#define ON_ONE_SLOT 200

/* From few hashes to many, some of them on one slot; twice over. */
START_TEST(growing)
{
	struct seen seen = { .slots = NULL };
	struct seen_slot *slot;

	seen_init(&seen, ENTRIES);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < ENTRIES; i++) {
			bool same = i % 2 && i < ON_ONE_SLOT;
			uint64_t hash = same ? (uint64_t)i << 32 : i;

			slot = seen_find(&seen, hash);
			ck_assert(!seen_has(&seen, slot));
			seen_put(&seen, slot, hash, i);
			slot = seen_find(&seen, hash);
			ck_assert(seen_has(&seen, slot));
			ck_assert_uint_eq(slot->index, i);
		}
		for (size_t i = 2; i < ENTRIES; i += 2) {
			slot = seen_find(&seen, i);
			ck_assert(seen_has(&seen, slot));
			ck_assert_uint_eq(slot->index, i);
		}
		ck_assert(!seen_has(&seen, seen_find(&seen, ENTRIES)));
		seen_reset(&seen);
		ck_assert(!seen_has(&seen, seen_find(&seen, 2)));
	}
	seen_clear(&seen);
}
END_TEST

/* An epoch that runs over must not bring old entries back. */
START_TEST(running_over)
{
	struct seen seen = { .slots = NULL };

	seen_init(&seen, 10);
	seen_put(&seen, seen_find(&seen, 7), 7, 1);
	seen.epoch = UINT32_MAX;
	seen_put(&seen, seen_find(&seen, 8), 8, 1);
	seen_reset(&seen);
	ck_assert(!seen_has(&seen, seen_find(&seen, 7)));
	ck_assert(!seen_has(&seen, seen_find(&seen, 8)));
	seen_clear(&seen);
}
END_TEST

Suite *
suite_seen(void)
{
	Suite *suite = suite_create("seen");
	TCase *tcase = tcase_create("seen");

	tcase_add_test(tcase, growing);
	tcase_add_test(tcase, running_over);
	suite_add_tcase(suite, tcase);
	return suite;
}
