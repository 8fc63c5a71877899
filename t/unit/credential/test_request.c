/*
 * request: which parts of a request are looked into.
 */
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "encode.h"
#include "found.h"

#define S(literal) SLICE(literal)

static const struct {
	const char *target;
	const char *name, *value; /* of one header field */
	struct slice body;
	const char *want;  /* found ... */
	const char *where; /* ... here; NULL: must not be found */
} rows[] = {
	{ "/a?user=x&pw=s%65cret1", "", "", { NULL, 0 }, "secret1",
	    "query:pw" },
	{ "/login;user=x;pw=s%65cret1/go", "", "", { NULL, 0 }, "secret1",
	    "path>pct" },
	{ "/api/s%65cret1/x.gif", "", "", { NULL, 0 }, "secret1", "path>pct" },
	{ "/api/secret1", "", "", { NULL, 0 }, "secret1", "path" },
	{ "/api/sec;ret=1/x", "", "", { NULL, 0 }, "sec;ret=1", "path" },
	{ "/api/sec=ret1", "", "", { NULL, 0 }, "sec=ret1", "path" },
	{ "/api/c2VjcmV0MQ/x", "", "", { NULL, 0 }, "secret1", "path>base64" },
	{ "http://jdoe:secret1@h/x", "", "", { NULL, 0 }, "secret1",
	    "userinfo" },
	{ "http://jdoe:s%65cr@t1@h/x", "", "", { NULL, 0 }, "secr@t1",
	    "userinfo>pct" },
	{ "https://h?pw=secret1", "", "", { NULL, 0 }, "secret1", "query:pw" },
	{ "/", "Authorization", "Basic amRvZTpzZWNyZXQ6MQ==", { NULL, 0 },
	    "secret:1", "header:Authorization" },
	{ "/", "authorization", "bAsIc  amRvZTpzZWNyZXQ6MQ", { NULL, 0 },
	    "secret:1", "header:authorization" },
	{ "/", "Authorization", "Bearer c2VjcmV0MQ==", { NULL, 0 }, "secret1",
	    "header:Authorization>base64" },
	{ "/", "Authorization", "secret1", { NULL, 0 }, "secret1",
	    "header:Authorization" },
	{ "/", "Authorization", "Bearer eyJwIjoic2VjcmV0MSJ9.e30.x",
	    { NULL, 0 }, "secret1", NULL },
	{ "/", "Authorization", "NTLM c2VjcmV0MQ==", { NULL, 0 }, "secret1",
	    NULL },
	{ "/", "Authorization", "Basic ****", { NULL, 0 }, "****", NULL },
	{ "/", "Proxy-Authorization", "Basic amRvZTpzZWNyZXQ6MQ==", { NULL, 0 },
	    "secret:1", NULL },
	{ "/", "X-Auth-Password", "secret1", { NULL, 0 }, "secret1",
	    "header:X-Auth-Password" },
	{ "/", "X-Login", "amRvZTpzZWNyZXQx", { NULL, 0 }, "secret1",
	    "header:X-Login>base64>text" },
	{ "/", "Cookie", "sid=secret1", { NULL, 0 }, "secret1", NULL },
	{ "/", "Cookie", "a=b; auth=Basic%20amRvZTpzZWNyZXQx", { NULL, 0 },
	    "secret1", "cookie:auth" },
	{ "/", "User-Agent", "secret1", { NULL, 0 }, "secret1", NULL },
	{ "/", "Referer", "https://h/?pw=secret1", { NULL, 0 }, "secret1",
	    NULL },
	{ "/", "Sec-Fetch-Mode", "secret1", { NULL, 0 }, "secret1", NULL },
	{ "/", "Sec-WebSocket-Protocol", "chat, secret1", { NULL, 0 },
	    "secret1", "header:Sec-WebSocket-Protocol>text" },
	{ "/", "Content-Type",
	    "application/x-www-form-urlencoded; "
	    "charset=\"koi8-r\"",
	    S("pw=%F0abc"),
	    "\xd0\x9f"
	    "abc",
	    "form:pw" },
	{ "/", "Content-Type", "image/png", S("pw=secret1"), "secret1",
	    "form:pw" },
	{ "/", "Content-Encoding", "identity", S("pw=secret1"), "secret1",
	    "form:pw" },
	{ "/", "Content-Encoding", "frob", S("pw=secret1"), "secret1",
	    "form:pw" },
	{ "/", "Content-Encoding", "gzip", S("pw=secret1"), "secret1",
	    "form:pw" },
	{ "", "", "", { NULL, 0 }, "", NULL },
	{ "?", "", "", { NULL, 0 }, "", NULL },
	{ "*", "", "", { NULL, 0 }, "*", NULL },
	{ "http://", "", "", { NULL, 0 }, "", NULL },
	{ "h:443", "", "", { NULL, 0 }, "", NULL },
};

