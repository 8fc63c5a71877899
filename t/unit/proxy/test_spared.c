#include "suites.h"

#include "proxy/spared.h"

#define HOUR UINT64_C(3600000)

struct place {
	struct addr addr;
	struct host host;
	struct spared_case one;
};

static void
place_init(struct place *place)
{
	*place = (struct place){ .addr = { .ip = { [15] = 1 } } };
	ck_assert_ptr_null(host_parse(SLICE("pin.test"), &place->host));
	place->one = (struct spared_case){
		.account = SLICE("alice"),
		.addr = &place->addr,
		.host = &place->host,
		.now_ms = 100 * HOUR,
	};
}

static void
set(struct spared *spared, struct slice account, uint64_t until_ms)
{
	struct msg_pin_state state = {
		.account = account,
		.host = SLICE("pin.test"),
		.until_ms = until_ms,
	};

	spared_set(spared, &state);
}

START_TEST(does_as_told)
{
	struct spared *spared = spared_new();
	struct place place;

	place_init(&place);
	ck_assert(!spared_has(spared, &place.one));
	set(spared, SLICE("bob"), 101 * HOUR);
	set(spared, SLICE(""), 101 * HOUR);
	ck_assert(!spared_has(spared, &place.one));
	set(spared, SLICE("alice"), 101 * HOUR);
	ck_assert(spared_has(spared, &place.one));
	place.one.now_ms = 101 * HOUR;
	ck_assert(!spared_has(spared, &place.one));
	place.one.now_ms--;
	set(spared, SLICE("alice"), 0);
	ck_assert(!spared_has(spared, &place.one));
	set(spared, SLICE("alice"), 102 * HOUR);
	spared_forget(spared);
	ck_assert(!spared_has(spared, &place.one));
	spared_free(spared);
}
END_TEST

static unsigned accepts, breaks;

static void
on_accept(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	ck_assert(slice_eq_str(body->pin_accept.account, "alice"));
	ck_assert(slice_eq_str(body->pin_accept.host, "pin.test"));
	accepts++;
}

static void
on_break(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	ck_assert(slice_eq_str(body->pin_break.alert, "unknown ca"));
	breaks++;
}

static void
on_closed(struct chan *chan, const char *words, void *arg)
{
}

static const struct chan_ops signer_ops = {
	.on = { [MSG_pin_accept] = on_accept, [MSG_pin_break] = on_break },
	.on_closed = on_closed,
};
static const struct chan_ops worker_ops = { .on_closed = on_closed };

/* One letter a thing: a: it gets on, b: it breaks off, s: the signer says
 * something of it, h: an hour passes, o: from another address, n: another
 * signer. */
static const struct {
	const char *story;
	unsigned accepts, breaks;
} stories[] = {
	{ "a", 1, 0 },
	{ "aaa", 1, 0 },
	{ "aha", 2, 0 },
	{ "asa", 2, 0 },
	{ "ana", 2, 0 },
	{ "aoa", 2, 0 },
	{ "aba", 2, 1 },
	{ "bbb", 0, 3 },
};

static void
tell(struct spared *spared, struct chan *chan, struct place *place, char what)
{
	switch (what) {
	case 'a':
		spared_accept(spared, chan, &place->one);
		break;
	case 'b':
		spared_break(spared, chan, &place->one, SLICE("unknown ca"));
		break;
	case 's':
		set(spared, SLICE("alice"), 0);
		break;
	case 'h':
		place->one.now_ms += HOUR;
		break;
	case 'o':
		place->addr.ip[15]++;
		break;
	case 'n':
		spared_tell_again(spared);
		break;
	}
}

START_TEST(tells_what_helps)
{
	struct spared *spared = spared_new();
	struct event_base *base = event_base_new();
	struct chan *worker, *signer;
	struct place place;
	int fds[2];

	chan_pair(fds);
	worker = chan_new(
	    base, fds[0], ROLE_PROXY, ROLE_SIGNER, &worker_ops, NULL);
	signer = chan_new(
	    base, fds[1], ROLE_SIGNER, ROLE_PROXY, &signer_ops, NULL);
	place_init(&place);
	accepts = breaks = 0;
	for (const char *p = stories[_i].story; *p != '\0'; p++)
		tell(spared, worker, &place, *p);
	spared_accept(spared, NULL, &place.one); /* nobody is there */
	chan_flush(worker);
	chan_read_now(signer);
	ck_assert_uint_eq(accepts, stories[_i].accepts);
	ck_assert_uint_eq(breaks, stories[_i].breaks);
	chan_free(worker);
	chan_free(signer);
	event_base_free(base);
	spared_free(spared);
}
END_TEST

Suite *
suite_spared(void)
{
	Suite *suite = suite_create("spared");
	TCase *tcase = tcase_create("spared");

	tcase_add_test(tcase, does_as_told);
	tcase_add_loop_test(tcase, tells_what_helps, 0, COUNT(stories));
	suite_add_tcase(suite, tcase);
	return suite;
}
