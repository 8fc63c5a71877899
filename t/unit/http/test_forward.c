/*
 * forward: what goes on to the next hop, in whole heads.
 */
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "http/forward.h"

enum {
	KEEP = 1,
	OLD = 2,
	UPGRADE = 4,
	DATED = 8
};

struct passage {
	const char *from, *to;
	unsigned opts;
	enum framing framing;
	enum method_id method; /* of responses */
};

#define VIA "Via: 1.1 sallyport\r\n"
#define H "Host: a.test\r\n"

static const struct passage requests[] = {
	{ "GET http://a.test/x?y HTTP/1.1\r\n" H "\r\n",
	    "GET /x?y HTTP/1.1\r\n" H VIA "\r\n", KEEP, FRAMING_NONE, 0 },
	{ "GET http://A.TEST:8080/ HTTP/1.1\r\nA: b\r\nHost: a.test:8080\r\n"
	  "\r\n",
	    "GET / HTTP/1.1\r\nHost: a.test:8080\r\nA: b\r\n" VIA "\r\n", KEEP,
	    FRAMING_NONE, 0 },
	{ "GET http://a.test HTTP/1.0\r\nA: b\r\n\r\n",
	    "GET / HTTP/1.1\r\n" H "A: b\r\nVia: 1.0 sallyport\r\n\r\n", KEEP,
	    FRAMING_NONE, 0 },
	{ "OPTIONS http://a.test HTTP/1.1\r\n" H "\r\n",
	    "OPTIONS * HTTP/1.1\r\n" H VIA "\r\n", KEEP, FRAMING_NONE, 0 },
	{ "GET http://[::1]/ HTTP/1.1\r\nHost: [::1]\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: [::1]\r\n" VIA "\r\n", KEEP, FRAMING_NONE,
	    0 },
	/* what is said of the next connection */
	{ "GET http://a.test/ HTTP/1.1\r\n" H "Connection: close\r\n\r\n",
	    "GET / HTTP/1.1\r\n" H VIA "\r\n", KEEP, FRAMING_NONE, 0 },
	{ "GET http://a.test/ HTTP/1.1\r\n" H "Connection: keep-alive\r\n"
	  "\r\n",
	    "GET / HTTP/1.1\r\n" H VIA "Connection: close\r\n\r\n", 0,
	    FRAMING_NONE, 0 },
	{ "GET http://a.test/ HTTP/1.1\r\n" H "Expect: 100-continue\r\n\r\n",
	    "GET / HTTP/1.0\r\n" H VIA "Connection: keep-alive\r\n\r\n",
	    KEEP | OLD, FRAMING_NONE, 0 },
	{ "GET http://a.test/ HTTP/1.1\r\n" H "\r\n",
	    "GET / HTTP/1.0\r\n" H VIA "\r\n", OLD, FRAMING_NONE, 0 },
	{ "GET http://a.test/ HTTP/1.0\r\nExpect: 100-continue\r\n\r\n",
	    "GET / HTTP/1.1\r\n" H "Via: 1.0 sallyport\r\n\r\n", KEEP,
	    FRAMING_NONE, 0 },
	/* hop-by-hop, the Proxy- family, options */
	{ "GET http://a.test/ HTTP/1.1\r\n" H
	  "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eDp5\r\n"
	  "Keep-Alive: timeout=5\r\nUpgrade: websocket\r\nTE: gzip\r\n"
	  "Proxy-Authenticate: a\r\nProxy: http://evil\r\nproxy-foo: x\r\n"
	  "Proxyx: stays\r\n\r\n",
	    "GET / HTTP/1.1\r\n" H "Proxyx: stays\r\n" VIA "\r\n", KEEP,
	    FRAMING_NONE, 0 },
	{ "GET http://a.test/ HTTP/1.1\r\n" H "X-A: 1\r\nConnection: x-a\r\n"
	  "X-B: 2\r\nconnection: close , X-B\r\nX-C: 3\r\nx-a: 4\r\n\r\n",
	    "GET / HTTP/1.1\r\n" H "X-C: 3\r\n" VIA "\r\n", KEEP, FRAMING_NONE,
	    0 },
	/* an option can't strip what the origin needs */
	{ "POST http://a.test/ HTTP/1.1\r\nConnection: host, content-length, "
	  "authorization, cookie, via, origin, te, x-a, cache-control\r\n"
	  "Host: a.test\r\nContent-Length: 1\r\nAuthorization: a\r\n"
	  "Cookie: b\r\nVia: 1.0 c\r\nOrigin: d\r\nX-A: 1\r\n"
	  "Cache-Control: no-store\r\n\r\n",
	    "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\n"
	    "Authorization: a\r\nCookie: b\r\nVia: 1.0 c\r\nOrigin: d\r\n"
	    "Cache-Control: no-store\r\n" VIA "\r\n",
	    KEEP, FRAMING_LENGTH, 0 },
	{ "POST http://a.test/ HTTP/1.1\r\nConnection: transfer-encoding\r\n" H
	  "Transfer-Encoding: CHUNKED\r\nTrailer: x\r\n\r\n",
	    "POST / HTTP/1.1\r\n" H "Trailer: x\r\n"
	    "Transfer-Encoding: chunked\r\n" VIA "\r\n",
	    KEEP, FRAMING_CHUNKED, 0 },
	{ "POST http://a.test/ HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n"
	  "Trailer: x\r\n\r\n",
	    "POST / HTTP/1.0\r\n" H VIA "\r\n", OLD, FRAMING_CHUNKED, 0 },
	{ "POST http://a.test/ HTTP/1.1\r\n" H "Content-Length: 007\r\n"
	  "Trailer: x\r\n\r\n",
	    "POST / HTTP/1.1\r\n" H "Content-Length: 7\r\n" VIA "\r\n", KEEP,
	    FRAMING_LENGTH, 0 },
	{ "POST http://a.test/ HTTP/1.1\r\n" H "Content-Length: 000\r\n\r\n",
	    "POST / HTTP/1.1\r\n" H "Content-Length: 0\r\n" VIA "\r\n", KEEP,
	    FRAMING_LENGTH, 0 },
	/* TE */
	{ "GET http://a.test/ HTTP/1.1\r\n" H "TE: gzip, trailers\r\n\r\n",
	    "GET / HTTP/1.1\r\n" H "TE: trailers\r\n" VIA
	    "Connection: TE\r\n\r\n",
	    KEEP, FRAMING_NONE, 0 },
	{ "GET http://a.test/ HTTP/1.1\r\n" H "TE: trailers\r\n\r\n",
	    "GET / HTTP/1.1\r\n" H "TE: trailers\r\n" VIA
	    "Connection: close, TE\r\n\r\n",
	    0, FRAMING_NONE, 0 },
	{ "GET http://a.test/ HTTP/1.1\r\n" H "TE: trailers\r\n\r\n",
	    "GET / HTTP/1.0\r\n" H VIA "\r\n", OLD, FRAMING_NONE, 0 },
	/* Upgrade */
	{ "GET http://a.test/ HTTP/1.1\r\n" H "Upgrade: websocket\r\n"
	  "Connection: keep-alive, Upgrade\r\n\r\n",
	    "GET / HTTP/1.1\r\n" H "Upgrade: websocket\r\n" VIA
	    "Connection: Upgrade\r\n\r\n",
	    KEEP | UPGRADE, FRAMING_NONE, 0 },
	{ "GET http://a.test/ HTTP/1.1\r\n" H "Upgrade: websocket\r\n"
	  "TE: trailers\r\nConnection: Upgrade\r\n\r\n",
	    "GET / HTTP/1.1\r\n" H "Upgrade: websocket\r\nTE: trailers\r\n" VIA
	    "Connection: Upgrade, TE\r\n\r\n",
	    UPGRADE, FRAMING_NONE, 0 },
	{ "GET http://a.test/ HTTP/1.1\r\n" H "Upgrade: websocket\r\n"
	  "Connection: Upgrade\r\n\r\n",
	    "GET / HTTP/1.1\r\n" H VIA "\r\n", KEEP, FRAMING_NONE, 0 },
	{ "GET http://a.test/ HTTP/1.1\r\n" H "Upgrade: websocket\r\n"
	  "Connection: Upgrade\r\n\r\n",
	    "GET / HTTP/1.0\r\n" H VIA "\r\n", OLD | UPGRADE, FRAMING_NONE, 0 },
	{ "GET http://a.test/ HTTP/1.1\r\n" H "Upgrade: websocket\r\n\r\n",
	    "GET / HTTP/1.1\r\n" H VIA "\r\n", KEEP | UPGRADE, FRAMING_NONE,
	    0 },
	{ "GET http://a.test/ HTTP/1.1\r\n" H "Upgrade: x, H2C\r\n"
	  "HTTP2-Settings: AAA\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n",
	    "GET / HTTP/1.1\r\n" H VIA "\r\n", KEEP | UPGRADE, FRAMING_NONE,
	    0 },
	{ "GET http://a.test/ HTTP/1.1\r\n" H "Upgrade: TLS/1.0\r\n"
	  "Connection: Upgrade\r\n\r\n",
	    "GET / HTTP/1.1\r\n" H VIA "\r\n", KEEP | UPGRADE, FRAMING_NONE,
	    0 },
	{ "GET http://a.test/ HTTP/1.1\r\n" H "Upgrade: HTTP/2.0\r\n"
	  "Connection: Upgrade\r\n\r\n",
	    "GET / HTTP/1.1\r\n" H VIA "\r\n", KEEP | UPGRADE, FRAMING_NONE,
	    0 },
};

