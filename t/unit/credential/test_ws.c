/*
 * ws: frames in any cut, and what is refused.
 */
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "base/mem.h"
#include "credential/ws.h"
#include "encode.h"

struct frame {
	unsigned char first; /* FIN, reserved bits, opcode */
	struct slice payload;
};

struct wire {
	char p[4096];
	size_t n;
};

static void
add_frame(struct wire *wire, struct frame frame)
{
	static const char mask[4] = { 1, (char)0x82, 3, (char)0xf4 };
	size_t i, n = frame.payload.n;

	wire->p[wire->n++] = (char)frame.first;
	if (n < 126) {
		wire->p[wire->n++] = (char)(0x80 | n);
	} else {
		wire->p[wire->n++] = (char)(0x80 | 126);
		wire->p[wire->n++] = (char)(n >> 8);
		wire->p[wire->n++] = (char)n;
	}
	memcpy(wire->p + wire->n, mask, 4);
	wire->n += 4;
	for (i = 0; i < n; i++)
		wire->p[wire->n++] = (char)(frame.payload.p[i] ^ mask[i & 3]);
}

/* Gives the wire in pieces of `step` bytes; the messages behind each other,
 * each with '|' behind it. */
static enum ws_event
drive(struct ws *ws, const struct wire *wire, size_t step, char *out)
{
	enum ws_event event = WS_MORE;
	struct slice in, message;
	size_t at = 0, n = 0;
	bool text, cut;

	while (at < wire->n) {
		in = slice_sub(slice_from(wire->p, wire->n), at, step);
		at += in.n;
		while ((event = ws_read(ws, &in)) == WS_MESSAGE ||
		    event == WS_CONTROL) {
			cut = false;
			message = event == WS_CONTROL
			    ? ws_control(ws)
			    : ws_message(ws, &text, &cut);
			memcpy(out + n, message.p ? message.p : "", message.n);
			n += message.n;
			out[n++] = cut ? '!' : '|';
		}
		if (event == WS_ERROR || event == WS_CLOSE)
			break;
	}
	out[n] = '\0';
	return event;
}

START_TEST(any_cut)
{
	static const struct ws_params params = { .message_max = 1000 };
	struct wire wire = { .n = 0 };
	char big[300], out[2048], want[2048];
	struct ws *ws;
	size_t step;

	memset(big, 'x', sizeof(big));
	add_frame(&wire, (struct frame){ 0x81, SLICE("hello") });
	add_frame(&wire, (struct frame){ 0x02, SLICE("ab") });
	add_frame(&wire, (struct frame){ 0x89, SLICE("ping") });
	add_frame(&wire, (struct frame){ 0x00, SLICE("cd") });
	add_frame(&wire, (struct frame){ 0x80, SLICE("ef") });
	add_frame(&wire, (struct frame){ 0x81, { NULL, 0 } });
	add_frame(&wire, (struct frame){ 0x82, slice_from(big, 300) });
	strcpy(want, "hello|ping|abcdef||");
	memset(want + 19, 'x', 300);
	strcpy(want + 319, "|");
	for (step = 1; step <= wire.n; step++) {
		ws = ws_new(&params);
		ck_assert_int_eq(drive(ws, &wire, step, out), WS_MORE);
		ck_assert_str_eq(out, want);
		ck_assert(!ws_in_message(ws));
		ws_free(ws);
	}
}
END_TEST

START_TEST(long_messages_are_cut)
{
	static const struct ws_params params = { .message_max = 4 };
	struct ws *ws = ws_new(&params);
	struct wire wire = { .n = 0 };
	char out[2048];

	add_frame(&wire, (struct frame){ 0x81, SLICE("abc") });
	add_frame(&wire, (struct frame){ 0x81, SLICE("abcd") });
	add_frame(&wire, (struct frame){ 0x81, SLICE("abcde") });
	add_frame(&wire, (struct frame){ 0x81, SLICE("ab") });
	drive(ws, &wire, 1000, out);
	ck_assert_str_eq(out, "abc|abcd|abcd!ab|");
	ws_free(ws);
}
END_TEST

