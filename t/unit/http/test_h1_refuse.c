/*
 * h1_read: what it refuses, why, and the limits from both sides.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "base/mem.h"

#define S(text)                                                                \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}
#define H "Host: a.test\r\n"
#define GET "GET / HTTP/1.1\r\n" H
#define POST "POST / HTTP/1.1\r\n" H
#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n\r\n"

struct bad {
	struct slice bytes;
	const char *text; /* how the last line of the transcript starts */
};

static const struct bad requests[] = {
	/* start line */
	{ S("GET /\r\n\r\n"), "syntax: bad request line" },
	{ S("GET\r\n\r\n"), "syntax: bad request line" },
	{ S("GET  HTTP/1.1\r\n\r\n"), "syntax: empty target" },
	{ S("GET  / HTTP/1.1\r\n" H "\r\n"), "syntax: space" },
	{ S("GET /  HTTP/1.1\r\n" H "\r\n"), "syntax: space" },
	{ S("GET / x HTTP/1.1\r\n" H "\r\n"), "syntax: space" },
	{ S("GET /\tHTTP/1.1\r\n" H "\r\n"), "syntax: bad request line" },
	{ S("GET\t/ HTTP/1.1\r\n" H "\r\n"), "syntax: bad request line" },
	{ S(" GET / HTTP/1.1\r\n" H "\r\n"), "syntax: not HTTP" },
	{ S("GET / HTTP/1.1 \r\n" H "\r\n"), "syntax: no HTTP version" },
	{ S("G(T / HTTP/1.1\r\n" H "\r\n"), "syntax: bad method" },
	{ S("G\x80T / HTTP/1.1\r\n" H "\r\n"), "syntax: bad method" },
	{ S("G\0T / HTTP/1.1\r\n" H "\r\n"), "syntax: bad method" },
	{ S("GET /\0 HTTP/1.1\r\n" H "\r\n"), "syntax: space" },
	{ S("GET /\x80 HTTP/1.1\r\n" H "\r\n"), "syntax: space" },
	{ S("GET /a#b HTTP/1.1\r\n" H "\r\n"), "syntax: fragment" },
	{ S("GET / http/1.1\r\n" H "\r\n"), "syntax: no HTTP version" },
	{ S("GET / HTTP/11\r\n" H "\r\n"), "syntax: no HTTP version" },
	{ S("GET / HTTP/1.1x\r\n" H "\r\n"), "syntax: no HTTP version" },
	{ S("GET / HTTP/1.10\r\n" H "\r\n"), "syntax: no HTTP version" },
	{ S("GET / HTTP/1.\r\n" H "\r\n"), "syntax: no HTTP version" },
	{ S("GET / HTTP/0.9\r\n" H "\r\n"), "version" },
	{ S("GET / HTTP/1.2\r\n" H "\r\n"), "version" },
	{ S("GET / HTTP/2.0\r\n" H "\r\n"), "version" },
	{ S("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "version" },
	{ S("\x16\x03\x01\x02"), "syntax: not HTTP" },
	{ S("\0"), "syntax: not HTTP" },
	{ S("\n"), "syntax: not HTTP" },
	{ S("\nGET / HTTP/1.1\r\n" H "\r\n"), "syntax: not HTTP" },
	{ S("\rGET / HTTP/1.1\r\n" H "\r\n"), "ambiguous: bare CR" },
	{ S("\r\n\r\n\r\n\r\n\r\n" GET "\r\n"), "syntax: too many empty" },
	{ S("GET / HTTP/1.1\n" H "\r\n"), "ambiguous: line feed" },
	{ S("GET / HTTP/1.1\r\r\n" H "\r\n"), "syntax: no HTTP version" },
	{ S("GET /\r HTTP/1.1\r\n" H "\r\n"), "syntax: space" },
	{ S("* / HTTP/1.1\r\n\r\n"), "syntax: no host" },

	/* target and host */
	{ S("GET / HTTP/1.1\r\n\r\n"), "syntax: no host field" },
	{ S("GET http://a.test/ HTTP/1.1\r\n\r\n"), "syntax: no host field" },
	{ S("CONNECT a.test:443 HTTP/1.1\r\n\r\n"), "syntax: no host field" },
	{ S("GET / HTTP/1.1\r\nHost:\r\n\r\n"), "syntax: host name is empty" },
	{ S(GET H "\r\n"), "ambiguous: a field that" },
	{ S(GET "host: b.test\r\n\r\n"), "ambiguous: a field that" },
	{ S("GET / HTTP/1.1\r\nHost: a.test, b.test\r\n\r\n"), "syntax: odd" },
	{ S("GET / HTTP/1.1\r\nHost: a.test b.test\r\n\r\n"), "syntax: odd" },
	{ S("GET / HTTP/1.1\r\nHost: a.test/x\r\n\r\n"), "syntax: odd" },
	{ S("GET / HTTP/1.1\r\nHost: a@b.test\r\n\r\n"), "syntax: user" },
	{ S("GET / HTTP/1.1\r\nHost: a.test:0\r\n\r\n"), "syntax: odd port" },
	{ S("GET / HTTP/1.1\r\nHost: a%2etest\r\n\r\n"), "syntax: odd" },
	{ S("GET / HTTP/1.1\r\nHost: b\xc3\xbc.test\r\n\r\n"), "syntax: odd" },
	{ S("GET http://b.test/ HTTP/1.1\r\n" H "\r\n"), "ambiguous: host" },
	{ S("GET http://a.test:81/ HTTP/1.1\r\n" H "\r\n"), "ambiguous: host" },
	{ S("GET https://a.test/ HTTP/1.1\r\nHost: a.test:80\r\n\r\n"),
	    "ambiguous: host" },
	{ S("GET http://b.test/ HTTP/1.0\r\n" H "\r\n"), "ambiguous: host" },
	{ S("CONNECT b.test:443 HTTP/1.1\r\n" H "\r\n"), "ambiguous: host" },
	{ S("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:80\r\n\r\n"),
	    "ambiguous: host" },
	{ S("CONNECT / HTTP/1.1\r\n" H "\r\n"), "syntax: odd character" },
	{ S("CONNECT a.test HTTP/1.1\r\n" H "\r\n"), "syntax: CONNECT" },
	{ S("CONNECT http://a.test HTTP/1.1\r\n" H "\r\n"), "syntax: odd" },
	{ S("GET a.test:443 HTTP/1.1\r\n" H "\r\n"), "syntax: neither" },
	{ S("GET * HTTP/1.1\r\n" H "\r\n"), "syntax: asterisk" },
	{ S("GET ftp://a.test/ HTTP/1.1\r\n" H "\r\n"), "syntax: neither" },
	{ S("CONNECT a.test:443 HTTP/1.1\r\n" H "Content-Length: 1\r\n\r\n"),
	    "ambiguous: CONNECT with a body" },
	{ S("CONNECT a.test:443 HTTP/1.1\r\n" H CHUNKED),
	    "ambiguous: CONNECT with a body" },

	/* field lines */
	{ S(GET "A : b\r\n\r\n"), "ambiguous: odd space" },
	{ S(GET "A\t: b\r\n\r\n"), "ambiguous: odd space" },
	{ S("GET / HTTP/1.1\r\n Host: a.test\r\n\r\n"), "ambiguous: odd" },
	{ S("GET / HTTP/1.1\r\n\tA: b\r\n" H "\r\n"), "ambiguous" },
	{ S(GET " folded\r\n\r\n"), "ambiguous: folded" },
	{ S(GET "\tfolded\r\n\r\n"), "ambiguous: folded" },
	{ S(GET "A: b\r\n folded\r\n\r\n"), "ambiguous: folded" },
	{ S(GET "A:\r\n folded\r\n\r\n"), "ambiguous" },
	{ S(GET "A: b\r\n \r\n\r\n"), "ambiguous" },
	{ S(GET "A: b\rC: d\r\n\r\n"), "ambiguous: bare CR" },
	{ S(GET "A: \rC: d\r\n\r\n"), "ambiguous" },
	{ S(GET "A:\rC: d\r\n\r\n"), "ambiguous" },
	{ S(GET "A\r: d\r\n\r\n"), "ambiguous: bare CR" },
	{ S(GET "\rA: d\r\n\r\n"), "ambiguous: bare CR" },
	{ S(GET "A: b\r\r\n\r\n"), "ambiguous: bare CR" },
	{ S(GET "A: b\nC: d\r\n\r\n"), "ambiguous: line feed" },
	{ S(GET "A: b\n\r\n"), "ambiguous: line feed" },
	{ S(GET "A: b\r\n\n"), "ambiguous: line feed" },
	{ S(GET "A: b\0c\r\n\r\n"), "syntax: bad byte" },
	{ S(GET "A: b\1c\r\n\r\n"), "syntax: bad byte" },
	{ S(GET "A: b\x7f\r\n\r\n"), "syntax: bad byte" },
	{ S(GET "A\0: b\r\n\r\n"), "syntax: bad" },
	{ S(GET "A(: b\r\n\r\n"), "syntax: bad" },
	{ S(GET "\xe4: b\r\n\r\n"), "syntax: bad" },
	{ S(GET ": b\r\n\r\n"), "syntax: bad" },
	{ S(GET "no colon\r\n\r\n"), "ambiguous: odd space" },
	{ S(GET "nocolon\r\n\r\n"), "ambiguous: bare CR" },
	{ S(GET "Max-Forwards: 1\r\nMax-Forwards: 2\r\n\r\n"),
	    "ambiguous: a field that" },
	{ S(GET "Proxy-Authorization: a\r\nProxy-Authorization: a\r\n\r\n"),
	    "ambiguous: a field that" },
	{ S(GET "Authorization: a\r\nAuthorization: b\r\n\r\n"),
	    "ambiguous: a field that" },

	/* framing */
	{ S(POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx"),
	    "ambiguous: content-length" },
	{ S(POST "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx"),
	    "ambiguous: content-length" },
	{ S(POST "Content-Length: 5, 5\r\n\r\n"), "ambiguous: odd content" },
	{ S(POST "Content-Length: +5\r\n\r\n"), "ambiguous: odd content" },
	{ S(POST "Content-Length: -5\r\n\r\n"), "ambiguous: odd content" },
	{ S(POST "Content-Length: 0x5\r\n\r\n"), "ambiguous: odd content" },
	{ S(POST "Content-Length: 5 5\r\n\r\n"), "ambiguous: odd content" },
	{ S(POST "Content-Length: 5.0\r\n\r\n"), "ambiguous: odd content" },
	{ S(POST "Content-Length: \"5\"\r\n\r\n"), "ambiguous: odd content" },
	{ S(POST "Content-Length:\r\n\r\n"), "ambiguous: odd content" },
	{ S(POST "Content-Length: 9223372036854775808\r\n\r\n"),
	    "ambiguous: odd content" },
	{ S(POST "Content-Length: 18446744073709551617\r\n\r\n"),
	    "ambiguous: odd content" },
	{ S(POST "Content-Length: 5\r\n" CHUNKED), "ambiguous: content" },
	{ S(POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"),
	    "ambiguous: content" },
	{ S(POST "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n"),
	    "ambiguous: content" },
	{ S("POST / HTTP/1.0\r\n" CHUNKED), "ambiguous: transfer-encoding" },
	{ S(POST "Transfer-Encoding: chunked\r\n" CHUNKED), "coding" },
	{ S(POST "Transfer-Encoding: gzip\r\n" CHUNKED),
	    "ambiguous: a field that" },
	{ S(POST "Transfer-Encoding: gzip\r\n\r\n"), "coding" },
	{ S(POST "Transfer-Encoding: gzip, chunked\r\n\r\n"), "coding" },
	{ S(POST "Transfer-Encoding: chunked, gzip\r\n\r\n"), "coding" },
	{ S(POST "Transfer-Encoding: chunked, chunked\r\n\r\n"), "coding" },
	{ S(POST "Transfer-Encoding: chunked,\r\n\r\n"), "coding" },
	{ S(POST "Transfer-Encoding: ,chunked\r\n\r\n"), "coding" },
	{ S(POST "Transfer-Encoding: identity\r\n\r\n"), "coding" },
	{ S(POST "Transfer-Encoding: xchunked\r\n\r\n"), "coding" },
	{ S(POST "Transfer-Encoding: chunked;q=1\r\n\r\n"), "coding" },
	{ S(POST "Transfer-Encoding: \"chunked\"\r\n\r\n"), "coding" },
	{ S(POST "Transfer-Encoding:\r\n\r\n"), "coding" },
	{ S(POST "Transfer-Encoding: \vchunked\r\n\r\n"), "syntax: bad byte" },
	{ S(POST "Transfer-Encoding : chunked\r\n\r\n"), "ambiguous: odd sp" },
	{ S(POST "Transfer-Encoding: chunked\r \r\n\r\n"), "ambiguous" },

	/* chunks */
	{ S(POST CHUNKED "\r\n"), "syntax: no chunk size" },
	{ S(POST CHUNKED "x\r\n"), "syntax: no chunk size" },
	{ S(POST CHUNKED "-1\r\n"), "syntax: no chunk size" },
	{ S(POST CHUNKED "+1\r\n"), "syntax: no chunk size" },
	{ S(POST CHUNKED " 1\r\na\r\n"), "syntax: no chunk size" },
	{ S(POST CHUNKED ";x\r\n"), "syntax: no chunk size" },
	{ S(POST CHUNKED "0x1\r\na\r\n"), "ambiguous: stray bytes" },
	{ S(POST CHUNKED "1 \r\na\r\n"), "ambiguous: stray bytes" },
	{ S(POST CHUNKED "1 ;x\r\na\r\n"), "ambiguous: stray bytes" },
	{ S(POST CHUNKED "1\t\r\na\r\n"), "ambiguous: stray bytes" },
	{ S(POST CHUNKED "1\0\r\na\r\n"), "ambiguous: stray bytes" },
	{ S(POST CHUNKED "1\na\r\n"), "ambiguous: line feed" },
	{ S(POST CHUNKED "\n1\r\na\r\n"), "ambiguous: line feed" },
	{ S(POST CHUNKED "1\ra\r\n"), "ambiguous: stray bytes" },
	{ S(POST CHUNKED "1;a\rb\r\na\r\n"), "ambiguous: control byte" },
	{ S(POST CHUNKED "1;a\0b\r\na\r\n"), "ambiguous: control byte" },
	{ S(POST CHUNKED "1;a\nb\r\na\r\n"), "ambiguous: line feed" },
	{ S(POST CHUNKED "1\r\nab"), "ambiguous: chunk is not" },
	{ S(POST CHUNKED "1\r\na\n"), "ambiguous: chunk is not" },
	{ S(POST CHUNKED "1\r\na\rb"), "ambiguous: chunk is not" },
	{ S(POST CHUNKED "8000000000000000\r\n"), "ambiguous: chunk size" },
	{ S(POST CHUNKED "ffffffffffffffff\r\n"), "ambiguous: chunk size" },
	{ S(POST CHUNKED "10000000000000001\r\n"), "ambiguous: chunk size" },
	{ S(POST CHUNKED "00000000000000001\r\n"), "ambiguous: chunk size" },
	{ S(POST CHUNKED "0\r\nx"), "" },
	{ S(POST CHUNKED "0\r\nA : b\r\n\r\n"), "ambiguous: odd space" },
	{ S(POST CHUNKED "0\r\nA: b\n\r\n"), "ambiguous: line feed" },
	{ S(POST CHUNKED "0\r\n\n"), "ambiguous: line feed" },
	{ S(POST CHUNKED "0\r\n A: b\r\n\r\n"), "ambiguous" },
	{ S(POST CHUNKED "0\r\nA: b\r\n c\r\n\r\n"), "ambiguous: folded" },
	{ S(POST CHUNKED "0\r\nA: b\1\r\n\r\n"), "syntax: bad byte" },
};

static const struct bad responses[] = {
	{ S("\r\nHTTP/1.1 200 OK\r\n\r\n"), "syntax: not HTTP" },
	{ S("ICY 200 OK\r\n\r\n"), "syntax: not HTTP" },
	{ S("http/1.1 200 OK\r\n\r\n"), "syntax: not HTTP" },
	{ S("HTTP/1.1\r\n\r\n"), "syntax: bad status code" },
	{ S("HTTP/1.1 \r\n\r\n"), "syntax: bad status code" },
	{ S("HTTP/1.1 20\r\n\r\n"), "syntax: bad status code" },
	{ S("HTTP/1.1 2000\r\n\r\n"), "syntax: bad status line" },
	{ S("HTTP/1.1 200OK\r\n\r\n"), "syntax: bad status line" },
	{ S("HTTP/1.1  200 OK\r\n\r\n"), "syntax: bad status code" },
	{ S("HTTP/1.1\t200 OK\r\n\r\n"), "syntax: bad status code" },
	{ S("HTTP/1.1 2x0 OK\r\n\r\n"), "syntax: bad status code" },
	{ S("HTTP/1.1 099 OK\r\n\r\n"), "syntax: bad status code" },
	{ S("HTTP/1.1 1000 OK\r\n\r\n"), "syntax: bad status line" },
	{ S("HTTP/1.1 -20 OK\r\n\r\n"), "syntax: bad status code" },
	{ S("HTTP/1.1 200 O\1K\r\n\r\n"), "syntax: control byte" },
	{ S("HTTP/1.1 200 O\rK\r\n\r\n"), "syntax: control byte" },
	{ S("HTTP/1.1 200 O\0K\r\n\r\n"), "syntax: control byte" },
	{ S("HTTP/1.1 200 OK\n\r\n"), "ambiguous: line feed" },
	{ S("HTTP/2.0 200 OK\r\n\r\n"), "version" },
	{ S("HTTP/1.2 200 OK\r\n\r\n"), "version" },
	{ S("HTTP/x.1 200 OK\r\n\r\n"), "syntax: no HTTP version" },
	{ S(OK "Content-Length: 5\r\n" CHUNKED), "ambiguous: content" },
	{ S(OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"),
	    "ambiguous: content" },
	{ S(OK "Content-Length: 5, 5\r\n\r\n"), "ambiguous: odd content" },
	{ S(OK "Transfer-Encoding: gzip, chunked\r\n\r\n"), "coding" },
	{ S(OK "Transfer-Encoding: gzip\r\n\r\n"), "coding" },
	{ S("HTTP/1.0 200 OK\r\n" CHUNKED), "ambiguous: transfer-encoding" },
	{ S(OK "Location: /a\r\nLocation: /b\r\n\r\n"), "ambiguous: a field" },
	{ S("HTTP/1.1 100 C\r\nContent-Length: 5\r\n\r\n"),
	    "ambiguous: interim" },
	{ S("HTTP/1.1 103 C\r\n" CHUNKED), "ambiguous: interim" },
	{ S(OK "A: b\r\n c\r\n\r\n"), "ambiguous: folded" },
	{ S(OK "A : b\r\n\r\n"), "ambiguous: odd space" },
	{ S(OK CHUNKED "1\r\nab\r\n"), "ambiguous: chunk is not" },
};

/* The last line is the refusal, the same one for any split. */
static void
check_refused(bool is_request, const struct bad *bad)
{
	for (size_t step = 0; step < 40; step++) {
		char *text = transcript(is_request, bad->bytes, step, false,
		    METHOD_GET, &usual_limits);
		size_t n = strlen(text), at = n ? n - 1 : 0;

		while (at > 0 && text[at - 1] != '\n')
			at--;
		ck_assert_msg(
		    strncmp(text + at, bad->text, strlen(bad->text)) == 0,
		    "step %zu\n%.*s\ngave\n%s\nnot\n%s", step,
		    (int)bad->bytes.n, bad->bytes.p, text, bad->text);
		/* and none of it went by: no message ended */
		ck_assert_ptr_null(strstr(text, "]\n"));
		free(text);
	}
}

START_TEST(bad_request)
{
	check_refused(true, &requests[_i]);
}
END_TEST

START_TEST(bad_response)
{
	check_refused(false, &responses[_i]);
}
END_TEST

/* A stream that failed stays failed. */
START_TEST(stays_failed)
{
	struct h1_reader *reader = h1_reader_new(true, &usual_limits);
	struct evbuffer *in = evbuffer_new();
	struct arena *arena = arena_new(512);
	struct head head;

	evbuffer_add_printf(in, " " GET "\r\n");
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(
		    h1_read_head(reader, in, false, arena, 0, &head), H1_ERROR);
	ck_assert_int_eq(h1_read_body(reader, in, false, in, 10), H1_ERROR);
	evbuffer_free(in);
	arena_free(arena);
	h1_reader_free(reader);
}
END_TEST

static const struct h1_limits tight = {
	.request_line = 40, .header_bytes = 60, .header_count = 4
};

enum grown {
	LINE,
	HEADER,
	COUNT_OF,
	TRAILER,
	TRAILER_COUNT,
	STATUS_LINE
};

struct limit {
	enum grown what;
	int over; /* of the limit */
	const char *text;
};

static const struct limit limits[] = {
	{ LINE, -1, "GET" },
	{ LINE, 0, "GET" },
	{ LINE, 1, "line: " },
	{ LINE, 2, "line: " },
	{ LINE, 3, "line: " },
	{ LINE, 9000, "line: " },
	{ STATUS_LINE, -1, "200" },
	{ STATUS_LINE, 0, "200" },
	{ STATUS_LINE, 1, "line: " },
	{ HEADER, -1, "GET" },
	{ HEADER, 0, "GET" },
	{ HEADER, 1, "header: header too large" },
	{ HEADER, 2, "header: header too large" },
	{ HEADER, 3, "header: header too large" },
	{ HEADER, 9000, "header: header too large" },
	{ COUNT_OF, -1, "GET" },
	{ COUNT_OF, 0, "GET" },
	{ COUNT_OF, 1, "header: too many fields" },
	{ TRAILER, -1, NULL },
	{ TRAILER, 0, NULL },
	{ TRAILER, 1, "header: header too large" },
	{ TRAILER_COUNT, -1, NULL },
	{ TRAILER_COUNT, 0, NULL },
	{ TRAILER_COUNT, 1, "header: too many fields" },
};

static char *
fill(char c, size_t n)
{
	char *s = mem_alloc(n + 1);

	memset(s, c, n);
	s[n] = '\0';
	return s;
}

/* Field lines "a:x" of size bytes in all, in n lines. */
static char *
lines(size_t size, size_t n)
{
	char *some = fill('x', size);
	char *text = mem_printf(
	    "a:%.*s\r\n", (int)(size - 4 - 5 * (n - 1)), some);

	for (size_t i = 1; i < n; i++) {
		char *more = mem_printf("%sa:x\r\n", text);

		free(text);
		text = more;
	}
	free(some);
	return text;
}

static char *
build(const struct limit *limit)
{
	char *x = NULL, *text = NULL;
	size_t n;

	switch (limit->what) {
	case LINE:
		n = tight.request_line + limit->over - strlen("GET / HTTP/1.0");
		x = fill('x', n);
		text = mem_printf("GET /%s HTTP/1.0\r\n\r\n", x);
		break;
	case STATUS_LINE:
		n = tight.request_line + limit->over - strlen("HTTP/1.1 200 ");
		x = fill('x', n);
		text = mem_printf("HTTP/1.1 200 %s\r\n\r\n", x);
		break;
	case HEADER:
		x = lines(tight.header_bytes + limit->over, 2);
		text = mem_printf("GET / HTTP/1.0\r\n%s\r\n", x);
		break;
	case COUNT_OF:
		x = lines(40, tight.header_count + limit->over);
		text = mem_printf("GET / HTTP/1.0\r\n%s\r\n", x);
		break;
	case TRAILER:
		x = lines(tight.header_bytes + limit->over, 2);
		text = mem_printf(
		    "GET / HTTP/1.1\r\n" H CHUNKED "0\r\n%s\r\n", x);
		break;
	case TRAILER_COUNT:
		x = lines(40, tight.header_count + limit->over);
		text = mem_printf(
		    "GET / HTTP/1.1\r\n" H CHUNKED "0\r\n%s\r\n", x);
		break;
	}
	free(x);
	return text;
}

START_TEST(limited)
{
	const struct limit *l = &limits[_i];
	bool is_request = l->what != STATUS_LINE;
	char *text = build(l);
	size_t n = strlen(text);

	for (size_t step = 0; step < 70; step++) {
		char *got = transcript(is_request, slice_from(text, n), step,
		    false, METHOD_GET, &tight);

		if (l->text)
			ck_assert_msg(
			    strncmp(got, l->text, strlen(l->text)) == 0 ||
				strstr(got, l->text),
			    "%s gave %s", text, got);
		else
			ck_assert_ptr_nonnull(strstr(got, "[]\na=x"));
		free(got);
	}
	free(text);
}
END_TEST

/* Too large is said before the end is there. */
START_TEST(limited_early)
{
	static const char *const starts[] = { "GET /", "GET / HTTP/1.0\r\na:" };
	static const char *const words[] = { "line: start line too long\n",
		"header: header too large\n" };
	char *x = fill('x', 80);
	char *text = mem_printf("%s%s", starts[_i], x);
	char *got = transcript(
	    true, slice_of(text), 1, false, METHOD_GET, &tight);

	ck_assert_str_eq(got, words[_i]);
	free(got);
	free(text);
	free(x);
}
END_TEST

START_TEST(connection_options)
{
	static const int counts[] = { 31, 32, 33 };
	char *x = fill(',', counts[_i] - 1);
	char *text = mem_printf(GET "Connection: %s\r\n\r\n", x);
	char *got = transcript(
	    true, slice_of(text), 0, false, METHOD_GET, &usual_limits);

	if (counts[_i] > 32)
		ck_assert_str_eq(got, "header: too many connection options\n");
	else
		ck_assert_ptr_nonnull(strstr(got, "[]\n"));
	free(got);
	free(text);
	free(x);
}
END_TEST

Suite *
suite_h1_refuse(void)
{
	Suite *suite = suite_create("h1_refuse");
	TCase *tcase = tcase_create("bad");

	tcase_add_loop_test(tcase, bad_request, 0, COUNT(requests));
	tcase_add_loop_test(tcase, bad_response, 0, COUNT(responses));
	tcase_add_test(tcase, stays_failed);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("limits");
	tcase_add_loop_test(tcase, limited, 0, COUNT(limits));
	tcase_add_loop_test(tcase, limited_early, 0, 2);
	tcase_add_loop_test(tcase, connection_options, 0, 3);
	suite_add_tcase(suite, tcase);
	return suite;
}