static const struct passage responses[] = {
	{ "HTTP/1.1 200 Fine\r\nContent-Length: 3\r\n\r\n",
	    "HTTP/1.1 200 Fine\r\nContent-Length: 3\r\n" VIA "\r\n", KEEP,
	    FRAMING_LENGTH, METHOD_GET },
	{ "HTTP/1.0 200 Fine\r\nContent-Length: 03\r\n\r\n",
	    "HTTP/1.1 200 Fine\r\nContent-Length: 3\r\n"
	    "Via: 1.0 sallyport\r\nConnection: close\r\n\r\n",
	    0, FRAMING_LENGTH, METHOD_GET },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" VIA
	    "Connection: keep-alive\r\n\r\n",
	    KEEP | OLD, FRAMING_LENGTH, METHOD_GET },
	/* bodies of unknown length */
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nTrailer: x\r\n"
	  "\r\n",
	    "HTTP/1.1 200 OK\r\nTrailer: x\r\n"
	    "Transfer-Encoding: chunked\r\n" VIA "\r\n",
	    KEEP, FRAMING_CHUNKED, METHOD_GET },
	{ "HTTP/1.1 200 OK\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" VIA "\r\n",
	    KEEP, FRAMING_CHUNKED, METHOD_GET },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n"
	  "\r\n",
	    "HTTP/1.1 200 OK\r\n" VIA "\r\n", KEEP | OLD, FRAMING_CLOSE,
	    METHOD_GET },
	{ "HTTP/1.0 200 OK\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nVia: 1.0 sallyport\r\n\r\n", KEEP | OLD,
	    FRAMING_CLOSE, METHOD_GET },
	/* no body */
	{ "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n" VIA "\r\n", KEEP,
	    FRAMING_NONE, METHOD_HEAD },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
	    "HTTP/1.1 200 OK\r\n" VIA "\r\n", KEEP, FRAMING_NONE, METHOD_HEAD },
	{ "HTTP/1.1 304 N\r\nContent-Length: 7\r\nETag: x\r\n\r\n",
	    "HTTP/1.1 304 N\r\nContent-Length: 7\r\nETag: x\r\n" VIA "\r\n",
	    KEEP, FRAMING_NONE, METHOD_GET },
	{ "HTTP/1.1 204 N\r\nContent-Length: 7\r\n\r\n",
	    "HTTP/1.1 204 N\r\n" VIA "\r\n", KEEP, FRAMING_NONE, METHOD_GET },
	{ "HTTP/1.1 100 C\r\nConnection: close\r\n\r\n",
	    "HTTP/1.1 100 C\r\n" VIA "\r\n", 0, FRAMING_NONE, METHOD_PUT },
	/* hop-by-hop, options, Alt-Svc */
	{ "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: a\r\n"
	  "Proxy-Authenticate: Basic\r\nProxy-Authentication-Info: b\r\n"
	  "Proxy-Status: x\r\nUpgrade: h2,h2c\r\nAlt-Svc: h3=\":443\"\r\n"
	  "alt-svc: clear\r\nX-A: 1\r\nSet-Cookie: c\r\nSet-Cookie: d\r\n"
	  "Connection: x-a, set-cookie, content-length\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nProxy-Status: x\r\n"
	    "Set-Cookie: c\r\nSet-Cookie: d\r\n" VIA "\r\n",
	    KEEP, FRAMING_LENGTH, METHOD_GET },
	/* Date */
	{ "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: now\r\n" VIA "\r\n",
	    KEEP | DATED, FRAMING_LENGTH, METHOD_GET },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: then\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: then\r\n" VIA "\r\n",
	    KEEP | DATED, FRAMING_LENGTH, METHOD_GET },
	{ "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n",
	    "HTTP/1.1 103 Early\r\nLink: x\r\n" VIA "\r\n", KEEP | DATED,
	    FRAMING_NONE, METHOD_GET },
	/* Upgrade */
	{ "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n"
	  "Connection: upgrade\r\n\r\n",
	    "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n" VIA
	    "Connection: Upgrade\r\n\r\n",
	    KEEP | UPGRADE, FRAMING_NONE, METHOD_GET },
	{ "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n"
	  "Connection: upgrade\r\n\r\n",
	    "HTTP/1.1 101 Switching\r\n" VIA "\r\n", 0, FRAMING_NONE,
	    METHOD_GET },
	{ "HTTP/1.1 426 Upgrade\r\nUpgrade: x\r\nContent-Length: 0\r\n\r\n",
	    "HTTP/1.1 426 Upgrade\r\nUpgrade: x\r\nContent-Length: 0\r\n" VIA
	    "Connection: close, Upgrade\r\n\r\n",
	    UPGRADE, FRAMING_LENGTH, METHOD_GET },
};