static const struct {
	struct slice wire;
	bool deflate;
	const char *reason;
} errors[] = {
	{ SLICE("\x81\x01x"), false, NULL }, /* too short to tell */
	{ SLICE("\x81\x05hello"), false, "not masked" },
	{ SLICE("\xc1\x80\0\0\0\0"), false, "reserved" },
	{ SLICE("\xa1\x80\0\0\0\0"), true, "reserved" },
	{ SLICE("\x83\x80\0\0\0\0"), false, "unknown opcode" },
	{ SLICE("\x8b\x80\0\0\0\0"), false, "unknown opcode" },
	{ SLICE("\x09\x80\0\0\0\0"), false, "fragmented" },
	{ SLICE("\x89\xfe\0\x7e\0\0\0\0"), false, "too long" },
	{ SLICE("\x80\x80\0\0\0\0"), false, "continues no message" },
	{ SLICE("\x01\x80\0\0\0\0\x81\x80\0\0\0\0"), false, "inside another" },
	{ SLICE("\x01\x80\0\0\0\0\xc0\x80\0\0\0\0"), true, "reserved" },
	{ SLICE("\x81\xff\x80\0\0\0\0\0\0\0\0\0\0\0"), false, "impossible" },
};

START_TEST(refusing)
{
	struct ws_params params = { .message_max = 100,
		.deflate = errors[_i].deflate };
	struct ws *ws = ws_new(&params);
	struct slice in = errors[_i].wire;
	enum ws_event event = ws_read(ws, &in);

	if (errors[_i].reason == NULL) {
		ck_assert_int_eq(event, WS_MORE);
	} else {
		if (event == WS_MESSAGE)
			event = ws_read(ws, &in);
		ck_assert_int_eq(event, WS_ERROR);
		ck_assert_ptr_nonnull(strstr(ws_reason(ws), errors[_i].reason));
		ck_assert_int_eq(ws_read(ws, &in), WS_ERROR);
	}
	ws_free(ws);
	ws_free(NULL);
}
END_TEST

/* Raw deflate with its window kept, as RFC 7692 section 7.2.3.2 has it. */
START_TEST(deflated)
{
	struct ws_params params = { .message_max = 1000, .deflate = true };
	struct wire wire = { .n = 0 };
	struct ws *ws;
	char out[2048];

	/* the examples of RFC 7692 sections 7.2.3.1, .2 (with takeover), .3 */
	add_frame(&wire,
	    (struct frame){ 0xc1, SLICE("\xf2\x48\xcd\xc9\xc9\x07\x00") });
	add_frame(&wire, (struct frame){ 0xc1, SLICE("\xf2\x00\x11\x00\x00") });
	add_frame(&wire, (struct frame){ 0x41, SLICE("\x00\x05\x00\xfa") });
	add_frame(&wire, (struct frame){ 0x80, SLICE("\xffHello\x00") });
	add_frame(&wire, (struct frame){ 0x81, SLICE("plain") });
	add_frame(&wire,
	    (struct frame){ 0xc1, SLICE("\xf3\x48\xcd\xc9\xc9\x07\x00\x00") });
	ws = ws_new(&params);
	drive(ws, &wire, 1, out);
	ck_assert_str_eq(out, "Hello|Hello|Hello|plain|Hello|");
	ws_free(ws);
	/* without takeover the second one refers to nothing */
	params.no_context = true;
	ws = ws_new(&params);
	drive(ws, &wire, 1, out);
	ck_assert_ptr_nonnull(strchr(out, '!'));
	ws_free(ws);
}
END_TEST

