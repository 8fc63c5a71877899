/*
 * Stories of programs that break off, and of those that don't.
 */
#include "signer/pinned.h"

#include <stdio.h>
#include <string.h>

#include "ca.h"

#define HOUR UINT64_C(3600000)

/* What happens, one letter a thing: a: an alert about pin.test, c: a close,
 * A: it gets on at pin.test, o: it gets on at other.test, h: an hour and a bit
 * passes, d: a day and a bit. */
static const struct {
	const char *story;
	bool bypassed;
} stories[] = {
	{ "oaa", false }, { "oaaa", true },
	{ "aaa", false }, /* accepts our authority nowhere */
	{ "Aaaa", false },
	{ "aaao", false }, /* what was before doesn't count */
	{ "aaaoaaa", true }, { "oahahaa", false }, /* too far apart */
	{ "oahaaa", true }, { "oAaaaa", false }, /* it has just got on there */
	{ "oAdoaaa", true }, { "odaaa", false }, /* the acceptance is old */
	{ "occccc", false }, { "occcccc", true },
	{ "oaaaA", false },  /* got on after all */
	{ "oaaadd", false }, /* its time is over */
};

static void
tell(struct pinned *pinned, struct pinned_case *one, char what)
{
	struct host pin, other;

	ck_assert_ptr_null(host_parse(SLICE("pin.test"), &pin));
	ck_assert_ptr_null(host_parse(SLICE("other.test"), &other));
	one->host = what == 'o' ? &other : &pin;
	switch (what) {
	case 'a':
	case 'c':
		(void)pinned_break(pinned, one,
		    what == 'a' ? PINNED_ALERT : PINNED_CLOSE, SLICE("unknown"),
		    12 * HOUR);
		break;
	case 'h':
		one->now_ms += HOUR + 1;
		break;
	case 'd':
		one->now_ms += 24 * HOUR + 1;
		break;
	default:
		pinned_accept(pinned, one);
	}
	one->now_ms++;
}

START_TEST(story)
{
	struct pinned *pinned = pinned_new();
	struct addr addr = { .ip = { [15] = 1 } };
	struct pinned_case one = {
		.account = SLICE("alice"), .addr = &addr, .now_ms = 100 * HOUR
	};
	struct host host;

	for (const char *p = stories[_i].story; *p != '\0'; p++)
		tell(pinned, &one, *p);
	ck_assert_ptr_null(host_parse(SLICE("pin.test"), &host));
	one.host = &host;
	ck_assert_int_eq(pinned_bypassed(pinned, &one), stories[_i].bypassed);
	one.account = SLICE("bob");
	ck_assert(!pinned_bypassed(pinned, &one));
	pinned_free(pinned);
}
END_TEST

static int
count(const struct pin *pin, void *arg)
{
	ck_assert_str_eq(pin->account, "alice");
	ck_assert_str_eq(pin->host, "pin.test");
	*(unsigned *)arg += pin->alerts;
	return 0;
}

START_TEST(evidence)
{
	struct pinned *pinned = pinned_new();
	struct addr addr = { .ip = { [15] = 1 } };
	struct pinned_case one = {
		.account = SLICE("alice"), .addr = &addr, .now_ms = HOUR
	};
	struct host host;
	unsigned alerts = 0;

	for (const char *p = "oaaa"; *p != '\0'; p++)
		tell(pinned, &one, *p);
	pinned_each(pinned, count, &alerts);
	ck_assert_uint_eq(alerts, 3);
	ck_assert_ptr_null(host_parse(SLICE("pin.test"), &host));
	one.host = &host;
	pinned_unlearn(pinned);
	ck_assert(!pinned_bypassed(pinned, &one));
	pinned_each(pinned, count, &alerts);
	ck_assert_uint_eq(alerts, 6);
	pinned_free(pinned);
}
END_TEST

Suite *
suite_pinned(void)
{
	Suite *suite = suite_create("pinned");
	TCase *tcase = tcase_create("stories");

	tcase_add_loop_test(
	    tcase, story, 0, (int)(sizeof(stories) / sizeof(stories[0])));
	tcase_add_test(tcase, evidence);
	suite_add_tcase(suite, tcase);
	return suite;
}