static struct forward_opts
options(unsigned bits)
{
	return (struct forward_opts){
		.via = SLICE("1.1 sallyport"),
		.next_keep_alive = bits & KEEP,
		.next_minor = !(bits & OLD),
		.pass_upgrade = bits & UPGRADE,
		.date = bits & DATED ? SLICE("now") : SLICE_EMPTY,
	};
}

START_TEST(request)
{
	const struct passage *p = &requests[_i];
	struct forward_opts opts = options(p->opts);
	struct arena *arena = arena_new(1024);
	struct head head = read_one(arena, true, 0, p->from);
	struct host host = head.target.host;
	char *text;

	ck_assert_int_eq(
	    forward_request(&head, &host, head.target.port, 80, &opts),
	    p->framing);
	text = written(&head);
	ck_assert_str_eq(text, p->to);
	ck_assert_int_eq(head.upgrade, head_get(&head, FIELD_UPGRADE) != NULL);
	free(text);
	arena_free(arena);
}
END_TEST

START_TEST(response)
{
	const struct passage *p = &responses[_i];
	struct forward_opts opts = options(p->opts);
	struct arena *arena = arena_new(1024);
	struct head head = read_one(arena, false, p->method, p->from);
	char *text;

	ck_assert_int_eq(forward_response(&head, p->method, &opts), p->framing);
	text = written(&head);
	ck_assert_str_eq(text, p->to);
	free(text);
	arena_free(arena);
}
END_TEST