START_TEST(deflate_bomb)
{
	static const struct ws_params params = { .message_max = 1000,
		.deflate = true };
	struct slice zeros = { mem_zalloc(100000), 100000 };
	struct slice packed = encode_deflate(zeros, -15);
	struct ws *ws = ws_new(&params);
	struct wire wire = { .n = 0 };
	char *out = mem_alloc(100100);

	ck_assert_uint_lt(packed.n, 1000);
	add_frame(&wire, (struct frame){ 0xc1, packed });
	drive(ws, &wire, 100, out);
	ck_assert_int_eq(out[1000], '!');
	free((char *)(uintptr_t)packed.p);
	free((char *)(uintptr_t)zeros.p);
	free(out);
	ws_free(ws);
}
END_TEST

START_TEST(close_and_state)
{
	static const struct ws_params params = { .message_max = 10 };
	struct ws *ws = ws_new(&params);
	struct slice in = SLICE("\x01\x82");

	ck_assert(!ws_in_message(ws));
	ck_assert_int_eq(ws_read(ws, &in), WS_MORE);
	ck_assert(ws_in_message(ws));
	in = SLICE("\0\0\0\0ab");
	ck_assert_int_eq(ws_read(ws, &in), WS_MORE);
	ck_assert(ws_in_message(ws));
	in = SLICE("\x80\x80\0\0\0\0rest");
	ck_assert_int_eq(ws_read(ws, &in), WS_MESSAGE);
	ck_assert(!ws_in_message(ws));
	ck_assert(slice_eq_str(in, "rest"));
	in = SLICE("\x88\x80\0\0\0\0");
	ck_assert_int_eq(ws_read(ws, &in), WS_CLOSE);
	ck_assert_int_eq(ws_control(ws).n, 0);
	in = SLICE("\x88\x86\0\0\0\0\x03\xe8"
		   "gone");
	ck_assert_int_eq(ws_read(ws, &in), WS_CLOSE);
	ck_assert(slice_eq_str(ws_control(ws), "gone"));
	ws_free(ws);
}
END_TEST

/* A part of a message can be looked at before the rest is there. */
START_TEST(parts)
{
	static const struct ws_params params = { .message_max = 100,
		.deflate = true };
	/* "Hello" in two fragments: RFC 7692 section 7.2.3.1 */
	static const char all[] =
	    "\x41\x83\0\0\0\0\xf2\x48\xcd\x80\x84\0\0\0\0\xc9\xc9\x07\0";
	struct ws *ws = ws_new(&params);
	struct slice in = SLICE("\x01\x82\0\0\0\0ab"), message;
	bool text, cut;

	ck_assert_int_eq(ws_partial(ws).n, 0);
	ck_assert_int_eq(ws_read(ws, &in), WS_MORE);
	ck_assert(slice_eq_str(ws_partial(ws), "ab"));
	in = SLICE("\x80\x81\0\0\0\0c");
	ck_assert_int_eq(ws_read(ws, &in), WS_MESSAGE);
	ck_assert(slice_eq_str(ws_message(ws, &text, &cut), "abc"));
	for (int i = 0; i < 2; i++) {
		in = slice_from(all, 9);
		ck_assert_int_eq(ws_read(ws, &in), WS_MORE);
		message = ws_partial(ws);
		ck_assert(
		    slice_eq(message, slice_sub(SLICE("Hello"), 0, message.n)));
		in = slice_from(all + 9, sizeof(all) - 1 - 9);
		ck_assert_int_eq(ws_read(ws, &in), WS_MESSAGE);
		ck_assert(slice_eq_str(ws_message(ws, &text, &cut), "Hello"));
		ck_assert(!cut);
	}
	ws_free(ws);
}
END_TEST

Suite *
suite_ws(void)
{
	Suite *suite = suite_create("ws");
	TCase *tcase = tcase_create("ws");

	tcase_add_test(tcase, any_cut);
	tcase_add_test(tcase, long_messages_are_cut);
	tcase_add_loop_test(tcase, refusing, 0, (int)COUNT(errors));
	tcase_add_test(tcase, deflated);
	tcase_add_test(tcase, deflate_bomb);
	tcase_add_test(tcase, close_and_state);
	tcase_add_test(tcase, parts);
	suite_add_tcase(suite, tcase);
	return suite;
}
