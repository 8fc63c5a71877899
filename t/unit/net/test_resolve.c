#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "bed.h"
#include "dns.h"
#include "net/dns_answer.h"
#include "net/resolve.h"
#include "suites.h"

#define CNAME 5

static const struct dns_record zone[] = {
	{ "both.example", DNS_TYPE_A, "192.0.2.1", 0 },
	{ "both.example", DNS_TYPE_AAAA, "2001:db8::1", 0 },
	{ "four.example", DNS_TYPE_A, "192.0.2.4", 0 },
	{ "six.example", DNS_TYPE_AAAA, "2001:db8::6", 0 },
	{ "many.example", DNS_TYPE_A, "192.0.2.11", 0 },
	{ "many.example", DNS_TYPE_A, "192.0.2.12", 0 },
	{ "many.example", DNS_TYPE_A, "192.0.2.13", 0 },
	{ "alias.example", CNAME, "four.example", 0 },
	{ "text.example", 16, "", 0 },
	{ "slow.example", DNS_TYPE_A, "192.0.2.5", 0 },
	{ "slow.example", DNS_TYPE_AAAA, "2001:db8::5", 300 },
	{ "late.example", DNS_TYPE_A, "192.0.2.9", 300 },
	{ "host.test", DNS_TYPE_A, "192.0.2.7", 0 },
	{ "printer.home.arpa", DNS_TYPE_A, "192.0.2.8", 0 },
};

static struct bed bed;
static struct dns dns;
static struct resolver *resolver;

struct result {
	struct resolve_answer answer;
	bool done;
	unsigned calls;
};

static void
setup(void)
{
	bed_init(&bed);
	dns_init(&dns, &bed, zone, COUNT(zone));
	resolver = resolver_new(bed.base, &dns.addr, 1, 2000);
}

static void
teardown(void)
{
	resolver_free(resolver);
	dns_clear(&dns);
	bed_clear(&bed);
}

static void
on_result(const struct resolve_answer *answer, void *arg)
{
	struct result *result = arg;

	result->answer = *answer;
	result->done = true;
	result->calls++;
}

static void
ask(const char *name, struct result *result)
{
	memset(result, 0, sizeof(*result));
	resolve_start(resolver, slice_of(name), on_result, result);
	ck_assert(!result->done); /* never from within the call */
	bed_wait(&bed, &result->done, 4000);
	ck_assert(result->done);
}

static bool
has(const struct resolve_answer *answer, const char *text)
{
	struct addr addr;

	ck_assert_int_eq(addr_parse(slice_of(text), &addr), 0);
	for (size_t i = 0; i < answer->n; i++) {
		if (addr_eq(&answer->addrs[i], &addr))
			return true;
	}
	return false;
}

static const struct {
	const char *name;
	enum resolve_ret ret;
	size_t n;
	const char *addr;
} names[] = {
	{ "both.example", RESOLVE_OK, 2, "2001:db8::1" },
	{ "both.example", RESOLVE_OK, 2, "192.0.2.1" },
	{ "four.example", RESOLVE_OK, 1, "192.0.2.4" },
	{ "six.example", RESOLVE_OK, 1, "2001:db8::6" },
	{ "many.example", RESOLVE_OK, 3, "192.0.2.13" },
	{ "alias.example", RESOLVE_OK, 1, "192.0.2.4" },
	{ "nothing.example", RESOLVE_NO_NAME, 0, NULL },
	{ "broken.example", RESOLVE_FAILED, 0, NULL },
	{ "localhost", RESOLVE_OK, 2, "127.0.0.1" },
	{ "a.localhost", RESOLVE_OK, 2, "::1" },
	{ "host.test", RESOLVE_OK, 1, "192.0.2.7" },
	{ "printer.home.arpa", RESOLVE_OK, 1, "192.0.2.8" },
};

START_TEST(test_names)
{
	struct result result;

	ask(names[_i].name, &result);
	ck_assert_int_eq(result.answer.ret, names[_i].ret);
	ck_assert_uint_eq(result.answer.n, names[_i].n);
	if (names[_i].addr != NULL)
		ck_assert(has(&result.answer, names[_i].addr));
}
END_TEST

START_TEST(test_cache)
{
	struct result result;
	unsigned asked;

	ask("both.example", &result);
	ck_assert(!result.answer.cached);
	asked = dns.asked;
	ask("both.example", &result);
	ck_assert(result.answer.cached);
	ck_assert_uint_eq(result.answer.n, 2);
	ck_assert_uint_eq(dns.asked, asked);
}
END_TEST

