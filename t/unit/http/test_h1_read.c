/*
 * h1_read: what good messages become, however their bytes arrive.
 */
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#define S(text)                                                                \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}

struct good {
	struct slice bytes;
	const char *text;
	enum method_id method; /* 0: of requests; else the one answered */
	bool eof;
};

#define H "Host: a.test\r\n"

static const struct good goods[] = {
	/* requests */
	{ S("GET / HTTP/1.1\r\n" H "\r\n"),
	    "GET a.test:0 / 1.1 none keep\nHost=a.test\n[]\n", 0, false },
	{ S("GET http://A.test:81/x?y=%20 HTTP/1.1\r\nHost: a.TEST:81\r\n\r\n"),
	    "GET a.test:81 /x?y=%20 1.1 none keep\nHost=a.TEST:81\n[]\n", 0,
	    false },
	{ S("CONNECT a.test:443 HTTP/1.1\r\n" H "\r\n"),
	    "CONNECT a.test:443  1.1 none keep\nHost=a.test\n[]\n", 0, false },
	{ S("CONNECT a.test:443 HTTP/1.0\r\n\r\n"),
	    "CONNECT a.test:443  1.0 none\n[]\n", 0, false },
	{ S("CONNECT a.test:443 HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n"),
	    "CONNECT a.test:443  1.1 none keep\nHost=a.test\n"
	    "Content-Length=0\n[]\n",
	    0, false },
	{ S("OPTIONS * HTTP/1.1\r\n" H "\r\n"),
	    "OPTIONS a.test:0 * 1.1 none keep\nHost=a.test\n[]\n", 0, false },
	{ S("GET / HTTP/1.0\r\n\r\n"), "GET :0 / 1.0 none\n[]\n", 0, false },
	{ S("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
	    "GET :0 / 1.0 none\nConnection=keep-alive\n[]\n", 0, false },
	{ S("\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n"),
	    "GET a.test:0 / 1.1 none keep\nHost=a.test\n[]\n", 0, false },
	{ S("QUERY / HTTP/1.1\r\n" H "\r\n"),
	    "QUERY a.test:0 / 1.1 none keep\nHost=a.test\n[]\n", 0, false },
	{ S("get / HTTP/1.1\r\n" H "\r\n"),
	    "get a.test:0 / 1.1 none keep\nHost=a.test\n[]\n", 0, false },
	{ S("GET / HTTP/1.1\r\n" H "Connection: x, Close\r\n\r\n"),
	    "GET a.test:0 / 1.1 none\nHost=a.test\nConnection=x, Close\n[]\n",
	    0, false },
	{ S("GET / HTTP/1.1\r\nHost: \t a.test \t\r\nE:\r\nS:  \r\n"
	    "O: \xe4\xff\tz\r\n\r\n"),
	    "GET a.test:0 / 1.1 none keep\nHost=a.test\nE=\nS=\n"
	    "O=\xe4\xff\tz\n[]\n",
	    0, false },
	{ S("POST / HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nhello"),
	    "POST a.test:0 / 1.1 length 5 keep\nHost=a.test\n"
	    "Content-Length=5\n[hello]\n",
	    0, false },
	{ S("POST / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n"),
	    "POST a.test:0 / 1.1 length 0 keep\nHost=a.test\n"
	    "Content-Length=0\n[]\n",
	    0, false },
	{ S("POST / HTTP/1.1\r\n" H
	    "Content-Length: 1\r\nExpect: 100-Continue\r\n\r\nx"),
	    "POST a.test:0 / 1.1 length 1 keep expect\nHost=a.test\n"
	    "Content-Length=1\nExpect=100-Continue\n[x]\n",
	    0, false },
	{ S("GET / HTTP/1.1\r\n" H "Expect: 100-continue\r\n\r\n"),
	    "GET a.test:0 / 1.1 none keep\nHost=a.test\n"
	    "Expect=100-continue\n[]\n",
	    0, false },
	{ S("GET / HTTP/1.1\r\n" H
	    "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
	    "GET a.test:0 / 1.1 none keep upgrade\nHost=a.test\n"
	    "Upgrade=websocket\nConnection=Upgrade\n[]\n",
	    0, false },
	{ S("GET / HTTP/1.1\r\n" H "Upgrade: websocket\r\n\r\n"),
	    "GET a.test:0 / 1.1 none keep\nHost=a.test\n"
	    "Upgrade=websocket\n[]\n",
	    0, false },
	{ S("POST / HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\n"
	    "3\r\nabc\r\n00a;x=\"y z\";q\r\n0123456789\r\n0\r\n\r\n"),
	    "POST a.test:0 / 1.1 chunked keep\nHost=a.test\n"
	    "Transfer-Encoding=Chunked\n[abc0123456789]\n",
	    0, false },
	{ S("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
	    "1\r\na\r\n000\r\nX-Sum: 7\r\nHost: evil\r\nSet-Cookie: e\r\n"
	    "Proxy-Foo: e\r\nAuthorization: e\r\nY:\r\n\r\n"),
	    "POST a.test:0 / 1.1 chunked keep\nHost=a.test\n"
	    "Transfer-Encoding=chunked\n[a]\nX-Sum=7\nY=\n",
	    0, false },
	/* pipelined: each ends where the next one starts */
	{ S("POST /1 HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nab\r\n"
	    "POST /2 HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
	    "1\r\nc\r\n0\r\n\r\nGET /3 HTTP/1.1\r\n" H "\r\n"),
	    "POST a.test:0 /1 1.1 length 2 keep\nHost=a.test\n"
	    "Content-Length=2\n[ab]\n"
	    "POST a.test:0 /2 1.1 chunked keep\nHost=a.test\n"
	    "Transfer-Encoding=chunked\n[c]\n"
	    "GET a.test:0 /3 1.1 none keep\nHost=a.test\n[]\n",
	    0, false },
	{ S("GET / HTTP/1.1\r\n" H "\r\n\r\n"),
	    "GET a.test:0 / 1.1 none keep\nHost=a.test\n[]\n", 0, true },

	/* responses */
	{ S("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"),
	    "200 'OK' 1.1 length 2 keep\nContent-Length=2\n[ab]\n", METHOD_GET,
	    false },
	{ S("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"),
	    "200 '' 1.1 length 0 keep\nContent-Length=0\n[]\n", METHOD_GET,
	    false },
	{ S("HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n"),
	    "999 'No' 1.1 length 0 keep\nContent-Length=0\n[]\n", METHOD_GET,
	    false },
	{ S("HTTP/1.1 599 \r\nContent-Length: 0\r\n\r\n"),
	    "599 '' 1.1 length 0 keep\nContent-Length=0\n[]\n", METHOD_GET,
	    false },
	{ S("HTTP/1.1 200 a  b \xfc\r\nContent-Length: 00\r\n\r\n"),
	    "200 'a  b \xfc' 1.1 length 0 keep\nContent-Length=00\n[]\n",
	    METHOD_GET, false },
	{ S("HTTP/1.1 200 OK\r\n\r\nto the end"),
	    "200 'OK' 1.1 close\n[to the end]\n", METHOD_GET, true },
	{ S("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n"),
	    "200 'OK' 1.1 close\nConnection=keep-alive\n[]\n", METHOD_GET,
	    true },
	{ S("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx"),
	    "200 'OK' 1.0 length 1\nContent-Length=1\n[x]\n", METHOD_GET,
	    false },
	{ S("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n"
	    "Connection: Keep-Alive\r\n\r\nx"),
	    "200 'OK' 1.0 length 1 keep\nContent-Length=1\n"
	    "Connection=Keep-Alive\n[x]\n",
	    METHOD_GET, false },
	{ S("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
	    "Connection: keep-alive, close\r\n\r\nx"),
	    "200 'OK' 1.1 length 1\nContent-Length=1\n"
	    "Connection=keep-alive, close\n[x]\n",
	    METHOD_GET, false },
	{ S("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
	    "200 'OK' 1.1 none keep\nContent-Length=9\n[]\n", METHOD_HEAD,
	    false },
	{ S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
	    "200 'OK' 1.1 none keep\nTransfer-Encoding=chunked\n[]\n",
	    METHOD_HEAD, false },
	{ S("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
	    "304 'Not Modified' 1.1 none keep\nContent-Length=9\n[]\n",
	    METHOD_GET, false },
	{ S("HTTP/1.1 204 No Content\r\n\r\n"),
	    "204 'No Content' 1.1 none keep\n[]\n", METHOD_GET, false },
	/* says that it has a body it can't have: not to be kept */
	{ S("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n"),
	    "204 'No Content' 1.1 none\nContent-Length=3\n[]\n", METHOD_GET,
	    false },
	{ S("HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n"),
	    "204 'x' 1.1 none\nTransfer-Encoding=chunked\n[]\n", METHOD_GET,
	    false },
	{ S("HTTP/1.1 200 OK\r\n\r\n"), "200 'OK' 1.1 none keep\n[]\n",
	    METHOD_CONNECT, false },
	{ S("HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno"),
	    "407 'No' 1.1 length 2 keep\nContent-Length=2\n[no]\n",
	    METHOD_CONNECT, false },
	{ S("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n"
	    "\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"),
	    "100 'Continue' 1.1 none keep\n103 'Early' 1.1 none keep\nLink=x\n"
	    "200 'OK' 1.1 length 1 keep\nContent-Length=1\n[x]\n",
	    METHOD_POST, false },
	{ S("HTTP/1.1 200 OK\r\nDate: a\r\nDate: b\r\nServer: a\r\nServer: "
	    "b\r\n"
	    "Content-Length: 0\r\n\r\n"),
	    "200 'OK' 1.1 length 0 keep\nDate=a\nDate=b\nServer=a\nServer=b\n"
	    "Content-Length=0\n[]\n",
	    METHOD_GET, false },
	{ S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "A\r\n0123456789\r\n0\r\n\r\n"),
	    "200 'OK' 1.1 chunked keep\nTransfer-Encoding=chunked\n"
	    "[0123456789]\n",
	    METHOD_GET, false },

	/* cut short */
	{ S("GET / HTTP/1.1\r\n" H), "truncated: head cut short\n", 0, true },
	{ S("POST / HTTP/1.1\r\n" H "Content-Length: 9\r\n\r\nabc"),
	    "POST a.test:0 / 1.1 length 9 keep\nHost=a.test\n"
	    "Content-Length=9\ntruncated: body cut short\n",
	    0, true },
	{ S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
	    "200 'OK' 1.1 chunked keep\nTransfer-Encoding=chunked\n"
	    "truncated: body cut short\n",
	    METHOD_GET, true },
	{ S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b"),
	    "200 'OK' 1.1 chunked keep\nTransfer-Encoding=chunked\n"
	    "truncated: body cut short\n",
	    METHOD_GET, true },
};

START_TEST(good)
{
	static const size_t steps[] = { 0, 1, 2, 3, 7, 17, 64 };
	const struct good *g = &goods[_i];

	for (size_t i = 0; i < COUNT(steps); i++) {
		char *text = transcript(g->method == 0, g->bytes, steps[i],
		    g->eof, g->method, &usual_limits);

		ck_assert_msg(strcmp(text, g->text) == 0,
		    "step %zu\n%.*s\ngave\n%s\nnot\n%s", steps[i],
		    (int)g->bytes.n, g->bytes.p, text, g->text);
		free(text);
	}
}
END_TEST

/* Two parts, at every place where a stream can be cut. */
START_TEST(split)
{
	const struct good *g = &goods[_i];

	for (size_t at = 1; at < g->bytes.n; at++) {
		char *text = transcript(g->method == 0, g->bytes, at, g->eof,
		    g->method, &usual_limits);

		ck_assert_str_eq(text, g->text);
		free(text);
	}
}
END_TEST

struct started {
	const char *bytes;
	bool is_request, started;
};

static const struct started starteds[] = {
	{ "", true, false },
	{ "", false, false },
	{ "\r", true, false },
	{ "\r\n", true, false },
	{ "\r\n\r\n\r\n\r\n", true, false },
	{ "\r\n\r\n\r\n\r\n\r\n", true, true },
	{ "G", true, true },
	{ "\r\nG", true, true },
	{ "H", false, true },
};

START_TEST(started)
{
	const struct started *s = &starteds[_i];
	struct h1_reader *reader = h1_reader_new(s->is_request, &usual_limits);
	struct evbuffer *in = evbuffer_new();

	evbuffer_add(in, s->bytes, strlen(s->bytes));
	ck_assert_int_eq(h1_started(reader, in), s->started);
	evbuffer_free(in);
	h1_reader_free(reader);
}
END_TEST

/* max bounds what one call moves, of any framing. */
START_TEST(bounded_move)
{
	static const char *const heads[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789",
		"HTTP/1.1 200 OK\r\n\r\n0123456789",
		("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		 "4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n"),
	};
	struct h1_reader *reader = h1_reader_new(false, &usual_limits);
	struct evbuffer *in = evbuffer_new(), *out = evbuffer_new();
	struct arena *arena = arena_new(1024);
	struct head head;

	evbuffer_add(in, heads[_i], strlen(heads[_i]));
	ck_assert_int_eq(
	    h1_read_head(reader, in, true, arena, METHOD_GET, &head), H1_HEAD);
	ck_assert_int_eq(h1_read_body(reader, in, true, out, 0), H1_MORE);
	for (size_t i = 3; i < 13; i += 3) {
		size_t n = i < 10 ? i : 10;

		ck_assert_int_eq(
		    h1_read_body(reader, in, true, out, 3), H1_BODY);
		ck_assert_uint_eq(evbuffer_get_length(out), n);
	}
	ck_assert_int_eq(h1_read_body(reader, in, true, out, 3), H1_END);
	ck_assert_int_eq(memcmp(evbuffer_pullup(out, -1), "0123456789", 10), 0);
	evbuffer_free(in);
	evbuffer_free(out);
	arena_free(arena);
	h1_reader_free(reader);
}
END_TEST

Suite *
suite_h1_read(void)
{
	Suite *suite = suite_create("h1_read");
	TCase *tcase = tcase_create("good");

	tcase_add_loop_test(tcase, good, 0, COUNT(goods));
	tcase_add_loop_test(tcase, split, 0, COUNT(goods));
	tcase_add_loop_test(tcase, started, 0, COUNT(starteds));
	tcase_add_loop_test(tcase, bounded_move, 0, 3);
	suite_add_tcase(suite, tcase);
	return suite;
}
