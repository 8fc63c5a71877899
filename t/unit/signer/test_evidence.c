/*
 * What workers tell, judged, and what they are told of it.
 */
#include "signer/evidence.h"

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/mem.h"
#include "ca.h"
#include "signer/pinned.h"

#define HOUR_MS UINT64_C(3600000)

struct bed {
	struct event_base *base;
	struct peers *peers;
	struct evidence *evidence;
	struct chan *workers[2];
	unsigned told[2];
	uint64_t until_ms[2]; /* what was said last */
};

static void
on_closed(struct chan *chan, const char *words, void *arg)
{
}

static void
on_state(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct bed *bed = arg;
	unsigned i = chan == bed->workers[1];

	ck_assert(slice_eq_str(body->pin_state.account, "alice"));
	ck_assert(slice_eq_str(body->pin_state.host, "pin.test"));
	bed->told[i]++;
	bed->until_ms[i] = body->pin_state.until_ms;
}

static const struct chan_ops worker_ops = {
	.on = { [MSG_pin_state] = on_state },
	.on_closed = on_closed,
};
static const struct chan_ops signer_ops = { .on_closed = peers_on_closed };

static void
join(struct bed *bed, unsigned i)
{
	int fds[2];

	chan_pair(fds);
	bed->workers[i] = chan_new(
	    bed->base, fds[0], ROLE_PROXY, ROLE_SIGNER, &worker_ops, bed);
	peers_set(bed->peers, ROLE_PROXY, i, fds[1]);
}

static void
bed_init(struct bed *bed)
{
	*bed = (struct bed){ .base = event_base_new() };
	bed->peers = peers_new(
	    bed->base, ROLE_SIGNER, ROLE_PROXY, &signer_ops, NULL, NULL);
	bed->evidence = evidence_new(bed->peers);
	evidence_set_bypass(bed->evidence, HOUR_MS);
	join(bed, 0);
}

static void
bed_clear(struct bed *bed)
{
	evidence_free(bed->evidence);
	peers_free(bed->peers);
	chan_free(bed->workers[0]);
	chan_free(bed->workers[1]);
	event_base_free(bed->base);
}

static void
hear(struct bed *bed)
{
	peers_flush(bed->peers);
	for (int i = 0; i < 2; i++)
		if (bed->workers[i])
			chan_read_now(bed->workers[i]);
}

static void
get_on(struct bed *bed, struct slice account, struct slice host)
{
	struct msg_pin_accept said = { .account = account, .host = host };

	said.client.ip[15] = 1;
	evidence_accept(bed->evidence, &said);
}

static void
break_off(struct bed *bed, struct slice account, struct slice host)
{
	struct msg_pin_break said = {
		.account = account, .host = host, .alert = SLICE("unknown ca")
	};

	said.client.ip[15] = 1;
	evidence_break(bed->evidence, &said);
}

START_TEST(tells_all_what_is_learned)
{
	struct slice alice = SLICE("alice"), pin = SLICE("pin.test");
	struct bed bed;

	bed_init(&bed);
	get_on(&bed, alice, SLICE("other.test"));
	break_off(&bed, alice, pin);
	hear(&bed);
	ck_assert_uint_eq(bed.told[0], 1); /* to be told who gets on */
	ck_assert_uint_eq(bed.until_ms[0], 0);
	break_off(&bed, alice, pin);
	hear(&bed);
	ck_assert_uint_eq(bed.told[0], 1);
	break_off(&bed, alice, pin);
	hear(&bed);
	ck_assert_uint_eq(bed.told[0], 2);
	ck_assert_uint_gt(bed.until_ms[0], 0);
	/* one that comes later knows as much */
	join(&bed, 1);
	evidence_greet(bed.evidence, 1);
	hear(&bed);
	ck_assert_uint_eq(bed.told[1], 1);
	ck_assert_uint_eq(bed.until_ms[1], bed.until_ms[0]);
	/* it gets on after all */
	get_on(&bed, alice, pin);
	hear(&bed);
	ck_assert_uint_eq(bed.until_ms[0], 0);
	ck_assert_uint_eq(bed.until_ms[1], 0);
	bed_clear(&bed);
}
END_TEST

START_TEST(forgets_when_told_to)
{
	struct slice alice = SLICE("alice"), pin = SLICE("pin.test");
	struct bed bed;

	bed_init(&bed);
	get_on(&bed, alice, SLICE("other.test"));
	for (int i = 0; i < PINNED_ALERTS; i++)
		break_off(&bed, alice, pin);
	evidence_set_bypass(bed.evidence, 0);
	hear(&bed);
	bed.told[0] = 0;
	evidence_greet(bed.evidence, 0);
	hear(&bed);
	ck_assert_uint_eq(bed.told[0], 0);
	bed_clear(&bed);
}
END_TEST

/* Nothing comes of these. */
START_TEST(refuses_what_is_none)
{
	static const struct slice hosts[] = { { "", 0 }, { "a b", 3 },
		{ "a\0b", 3 }, { "a..b", 4 }, { "*.test", 6 } };
	char *name = mem_zalloc(EVIDENCE_ACCOUNT_MAX + 1);
	struct slice longer = { name, EVIDENCE_ACCOUNT_MAX + 1 };
	struct bed bed;

	memset(name, 'a', EVIDENCE_ACCOUNT_MAX + 1);
	bed_init(&bed);
	get_on(&bed, SLICE("alice"), SLICE("other.test"));
	get_on(&bed, longer, SLICE("other.test"));
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		for (int n = 0; n < PINNED_ALERTS; n++)
			break_off(&bed, SLICE("alice"), hosts[i]);
	for (int n = 0; n < PINNED_ALERTS; n++)
		break_off(&bed, longer, SLICE("pin.test"));
	hear(&bed);
	ck_assert_uint_eq(bed.told[0], 0);
	bed_clear(&bed);
	free(name);
}
END_TEST

Suite *
suite_evidence(void)
{
	Suite *suite = suite_create("evidence");
	TCase *tcase = tcase_create("evidence");

	tcase_add_test(tcase, tells_all_what_is_learned);
	tcase_add_test(tcase, forgets_when_told_to);
	tcase_add_test(tcase, refuses_what_is_none);
	suite_add_tcase(suite, tcase);
	return suite;
}