START_TEST(looking)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	struct request_field field = { slice_of(rows[_i].name),
		slice_of(rows[_i].value) };
	struct request_view view = { .target = slice_of(rows[_i].target),
		.fields = &field,
		.nfields = 1,
		.body = rows[_i].body };
	const struct candidate *got;
	char where[WHERE_TEXT_MAX];

	request_scan(scan, &view);
	got = found(scan, slice_of(rows[_i].want));
	if (rows[_i].where == NULL) {
		ck_assert_ptr_null(got);
	} else {
		ck_assert_ptr_nonnull(got);
		ck_assert_str_eq(scan_where(scan, got, where), rows[_i].where);
	}
	scan_free(scan);
}
END_TEST

/* The first 8192 bytes of a field are looked into; more is on the record. */
START_TEST(long_fields)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	static const char end[] = " secret1";
	char value[8193];
	struct request_field field = { S("X-Login"), { value, 8192 } };
	struct request_view view = {
		.target = S("/"), .fields = &field, .nfields = 1
	};

	memset(value, 'a', sizeof(value));
	memcpy(value + 8192 - strlen(end), end, strlen(end));
	request_scan(scan, &view);
	ck_assert_ptr_nonnull(found(scan, S("secret1")));
	ck_assert_uint_eq(scan_cuts(scan), 0);
	memset(value, 'a', sizeof(value));
	memcpy(value + 8193 - strlen(end), end, strlen(end));
	field.value.n = 8193;
	request_scan(scan, &view);
	ck_assert_ptr_null(found(scan, S("secret1")));
	ck_assert_ptr_nonnull(found(scan, S("secret")));
	ck_assert_uint_eq(scan_cuts(scan), SCAN_CUT_SPANS);
	scan_free(scan);
}
END_TEST

static const struct {
	const char *codings;
	int windows[3]; /* applied in this order; 0: end */
	bool broken;
} chains[] = {
	{ "gzip", { 31, 0, 0 }, false },
	{ "deflate, gzip", { 15, 31, 0 }, false },
	{ "gzip ,identity, x-gzip,", { 31, 31, 0 }, false },
	{ "deflate", { -15, 0, 0 }, false },
	{ "gzip, gzip", { 31, 0, 0 }, true },
};

START_TEST(content_codings)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	struct request_field field = { SLICE("Content-Encoding"),
		slice_of(chains[_i].codings) };
	struct request_view view = {
		.target = SLICE("/"), .fields = &field, .nfields = 1
	};
	struct slice next;
	size_t i;

	view.body = (struct slice){ slice_dup(SLICE("pw=secret1")), 10 };
	for (i = 0; chains[_i].windows[i] != 0; i++) {
		next = encode_deflate(view.body, chains[_i].windows[i]);
		free((char *)(uintptr_t)view.body.p);
		view.body = next;
	}
	request_scan(scan, &view);
	ck_assert_ptr_nonnull(found(scan, SLICE("secret1")));
	ck_assert_int_eq(
	    (scan_cuts(scan) & SCAN_CUT_BROKEN) != 0, chains[_i].broken);
	free((char *)(uintptr_t)view.body.p);
	scan_free(scan);
}
END_TEST

START_TEST(messages)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	const struct candidate *got;
	char where[WHERE_TEXT_MAX];

	request_scan_message(scan, SLICE("{\"pw\":\"secret1\"}"));
	got = found(scan, SLICE("secret1"));
	ck_assert_ptr_nonnull(got);
	ck_assert_str_eq(scan_where(scan, got, where), "ws>json:/pw");
	request_scan_message(scan, SLICE_EMPTY);
	ck_assert_ptr_null(found(scan, SLICE("secret1")));
	scan_free(scan);
}
END_TEST

Suite *
suite_request(void)
{
	Suite *suite = suite_create("request");
	TCase *tcase = tcase_create("request");

	tcase_add_loop_test(tcase, looking, 0, (int)COUNT(rows));
	tcase_add_loop_test(tcase, content_codings, 0, (int)COUNT(chains));
	tcase_add_test(tcase, long_fields);
	tcase_add_test(tcase, messages);
	suite_add_tcase(suite, tcase);
	return suite;
}