/* The slow family is not waited for longer than RFC 8305 says. */
START_TEST(test_slow_family)
{
	struct result result;

	ask("slow.example", &result);
	ck_assert_int_eq(result.answer.ret, RESOLVE_OK);
	ck_assert_uint_eq(result.answer.n, 1);
	ck_assert(has(&result.answer, "192.0.2.5"));
	/* the late answer arrives at nobody */
	result.done = false;
	bed_wait(&bed, &result.done, 400);
	ck_assert_uint_eq(result.calls, 1);
}
END_TEST

/* That there is no address of one family is cached already, while the other
 * family's answer is still on its way: no answer yet is not a time-out. */
START_TEST(test_half_cached)
{
	struct result first = { .done = false }, second;

	resolve_start(resolver, SLICE("late.example"), on_result, &first);
	bed_wait(&bed, &first.done, 100);
	ck_assert(!first.done);
	ask("late.example", &second);
	ck_assert_int_eq(second.answer.ret, RESOLVE_OK);
	ck_assert(has(&second.answer, "192.0.2.9"));
	ck_assert_int_eq(first.answer.ret, RESOLVE_OK);
}
END_TEST

START_TEST(test_timeout)
{
	struct result result;

	ask("silent.example", &result);
	ck_assert_int_eq(result.answer.ret, RESOLVE_TIMEOUT);
}
END_TEST

START_TEST(test_cancel)
{
	struct result result = { .done = false };
	struct resolve *resolve;

	resolve = resolve_start(
	    resolver, SLICE("both.example"), on_result, &result);
	resolve_cancel(resolve);
	bed_wait(&bed, &result.done, 100);
	ck_assert(!result.done);
	/* one that is under way when the resolver goes */
	resolve_start(resolver, SLICE("silent.example"), on_result, &result);
	bed_settle(&bed);
}
END_TEST

/* In the sandbox no file can be opened any more. */
START_TEST(test_no_files)
{
	struct result result;
	int root = open("/", O_RDONLY | O_DIRECTORY);

	/* only root can take the files away; others have nothing to test */
	if (chroot("/proc/self/fdinfo") == 0) {
		ck_assert_int_eq(access("/etc", F_OK), -1);
		ask("both.example", &result);
		ck_assert_uint_eq(result.answer.n, 2);
		ck_assert_int_eq(fchdir(root), 0);
		ck_assert_int_eq(chroot("."), 0);
	} else
		ck_assert_int_eq(errno, EPERM);
	close(root);
}
END_TEST

/* --- the packet ------------------------------------------------------------ */

static const char packet[] = "\x12\x34\x81\x80\0\1\0\2\0\0\0\0"
			     "\1a\7example\0\0\1\0\1"
			     "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\4\1b\xc0\x0e"
			     "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1";

START_TEST(test_packet)
{
	struct addr addrs[2];
	size_t n = 0;

	ck_assert_int_eq(
	    dns_answer_addrs(slice_from(packet, sizeof(packet) - 1), DNS_TYPE_A,
		addrs, 2, &n),
	    0);
	ck_assert_uint_eq(n, 1);
	n = 0;
	dns_answer_addrs(slice_from(packet, sizeof(packet) - 1), DNS_TYPE_AAAA,
	    addrs, 2, &n);
	ck_assert_uint_eq(n, 0);
	n = 2; /* full */
	ck_assert_int_eq(
	    dns_answer_addrs(slice_from(packet, sizeof(packet) - 1), DNS_TYPE_A,
		addrs, 2, &n),
	    0);
	ck_assert_uint_eq(n, 2);
}
END_TEST

START_TEST(test_packet_cut)
{
	struct addr addrs[2];
	size_t n = 0;
	char *copy = malloc((size_t)_i + 1);

	memcpy(copy, packet, (size_t)_i);
	ck_assert_int_eq(dns_answer_addrs(slice_from(copy, (size_t)_i),
			     DNS_TYPE_A, addrs, 2, &n),
	    -1);
	ck_assert_uint_eq(n, 0);
	free(copy);
}
END_TEST

Suite *
suite_resolve(void)
{
	Suite *suite = suite_create("resolve");
	TCase *tc = tcase_create("resolve");
	TCase *packets = tcase_create("packets");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 20);
	tcase_add_loop_test(tc, test_names, 0, (int)COUNT(names));
	tcase_add_test(tc, test_cache);
	tcase_add_test(tc, test_slow_family);
	tcase_add_test(tc, test_half_cached);
	tcase_add_test(tc, test_timeout);
	tcase_add_test(tc, test_cancel);
	tcase_add_test(tc, test_no_files);
	suite_add_tcase(suite, tc);
	tcase_add_test(packets, test_packet);
	tcase_add_loop_test(
	    packets, test_packet_cut, 0, (int)sizeof(packet) - 1);
	suite_add_tcase(suite, packets);
	return suite;
}
