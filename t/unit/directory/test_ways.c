/*
 * Ways on: who may go one, how often, how many there are.
 */
#include "directory/ways.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/keyed.h"
#include "suites.h"

#define PEER 7
#define LIFE_MS 60000

static struct ways *ways;
static uint64_t last_id;

static void
setup(void)
{
	ways = ways_new();
	ways_set_life(ways, LIFE_MS);
	last_id = 0;
}

static void
teardown(void)
{
	ways_free(ways);
}

/* A question was answered about one of many credentials. */
static uint64_t
note(char which)
{
	char key[KEYED_SIZE];

	memset(key, which, sizeof(key));
	ways_note(ways, PEER, ++last_id, slice_from(key, sizeof(key)));
	return last_id;
}

static struct msg_way_done
ask(enum way_op op, uint64_t asked, const char *account, const char *place,
    struct slice token, struct slice answer)
{
	struct msg_way_ask what = { .id = 99,
		.op = op,
		.asked = asked,
		.account = slice_of(account),
		.place = slice_of(place),
		.token = token,
		.answer = answer,
		.about = op == WAY_TRY ? slice_of(place) : SLICE_EMPTY };
	struct msg_way_done done;

	ways_ask(ways, PEER, &what, &done);
	ck_assert_uint_eq(done.id, 99);
	return done;
}

static struct msg_way_done
try(const char *account, const char *place, char which)
{
	return ask(
	    WAY_TRY, note(which), account, place, SLICE_EMPTY, SLICE_EMPTY);
}

static struct msg_way_done
look(const char *account, struct slice token)
{
	return ask(WAY_LOOK, 0, account, "", token, SLICE_EMPTY);
}

static struct msg_way_done
grant(const char *account, struct slice token, struct slice answer)
{
	return ask(WAY_GRANT, 0, account, "", token, answer);
}

/* Tokens are borrowed from what may end: a copy. */
static struct slice
keep(struct slice token, char buf[64])
{
	ck_assert_uint_lt(token.n, 64);
	memcpy(buf, token.p, token.n);
	return slice_from(buf, token.n);
}

static void
go(const char *account, const char *place, char which)
{
	struct msg_way_done offered = try(account, place, which);
	char token[64], answer[64];
	struct slice first, second;

	ck_assert_int_eq(offered.verdict, WAY_OFFERED);
	first = keep(offered.token, token);
	second = keep(look(account, first).answer, answer);
	ck_assert_int_eq(grant(account, first, second).verdict, WAY_GRANTED);
}

START_TEST(test_once)
{
	struct msg_way_done done;

	go("alice", "https://a.test/x", 'p');
	done = try("alice", "https://a.test/x", 'p');
	ck_assert_int_eq(done.verdict, WAY_PASS);
	ck_assert(slice_eq_str(done.about, "https://a.test/x"));
	ck_assert_int_eq(
	    try("alice", "https://a.test/x", 'p').verdict, WAY_OFFERED);
}
END_TEST

static const struct {
	const char *account, *place;
	char which;
} others[] = {
	{ "bob", "https://a.test/x", 'p' },
	{ "alic", "ehttps://a.test/x", 'p' },
	{ "alice", "https://a.test/", 'p' },
	{ "alice", "http://a.test/x", 'p' },
	{ "alice", "https://a.test/x", 'q' },
};

START_TEST(test_bound)
{
	go("alice", "https://a.test/x", 'p');
	ck_assert_int_eq(
	    try(others[_i].account, others[_i].place, others[_i].which).verdict,
	    WAY_OFFERED);
	ck_assert_int_eq(
	    try("alice", "https://a.test/x", 'p').verdict, WAY_PASS);
}
END_TEST

START_TEST(test_strangers)
{
	struct msg_way_done offered = try("alice", "https://a.test/x", 'p');
	char token[64], answer[64];
	struct slice first = keep(offered.token, token), second;

	ck_assert_int_eq(look("bob", first).verdict, WAY_NONE);
	ck_assert_int_eq(look("alice", SLICE_EMPTY).verdict, WAY_NONE);
	second = keep(look("alice", first).answer, answer);
	ck_assert(!slice_eq(first, second));
	ck_assert_int_eq(grant("bob", first, second).verdict, WAY_NONE);
	ck_assert_int_eq(grant("alice", first, first).verdict, WAY_NONE);
	ck_assert_int_eq(grant("alice", first, SLICE_EMPTY).verdict, WAY_NONE);
	ck_assert_int_eq(grant("alice", second, second).verdict, WAY_NONE);
	ck_assert(ways_is_open(ways, first));
	ck_assert_int_eq(grant("alice", first, second).verdict, WAY_GRANTED);
	ck_assert(!ways_is_open(ways, first));
	ck_assert_int_eq(grant("alice", first, second).verdict, WAY_NONE);
	ck_assert_int_eq(look("alice", first).verdict, WAY_NONE);
}
END_TEST