struct hops {
	const char *method, *value;
	int ret;
	const char *left;
};

static const struct hops hops[] = {
	{ "TRACE", "5", 1, "4" },
	{ "OPTIONS", "1", 1, "0" },
	{ "OPTIONS", "0", 0, "0" },
	{ "TRACE", "00", 0, "00" },
	{ "GET", "5", -1, "5" },
	{ "TRACE", "x", -1, "x" },
	{ "TRACE", "-1", -1, "-1" },
	{ "TRACE", "", -1, "" },
	{ "TRACE", "4294967295", 1, "4294967294" },
	{ "TRACE", "4294967296", -1, "4294967296" },
};

START_TEST(max_forwards)
{
	const struct hops *h = &hops[_i];
	struct arena *arena = arena_new(1024);
	struct slice text = arena_printf(arena,
	    "%s / HTTP/1.1\r\nHost: a\r\nMax-Forwards: %s\r\n\r\n", h->method,
	    h->value);
	struct head head = read_one(arena, true, 0, text.p);

	ck_assert_int_eq(forward_max_forwards(&head), h->ret);
	ck_assert(slice_eq_str(head_value(&head, FIELD_MAX_FORWARDS), h->left));
	head_remove(&head, FIELD_MAX_FORWARDS);
	ck_assert_int_eq(forward_max_forwards(&head), -1);
	arena_free(arena);
}
END_TEST

