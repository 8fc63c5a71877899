#include "ipc/wire.h"

#include <string.h>

#include "suites.h"

static unsigned char buf[WIRE_MAX];

START_TEST(integers_round_trip)
{
	struct wire_out out;
	struct wire_in in;

	wire_out_init(&out, buf, sizeof(buf));
	wire_put_u8(&out, 0x12);
	wire_put_u16(&out, 0x3456);
	wire_put_u32(&out, 0x789abcde);
	wire_put_u64(&out, UINT64_MAX - 1);
	ck_assert(!out.failed);
	ck_assert_uint_eq(out.n, 15);
	ck_assert_mem_eq(buf, "\x12\x56\x34\xde\xbc\x9a\x78", 7);

	wire_in_init(&in, slice_from(buf, out.n));
	ck_assert_uint_eq(wire_get_u8(&in), 0x12);
	ck_assert_uint_eq(wire_get_u16(&in), 0x3456);
	ck_assert_uint_eq(wire_get_u32(&in), 0x789abcde);
	ck_assert(!wire_in_done(&in));
	ck_assert_uint_eq(wire_get_u64(&in), UINT64_MAX - 1);
	ck_assert(wire_in_done(&in));
}
END_TEST

START_TEST(failure_sticks)
{
	static const unsigned char bytes[] = { 1, 2, 3 };
	struct wire_in in;

	wire_in_init(&in, slice_from(bytes, sizeof(bytes)));
	ck_assert_uint_eq(wire_get_u32(&in), 0);
	ck_assert(in.failed);
	ck_assert_uint_eq(wire_get_u8(&in), 0); /* would fit */
	ck_assert(!wire_in_done(&in));
}
END_TEST

START_TEST(a_full_buffer_fails_and_sticks)
{
	struct wire_out out;

	wire_out_init(&out, buf, 5);
	wire_put_u32(&out, 1);
	wire_put_u16(&out, 2);
	ck_assert(out.failed);
	wire_put_u8(&out, 3); /* would fit */
	ck_assert_uint_eq(out.n, 4);
}
END_TEST

static const struct {
	size_t n;
	bool fails;
} string_cases[] = {
	{ 0, false },
	{ 1, false },
	{ WIRE_STR_MAX - 1, false },
	{ WIRE_STR_MAX, false },
	{ WIRE_STR_MAX + 1, true },
};

START_TEST(strings_have_a_maximum)
{
	static char text[WIRE_STR_MAX + 1];
	size_t n = string_cases[_i].n;
	struct wire_out out;
	struct wire_in in;
	struct slice got;

	memset(text, 'x', sizeof(text));
	wire_out_init(&out, buf, sizeof(buf));
	wire_put_str(&out, slice_from(text, n));
	ck_assert(out.failed == string_cases[_i].fails);

	/* a peer that doesn't keep to it: the length, then the bytes */
	wire_out_init(&out, buf, sizeof(buf));
	wire_put_u32(&out, (uint32_t)n);
	memcpy(buf + 4, text, n);
	wire_in_init(&in, slice_from(buf, n + 4));
	got = wire_get_str(&in);
	ck_assert(wire_in_done(&in) != string_cases[_i].fails);
	ck_assert_uint_eq(got.n, string_cases[_i].fails ? 0 : n);
}
END_TEST

START_TEST(a_string_stays_inside_the_packet)
{
	static const uint32_t lengths[] = { 4, 0x7fffffff, 0xffffffff };
	struct wire_out out;
	struct wire_in in;

	wire_out_init(&out, buf, sizeof(buf));
	wire_put_u32(&out, lengths[_i]);
	wire_put_u16(&out, 0);
	wire_in_init(&in, slice_from(buf, out.n));
	ck_assert_uint_eq(wire_get_str(&in).n, 0);
	ck_assert(in.failed);
}
END_TEST

START_TEST(addresses_round_trip)
{
	struct addr addr, got;
	struct wire_out out;
	struct wire_in in;

	ck_assert_int_eq(addr_parse(SLICE("2001:db8::1"), &addr), 0);
	addr.port = 0xfedc;
	addr.scope = 0x01020304;
	wire_out_init(&out, buf, sizeof(buf));
	wire_put_addr(&out, &addr);
	for (size_t n = 0; n < out.n; n++) {
		wire_in_init(&in, slice_from(buf, n));
		(void)wire_get_addr(&in);
		ck_assert(in.failed);
	}
	wire_in_init(&in, slice_from(buf, out.n));
	got = wire_get_addr(&in);
	ck_assert(wire_in_done(&in));
	ck_assert(addr_eq(&got, &addr));
	ck_assert_uint_eq(got.scope, addr.scope);
}
END_TEST

Suite *
suite_wire(void)
{
	Suite *suite = suite_create("wire");
	TCase *tcase = tcase_create("wire");

	tcase_add_test(tcase, integers_round_trip);
	tcase_add_test(tcase, failure_sticks);
	tcase_add_test(tcase, a_full_buffer_fails_and_sticks);
	tcase_add_loop_test(tcase, strings_have_a_maximum, 0,
	    sizeof(string_cases) / sizeof(*string_cases));
	tcase_add_loop_test(tcase, a_string_stays_inside_the_packet, 0, 3);
	tcase_add_test(tcase, addresses_round_trip);
	suite_add_tcase(suite, tcase);
	return suite;
}
