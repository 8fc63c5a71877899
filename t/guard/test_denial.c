/*
 * Denials in words and as records.
 */
#include "guard/denial.h"

#include <netinet/in.h>
#include <string.h>

#include "base/addr.h"
#include "sock.h"
#include "suites.h"

/* A packet of alice's to 10.0.0.1:443. */
static struct guard_event
packet(void)
{
	struct guard_event event = { .account = 1000,
		.uid = 0,
		.loginuid = 1000,
		.session = 3,
		.pid = 812,
		.comm = "curl",
		.port = 443,
		.protocol = IPPROTO_TCP,
		.hook = GUARD_HOOK_CONNECT,
		.why = GUARD_WHY_RULE };
	struct addr to = place("10.0.0.1", 0);

	memcpy(event.ip, to.ip, sizeof(event.ip));
	return event;
}

static void
check(const struct denial *denial, const char *text, const char *record)
{
	char buf[DENIAL_SIZE], *at;
	struct json json;

	ck_assert_str_eq(denial_text(buf, denial), text);
	json_init(&json);
	denial_json(&json, denial);
	ck_assert_int_eq(json.p[json.n - 1], '\n');
	json.p[json.n - 1] = '\0';
	at = strstr(json.p, "Z\","); /* behind the time */
	ck_assert_ptr_nonnull(at);
	ck_assert_int_eq(
	    strncmp(json.p, "{\"v\":1,\"type\":\"packet\",\"time\":\"20",
		strlen("{\"v\":1,\"type\":\"packet\",\"time\":\"20")),
	    0);
	ck_assert_str_eq(at + 3, record);
	json_clear(&json);
}

START_TEST(a_packet)
{
	struct guard_event event = packet();
	struct denial denial = { &event, SLICE("alice"), SLICE("t.conf:3") };

	check(&denial,
	    "denied alice, session 3, pid 812 \"curl\", to 10.0.0.1:443 tcp:"
	    " t.conf:3",
	    "\"account\":\"alice\",\"number\":1000,\"uid\":0,"
	    "\"loginuid\":1000,\"session\":\"3\",\"pid\":812,"
	    "\"program\":\"curl\",\"address\":\"10.0.0.1:443\",\"port\":443,"
	    "\"protocol\":\"tcp\",\"hook\":\"connect\",\"verdict\":\"deny\","
	    "\"rule\":\"t.conf:3\",\"reason\":\"rule\"}");
}
END_TEST

START_TEST(what_would_be_denied)
{
	struct guard_event event = packet();
	struct denial denial = { &event, SLICE("alice"), SLICE_EMPTY };

	event.observed = 1;
	event.port = 0;
	event.protocol = IPPROTO_ICMP;
	event.session = UINT64_MAX;
	event.lost = 7;
	check(&denial,
	    "would deny alice, session 18446744073709551615, pid 812 \"curl\","
	    " to 10.0.0.1 icmp: rule (and 7 more before)",
	    "\"account\":\"alice\",\"number\":1000,\"uid\":0,"
	    "\"loginuid\":1000,\"session\":\"18446744073709551615\","
	    "\"pid\":812,\"program\":\"curl\",\"address\":\"10.0.0.1\","
	    "\"protocol\":\"icmp\",\"hook\":\"connect\","
	    "\"verdict\":\"report\",\"reason\":\"rule\",\"left_out\":7}");
}
END_TEST

START_TEST(a_socket_of_nobody_of_another_family)
{
	struct guard_event event = { .account = GUARD_NOBODY,
		.uid = GUARD_NOBODY,
		.loginuid = GUARD_NOBODY,
		.family = 17,
		.hook = GUARD_HOOK_CREATE,
		.why = GUARD_WHY_FAMILY };
	struct denial denial = { .event = &event };

	check(&denial,
	    "denied a socket of nobody, a socket of family 17: family",
	    "\"family\":17,\"hook\":\"socket\",\"verdict\":\"deny\","
	    "\"reason\":\"family\"}");
}
END_TEST

START_TEST(only_a_number)
{
	struct guard_event event = denial_left_out(1000, 680);
	struct denial denial = { .event = &event };

	check(&denial, "680 denials were not told of account 1000",
	    "\"number\":1000,\"verdict\":\"deny\",\"reason\":\"left-out\","
	    "\"left_out\":680}");
}
END_TEST

/* A program is called what its owner likes. */
START_TEST(names_are_escaped)
{
	struct guard_event event = packet();
	struct denial denial = { &event, SLICE("alice"), SLICE("l") };
	char buf[DENIAL_SIZE];
	struct json json;

	memcpy(event.comm, "a\n\"\xff\x1b[31mbcdefgh", sizeof(event.comm));
	denial_text(buf, &denial);
	ck_assert_ptr_null(strchr(buf, '\n'));
	ck_assert_ptr_null(strchr(buf, '\x1b'));
	json_init(&json);
	denial_json(&json, &denial);
	ck_assert_ptr_eq(memchr(json.p, '\n', json.n), json.p + json.n - 1);
	ck_assert_ptr_null(memchr(json.p, '\x1b', json.n));
	json_clear(&json);
}
END_TEST

Suite *
suite_denial(void)
{
	Suite *suite = suite_create("denial");
	TCase *tcase = tcase_create("denial");

	tcase_add_test(tcase, a_packet);
	tcase_add_test(tcase, what_would_be_denied);
	tcase_add_test(tcase, a_socket_of_nobody_of_another_family);
	tcase_add_test(tcase, only_a_number);
	tcase_add_test(tcase, names_are_escaped);
	suite_add_tcase(suite, tcase);
	return suite;
}