struct loop {
	const char *via;
	bool ours;
};

static const struct loop loops[] = {
	{ "1.1 sallyport", true },
	{ "1.0 SallyPort", true },
	{ "HTTP/1.1 sallyport (x)", true },
	{ "1.1 a, 1.1  sallyport , 1.0 b", true },
	{ "2 a\r\nVia: 1.1 sallyport", true },
	{ "1.1 sallyport2", false },
	{ "1.1 a.sallyport", false },
	{ "1.1 a (sallyport)", false },
	{ "sallyport 1.1", false },
	{ "sallyport", false },
	{ "", false },
	{ ",,", false },
};

START_TEST(looping)
{
	const struct loop *l = &loops[_i];
	struct arena *arena = arena_new(1024);
	struct slice text = arena_printf(
	    arena, "GET / HTTP/1.1\r\nHost: a\r\nVia: %s\r\n\r\n", l->via);
	struct head head = read_one(arena, true, 0, text.p);

	ck_assert_int_eq(forward_loops(&head, SLICE("sallyport")), l->ours);
	ck_assert_int_eq(forward_loops(&head, SLICE("1.1 sallyport")), l->ours);
	arena_free(arena);
}
END_TEST

/* What we send is seen as a loop when it comes back. */
START_TEST(loop_of_ours)
{
	struct forward_opts opts = options(KEEP);
	struct arena *arena = arena_new(1024);
	struct head head = read_one(arena, true, 0,
	    "GET http://a.test/ HTTP/1.1\r\n" H "Via: 1.1 b\r\n\r\n");
	struct host host = head.target.host;
	char *text;

	ck_assert(!forward_loops(&head, opts.via));
	forward_request(&head, &host, 80, 80, &opts);
	text = written(&head);
	head = read_one(arena, true, 0, text);
	ck_assert(forward_loops(&head, opts.via));
	ck_assert_uint_eq(head_count(&head, FIELD_VIA), 2);
	free(text);
	arena_free(arena);
}
END_TEST

Suite *
suite_forward(void)
{
	Suite *suite = suite_create("forward");
	TCase *tcase = tcase_create("forward");

	tcase_add_loop_test(tcase, request, 0, COUNT(requests));
	tcase_add_loop_test(tcase, response, 0, COUNT(responses));
	tcase_add_loop_test(tcase, max_forwards, 0, COUNT(hops));
	tcase_add_loop_test(tcase, looping, 0, COUNT(loops));
	tcase_add_test(tcase, loop_of_ours);
	suite_add_tcase(suite, tcase);
	return suite;
}