/* A worker can't make a way for what it hasn't asked about. */
START_TEST(test_not_answered)
{
	struct msg_way_ask what = { .op = WAY_TRY,
		.account = SLICE("alice"),
		.place = SLICE("https://a.test/x") };
	struct msg_way_done done;

	what.asked = note('p');
	ways_ask(ways, PEER + 1, &what, &done);
	ck_assert_int_eq(done.verdict, WAY_NONE);
	ways_ask(ways, PEER, &what, &done);
	ck_assert_int_eq(done.verdict, WAY_OFFERED);
	ways_ask(ways, PEER, &what, &done);
	ck_assert_int_eq(done.verdict, WAY_NONE); /* one way an answer */
	what.asked = note('p');
	ways_forget_peer(ways, PEER);
	ways_ask(ways, PEER, &what, &done);
	ck_assert_int_eq(done.verdict, WAY_NONE);
}
END_TEST

static const struct {
	size_t account, place, about;
	enum way_verdict verdict;
} lengths[] = {
	{ 128, WAYS_PLACE_MAX, WAYS_ABOUT_MAX, WAY_OFFERED },
	{ 127, WAYS_PLACE_MAX - 1, WAYS_ABOUT_MAX - 1, WAY_OFFERED },
	{ 129, 1, 1, WAY_NONE },
	{ 1, WAYS_PLACE_MAX + 1, 1, WAY_NONE },
	{ 1, 1, WAYS_ABOUT_MAX + 1, WAY_NONE },
	{ 0, 1, 1, WAY_NONE },
	{ 1, 0, 1, WAY_NONE },
};

START_TEST(test_lengths)
{
	static char text[WAYS_ABOUT_MAX + 1];
	struct msg_way_ask what = { .op = WAY_TRY, .asked = note('p') };
	struct msg_way_done done;

	memset(text, 'x', sizeof(text));
	what.account = slice_from(text, lengths[_i].account);
	what.place = slice_from(text, lengths[_i].place);
	what.about = slice_from(text, lengths[_i].about);
	ways_ask(ways, PEER, &what, &done);
	ck_assert_int_eq(done.verdict, lengths[_i].verdict);
}
END_TEST

START_TEST(test_many)
{
	char place[32], token[64];
	struct slice first;

	go("alice", "granted", 'p');
	first = keep(try("bob", "his", 'p').token, token);
	for (int i = 0; i < 3 * WAYS_ACCOUNT_MAX; i++) {
		snprintf(place, sizeof(place), "https://%d.test/", i);
		ck_assert_int_eq(try("alice", place, 'p').verdict, WAY_OFFERED);
	}
	ck_assert(ways_is_open(ways, first));
	ck_assert_int_eq(try("alice", "granted", 'p').verdict, WAY_PASS);
	for (int i = 0; i < WAYS_MAX; i++) {
		snprintf(place, sizeof(place), "account%d", i);
		ck_assert_int_eq(try(place, "x", 'p').verdict, WAY_OFFERED);
	}
	ck_assert(!ways_is_open(ways, first));
}
END_TEST

START_TEST(test_expiry)
{
	char token[64];
	struct slice first;

	ways_set_life(ways, 1000);
	first = keep(try("alice", "x", 'p').token, token);
	ck_assert_int_eq(look("alice", first).verdict, WAY_SHOWN);
	go("alice", "y", 'p');
	usleep(1010 * 1000);
	ck_assert(!ways_is_open(ways, first));
	ck_assert_int_eq(look("alice", first).verdict, WAY_NONE);
	ck_assert_int_eq(try("alice", "y", 'p').verdict, WAY_OFFERED);
	ck_assert(!slice_eq(try("alice", "x", 'p').token, first));
}
END_TEST

Suite *
suite_ways(void)
{
	Suite *suite = suite_create("ways");
	TCase *tcase = tcase_create("ways");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_once);
	tcase_add_loop_test(tcase, test_bound, 0, COUNT(others));
	tcase_add_test(tcase, test_strangers);
	tcase_add_test(tcase, test_not_answered);
	tcase_add_loop_test(tcase, test_lengths, 0, COUNT(lengths));
	tcase_add_test(tcase, test_many);
	tcase_add_test(tcase, test_expiry);
	suite_add_tcase(suite, tcase);
	return suite;
}
