/*
 * One directory in many configurations, and what each makes of what was
 * remembered.
 */
#include "directory/memories.h"

#include "suites.h"

static struct ldap_url near[] = { { .text = "ldaps://near.test" } },
		       both[] = { { .text = "ldaps://near.test" },
			       { .text = "ldaps://far.test" } };
static const char *names[] = { "uid", "mail" };

#define COMMON                                                                 \
	.name = "corp", .class = "person", .group_name = "cn",                 \
	.trust_system = true, .names = { .v = (void *)names, .n = 2 }
#define SERVERS(list)                                                          \
	.servers = { .v = (list), .n = sizeof(list) / sizeof(*(list)) }

static const struct ldap_directory first = { COMMON, SERVERS(near),
	.base = "dc=corp" };

static const struct {
	struct ldap_directory next;
	bool asked; /* is it in the configuration at all? */
	int within; /* what is told; -1: nothing is */
	bool grace; /* it still knows */
} rows[] = {
	{ { COMMON, SERVERS(near), .base = "dc=corp" }, true, -1, true },
	{ { COMMON, SERVERS(near), .base = "dc=corp", .times.bind = 1,
	      .limits.queue = 7, .past = PAST_NOBODY, .admit_unchecked = true },
	    true, -1, true },
	{ { COMMON, SERVERS(both), .base = "dc=corp" }, true,
	    MEMORIES_SPREAD_MS, true },
	{ { COMMON, SERVERS(near), .base = "dc=corp", .starttls = true }, true,
	    MEMORIES_SPREAD_MS, true },
	{ { COMMON, SERVERS(near), .base = "ou=x,dc=corp" }, true,
	    MEMORIES_SPREAD_MS, false },
	{ { COMMON, SERVERS(near), .base = "dc=corp", .groups = GROUPS_NESTED },
	    true, MEMORIES_SPREAD_MS, false },
	{ { COMMON, SERVERS(near), .base = "dc=corp", .domain = "CORP" }, true,
	    MEMORIES_SPREAD_MS, false },
	{ { COMMON, SERVERS(near), .base = "dc=corp" }, false, 0, false },
};

static int told;
static uint64_t told_id;

static void
on_stale(uint64_t id, uint32_t within_ms, void *arg)
{
	ck_assert_int_eq(told, -1);
	told = (int)within_ms;
	told_id = id;
}

static void
judge(struct memories *memories, const struct ldap_directory *directory)
{
	static const struct conf conf = { .realm = "" };

	memories_begin(memories);
	if (directory)
		memories_judge(memories, NULL, &conf, directory);
	memories_end(memories);
}

START_TEST(test_rows)
{
	struct memories *memories = memories_new();
	struct memory *memory = memories_get(memories, SLICE("corp"));
	struct grace_login login = { SLICE("ann"), SLICE_EMPTY };
	uint64_t id = memory->id;

	told = -1;
	memories_on_stale(memories, on_stale, NULL);
	judge(memories, &first);
	ck_assert_int_eq(told, -1);
	ck_assert_uint_eq(memory->id, id);
	grace_remember(memory->grace, SLICE("ann"), SLICE("secret"), &login, 1);

	judge(memories, rows[_i].asked ? &rows[_i].next : NULL);
	ck_assert_int_eq(told, rows[_i].within);
	ck_assert_uint_eq(grace_count(memory->grace), rows[_i].grace);
	if (told < 0) {
		ck_assert_uint_eq(memory->id, id);
	} else {
		ck_assert_uint_eq(told_id, id);
		ck_assert_uint_ne(memory->id, id);
	}
	/* the same again is no change */
	told = -1;
	judge(memories, rows[_i].asked ? &rows[_i].next : NULL);
	ck_assert_int_eq(told, -1);
	memories_free(memories);
}
END_TEST

Suite *
suite_memories(void)
{
	Suite *suite = suite_create("memories");
	TCase *tc = tcase_create("memories");

	tcase_add_loop_test(tc, test_rows, 0, sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(suite, tc);
	return suite;
}
