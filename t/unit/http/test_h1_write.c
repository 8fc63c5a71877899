/*
 * h1_write: bytes for heads and bodies, and that a reader takes them for the
 * same message.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "http/h1_write.h"

struct round_trip {
	const char *read, *wrote; /* NULL: the same */
	enum method_id method;    /* 0: a request */
};

static const struct round_trip trips[] = {
	{ "GET /a?b HTTP/1.1\r\nHost: a.test\r\n\r\n", NULL, 0 },
	{ "GET / HTTP/1.0\r\n\r\n", NULL, 0 },
	{ "OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n", NULL, 0 },
	{ "GET /%7e/../\\ HTTP/1.1\r\nHost:a.test\r\nE:\r\n\r\n",
	    "GET /%7e/../\\ HTTP/1.1\r\nHost: a.test\r\nE: \r\n\r\n", 0 },
	{ "GET HTTP://A.Test:080?q HTTP/1.1\r\nHost: a.test\r\n\r\n",
	    "GET http://a.test/?q HTTP/1.1\r\nHost: a.test\r\n\r\n", 0 },
	{ "GET http://[::1]:81 HTTP/1.1\r\nHost: [::1]:81\r\n\r\n",
	    "GET http://[::1]:81/ HTTP/1.1\r\nHost: [::1]:81\r\n\r\n", 0 },
	{ "OPTIONS http://a.test:81 HTTP/1.1\r\nHost: a.test:81\r\n\r\n", NULL,
	    0 },
	{ "CONNECT a.test:80 HTTP/1.1\r\nHost: a.test\r\n\r\n", NULL, 0 },
	{ "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n", NULL, 0 },
	{ "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 0\r\n\r\n", NULL,
	    METHOD_GET },
	{ "HTTP/1.0 599\r\nContent-Length: 0\r\n\r\n",
	    "HTTP/1.0 599 \r\nContent-Length: 0\r\n\r\n", METHOD_GET },
	{ "HTTP/1.1 304 \xe4 x\r\n\r\n", NULL, METHOD_GET },
};

START_TEST(read_and_written)
{
	const struct round_trip *t = &trips[_i];
	struct arena *arena = arena_new(1024);
	struct head head = read_one(arena, t->method == 0, t->method, t->read);
	char *text = written(&head), *again;

	ck_assert_str_eq(text, t->wrote ? t->wrote : t->read);
	head = read_one(arena, t->method == 0, t->method, text);
	again = written(&head);
	ck_assert_str_eq(again, text);
	free(text);
	free(again);
	arena_free(arena);
}
END_TEST

struct body {
	enum framing framing;
	const char *first, *second, *wrote;
	bool trailer;
};

static const struct body bodies[] = {
	{ FRAMING_NONE, "", "", "", true },
	{ FRAMING_LENGTH, "abc", "", "abc", true },
	{ FRAMING_LENGTH, "abc", "d", "abcd", false },
	{ FRAMING_CLOSE, "abc", "d", "abcd", true },
	{ FRAMING_CHUNKED, "", "", "0\r\n\r\n", false },
	{ FRAMING_CHUNKED, "", "", "0\r\nVia: x\r\n\r\n", true },
	{ FRAMING_CHUNKED, "0123456789abcdef", "",
	    "10\r\n0123456789abcdef\r\n0\r\n\r\n", false },
	{ FRAMING_CHUNKED, "\r\n", "x",
	    "2\r\n\r\n\r\n1\r\nx\r\n0\r\nVia: x\r\n\r\n", true },
};

START_TEST(body_written)
{
	const struct body *b = &bodies[_i];
	const struct field trailer = { FIELD_VIA, SLICE("Via"), SLICE("x") };
	struct evbuffer *out = evbuffer_new(), *body = evbuffer_new();

	evbuffer_add(body, b->first, strlen(b->first));
	h1_write_body(out, body, b->framing);
	ck_assert_uint_eq(evbuffer_get_length(body), 0);
	evbuffer_add(body, b->second, strlen(b->second));
	h1_write_body(out, body, b->framing);
	h1_write_end(out, b->framing, &trailer, b->trailer);
	evbuffer_add(out, "", 1);
	ck_assert_str_eq((char *)evbuffer_pullup(out, -1), b->wrote);
	evbuffer_free(out);
	evbuffer_free(body);
}
END_TEST

START_TEST(continue_written)
{
	struct evbuffer *out = evbuffer_new();

	h1_write_continue(out);
	evbuffer_add(out, "", 1);
	ck_assert_str_eq(
	    (char *)evbuffer_pullup(out, -1), "HTTP/1.1 100 Continue\r\n\r\n");
	evbuffer_free(out);
}
END_TEST

/* What no reader can have let in is a bug of ours, and isn't written. */
static const struct field dirty[] = {
	{ FIELD_OTHER, { "A", 1 }, { "b\rc", 3 } },
	{ FIELD_OTHER, { "A", 1 }, { "b\nc", 3 } },
	{ FIELD_OTHER, { "A", 1 }, { "b\0c", 3 } },
	{ FIELD_OTHER, { "A:", 2 }, { "b", 1 } },
	{ FIELD_OTHER, { "", 0 }, { "b", 1 } },
	{ FIELD_OTHER, { "A\r\nB", 4 }, { "b", 1 } },
};

START_TEST(dirty_aborts)
{
	struct evbuffer *out = evbuffer_new();

	h1_write_end(out, FRAMING_CHUNKED, &dirty[_i], 1);
}
END_TEST

/* What is behind the pieces of a stream stays as it was. */
START_TEST(long_head)
{
	struct arena *arena = arena_new(1024);
	struct head head = read_one(
	    arena, false, METHOD_GET, "HTTP/1.1 200 OK\r\n\r\n");
	struct evbuffer *out = evbuffer_new();
	char value[1000];

	memset(value, 'v', sizeof(value));
	for (int i = 0; i < 100; i++)
		head_add_other(
		    &head, SLICE("X"), slice_from(value, sizeof(value)));
	evbuffer_add(out, "before", 6);
	h1_write_response(out, &head);
	ck_assert_uint_eq(evbuffer_get_length(out), 6 + 17 + 100 * 1005 + 2);
	ck_assert_int_eq(memcmp(evbuffer_pullup(out, 8), "beforeHT", 8), 0);
	evbuffer_free(out);
	arena_free(arena);
}
END_TEST

Suite *
suite_h1_write(void)
{
	Suite *suite = suite_create("h1_write");
	TCase *tcase = tcase_create("write");

	tcase_add_loop_test(tcase, read_and_written, 0, COUNT(trips));
	tcase_add_loop_test(tcase, body_written, 0, COUNT(bodies));
	tcase_add_test(tcase, continue_written);
	tcase_add_test(tcase, long_head);
	tcase_add_loop_test_raise_signal(
	    tcase, dirty_aborts, SIGABRT, 0, COUNT(dirty));
	suite_add_tcase(suite, tcase);
	return suite;
}
