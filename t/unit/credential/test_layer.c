/*
 * layer: every decoder, with what it must find and where, and with what is
 * broken.
 */
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "encode.h"
#include "found.h"

#define S(literal) SLICE(literal)

static const struct {
	struct slice body;
	struct slice value;
	const char *where; /* NULL: anywhere */
} rows[] = {
	/* form */
	{ S("u=jdoe&p=Summer2024%21"), S("Summer2024!"), "form:p" },
	{ S("p=correct+horse"), S("correct horse"), "form:p" },
	{ S("p=cor+rect"), S("cor+rect"), "form:p" },
	{ S("user%5Bpw%5D=secret1"), S("secret1"), "form:user[pw]" },
	{ S("a=1&p=one1&p=two2"), S("two2"), "form:p" },
	{ S("p=Gr%FC%DFe"),
	    S("Gr\xc3\xbc\xc3\x9f"
	      "e"),
	    "form:p" },
	{ S("p=%CF%E0%F0%EE%EB%FC"),
	    S("\xd0\x9f\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c"), "form:p" },
	{ S("p=%26%231055%3Babc"),
	    S("\xd0\x9f"
	      "abc"),
	    "form:p>html" },
	{ S("p=%u20acuro"), S("\xe2\x82\xacuro"), "form:p" },
	{ S("u=x;p=secret1;s=1"), S("secret1"), "form:p" },
	{ S("p=Gr\xfc\xdf"
	    "e"),
	    S("Gr\xc3\xbc\xc3\x9f"
	      "e"),
	    NULL },
	{ S("secret1"), S("secret1"), "body" },
	{ S("%73ecret1"), S("secret1"), "pct" },
	{ S("&&=&p=&=&p=secret1"), S("secret1"), "form:p" },
	{ S("p=%25%37%33ecret1"), S("secret1"), "form:p>pct" },
	/* form: coded values */
	{ S("p=U3VtbWVyMjAyNCE%3D"), S("Summer2024!"), "form:p>base64" },
	{ S("p=53756d6d657232303234"), S("Summer2024"), "form:p>hex" },
	{ S("p=enc%3A53756d6d657232303234"), S("Summer2024"),
	    "form:p>text>hex" },
	{ S("p=Hfrexrl1"), S("Userkey1"), "form:p>rot13" },
	{ S("p=1terces"), S("secret1"), "form:p>reverse" },
	{ S("p=76606677607134"), S("secret1"), "form:p>xor5" },
	{ S("d={\"pw\":\"secret1\"}"), S("secret1"), "json:/pw" },
	{ S("d=%7B%22pw%22%3A%22secret1%22%7D"), S("secret1"),
	    "form:d>json:/pw" },
	/* json */
	{ S("{\"a\":{\"b\":[1,{\"pw\":\"secret1\"}]}}"), S("secret1"),
	    "json:/a/b/1/pw" },
	{ S("{\"pw\":\"s\\u0065cret\\/1\"}"), S("secret/1"), "json:/pw" },
	{ S("{\"pw\":\"one1\",\"pw\":\"two2\"}"), S("one1"), "json:/pw" },
	{ S("{\"pw\":\"one1\",\"pw\":\"two2\"}"), S("two2"), "json:/pw" },
	{ S("{\"pw\":12345678}"), S("12345678"), "json:/pw" },
	{ S("{\"pw\":\"secret1"), S("secret1"), "json:/pw" },
	{ S("{\"pw\":\"secret1\\"), S("secret1\\"), "json:/pw" },
	{ S("{\"a\":1}{\"pw\":\"secret1\"}"), S("secret1"), "json:/pw" },
	{ S("{\"a\":1}\n{\"pw\":\"secret1\"}\n"), S("secret1"), "json:/pw" },
	{ S("\xef\xbb\xbf{\"pw\":\"secret1\"}"), S("secret1"), "json:/pw" },
	{ S("420[\"login\",{\"pw\":\"secret1\"}]"), S("secret1"),
	    "json:/1/pw" },
	{ S(")]}',\n{\"pw\":\"secret1\"}"), S("secret1"), "json:/pw" },
	{ S("{pw:'secret1',x:1}"), S("secret1"), "json:/pw" },
	{ S("{\"x\":\"{\\\"pw\\\":\\\"secret1\\\"}\"}"), S("secret1"),
	    "json:/x/pw" },
	{ S("{\"x\":\"cHc9c2VjcmV0MQ==\"}"), S("secret1"),
	    "json:/x>base64>form:pw" },
	{ S("{\"x\":1}pw=secret1"), S("secret1"), NULL },
	{ S("{\"jdoe\":\"x\",\"secret1\":1}"), S("secret1"), NULL },
	{ S("[[[[[[\"secret1\"]]]]]]"), S("secret1"), "json:/0/0/0/0/0/0" },
	{ S("}}]]{\"pw\":\"secret1\"}"), S("secret1"), "json:/pw" },
	/* graphql */
	{ S("{\"query\":\"{login(pw:\\\"secret1\\\")}\"}"), S("secret1"),
	    NULL },
	{ S("mutation { login(pw: \"secret1\") { ok } }"), S("secret1"),
	    "gql:pw" },
	{ S("query Q { a(b: \"\"\"secret1\"\"\") }"), S("secret1"), NULL },
	/* xml */
	{ S("<a><b>secret1</b></a>"), S("secret1"), "xml:/a/b" },
	{ S("<a pw='secret1'/>"), S("secret1"), "xml:/a@pw" },
	{ S("<a><![CDATA[s<ret1]]></a>"), S("s<ret1"), "xml:/a" },
	{ S("<a>se&#99;r&#x65;t1&amp;</a>"), S("secret1&"), "xml:/a" },
	{ S("<s:E xmlns:s='u'><s:P>secret1</s:P></s:E>"), S("secret1"),
	    "xml:/E/P" },
	{ S("<a>sec<!-- x -->ret1</a>"), S("secret1"), "xml:/a" },
	{ S("<?xml version='1.0' encoding='utf-16'?><a>secret1</a>"),
	    S("secret1"), "xml:/a" },
	{ S("<?xml version='1.0' encoding='ISO-8859-1'?><a>Gr\xfc\xdf</a>"),
	    S("Gr\xc3\xbc\xc3\x9f"), NULL },
	{ S("<a><b>secret1"), S("secret1"), NULL },
	{ S("<a p=\"se\"cr<t1\" q=\"\">"), S("se\"cr<t1"), NULL },
	{ S("<p>user: jdoe<br>pw: secret1</p>"), S("secret1"), NULL },
	/* multipart */
	{ S("--b\r\nContent-Disposition: form-data; name=\"pw\"\r\n\r\n"
	    "secret1\r\n--b--\r\n"),
	    S("secret1"), "multipart:pw" },
	{ S("--b\nContent-Disposition: form-data; name=pw\n\nsecret1\n--b--"),
	    S("secret1"), "multipart:pw" },
	{ S("preamble\r\n--b\r\nContent-Disposition: form-data; name=\"pw\""
	    "\r\n\r\nsecret1\r\n--b--"),
	    S("secret1"), "multipart:pw" },
	{ S("--b\r\nContent-Disposition: form-data; name=\"pw\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\nc2VjcmV0MQ==\r\n--b--"),
	    S("secret1"), "multipart:pw" },
	{ S("--b\r\nContent-Disposition: form-data; name=\"pw\"\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "secr=65=74=\r\n1\r\n--b--"),
	    S("secret1"), "multipart:pw" },
	{ S("--b\r\nContent-Type: application/http\r\n\r\nPOST / HTTP/1.1\r\n"
	    "\r\n{\"pw\":\"secret1\"}\r\n--b--"),
	    S("secret1"), NULL },
	{ S("--b\r\nContent-Disposition: form-data; name=\"pw\"\r\n\r\nsecr"),
	    S("secr"), "multipart:pw" },
	{ S("--b\r\nContent-Disposition: form-data; name=\"pw\"; "
	    "filename=\"a\"\r\n\r\nsecret1\r\n--b--\r\n"),
	    S("secret1"), "multipart:pw" },
	/* text */
	{ S("user: jdoe\npassword: secret 1 \n"), S("secret 1"), NULL },
	{ S("username=jdoe\r\npassword=p&ss=w\r\n"), S("p&ss=w"), NULL },
	{ S("c0-param1=string:s%65cret1\n"), S("secret1"), NULL },
	{ S("PASS jdoe/net:secret1\r\n"), S("secret1"), NULL },
	{ S("login is jdoe, the password is: secret1"), S("secret1"), NULL },
	{ S("try 'secret1' now"), S("secret1"), NULL },
	{ S("password: 'it''s1'\n"), S("it's1"), NULL },
	{ S("https://jdoe:secr%65t1@host/x"), S("secret1"), NULL },
	{ S("jdoe:secret1"), S("secret1"), NULL },
	{ S("Authorization: Basic amRvZTpzZWNyZXQx\r\n"), S("secret1"), NULL },
	{ S("p=secret1AbCdEfGhIjKlMnOpQrStUvWx"), S("secret1"), NULL },
	{ S("CONNECT\nlogin:jdoe\npasscode:secret1\n\n\0"), S("secret1"),
	    NULL },
	{ S("k=115,101,99,114,101,116,49"), S("secret1"), "form:k>codes" },
	{ S("{\"k\":[115, 101, 99, 114, 101, 116, 49]}"), S("secret1"),
	    "json:/k>codes" },
	{ S("k=73:65:63:72:65:74:31"), S("secret1"), "form:k>hex" },
	{ S("CONNECT\npasscode:se\\ccr\\\\t1\n\n"), S("se:cr\\t1"), NULL },
	{ S("u=x&p=a<b%41+c"), S("a<b%41+c"), "form:p" },
	/* gwt */
	{ S("7|0|4|https://x/|login|jdoe|se\\!cr\\\\et1|1|2|3|4|"),
	    S("se|cr\\et1"), "gwt:6" },
	/* binary */
	{ S("\x0a\x04jdoe\x12\x07secret1"), S("secret1"), "pb:2" },
	{ S("\x0a\x0f\x0a\x04jdoe\x12\x07secret1"), S("secret1"), "pb:1.2" },
	{ S("\0\0\0\0\x09\x12\x07secret1"), S("secret1"), "grpc:0>pb:2" },
	{ S("AAAAAAkSB3NlY3JldDE="), S("secret1"), "base64>grpc:0>pb:2" },
	{ S("\x81\xa2pw\xa7secret1"), S("secret1"), "msgpack:/pw" },
	{ S("\x93\xa1x\x01\xc4\x07secret1"), S("secret1"), "msgpack:/2" },
	{ S("\x93\xa5login\xa4jdoe\xa7secr"), S("jdoe"), "msgpack:/1" },
	{ S("\xa1\x62pw\x67secret1"), S("secret1"), "cbor:/pw" },
	{ S("\x9f\x7f\x63sec\x64ret1\xff\xff"), S("secret1"), "cbor:/0" },
	{ S("\xd9\xd9\xf7\xa1\x62pw\x67secret1"), S("secret1"), NULL },
	{ S("\xac\xed\0\x05t\0\x04jdoet\0\x07secret1"), S("secret1"),
	    "binary" },
	{ S("c\1\0m\0\5loginS\0\4jdoeS\0\7secret1z"), S("secret1"), "binary" },
	{ S("\0\3\0\0\0\1\6\x09jdoe\6\x0fsecret1"), S("secret1"), "binary" },
	{ S("\1\x0e\0s\0\x65\0c\0r\0\x65\0t\0"
	    "1\0"),
	    S("secret1"), NULL },
	{ S("\0jdoe\0secret1"), S("secret1"), NULL },
	{ S("AGpkb2UAc2VjcmV0MQ=="), S("secret1"), NULL },
	{ S("\xff\xfe{\0\"\0p\0\"\0:\0\"\0s\0\x65\0c\0r\0\"\0}\0"), S("secr"),
	    "utf16le>json:/p" },
	{ S("\0{\0\"\0p\0\"\0:\0\"\0s\0\x65\0c\0r\0\"\0}"), S("secr"),
	    "utf16be>json:/p" },
};

START_TEST(finding)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	const struct candidate *got;
	char where[WHERE_TEXT_MAX];

	scan_body(scan, rows[_i].body);
	got = found(scan, rows[_i].value);
	ck_assert_msg(got != NULL, "%.*s not in %.*s",
	    SLICE_ARG(rows[_i].value), SLICE_ARG(rows[_i].body));
	if (rows[_i].where != NULL)
		ck_assert_str_eq(scan_where(scan, got, where), rows[_i].where);
	scan_free(scan);
}
END_TEST

/* What must not be read out of a body. */
static const struct {
	struct slice body;
	struct slice value;
} not_rows[] = {
	/* a file is not a field */
	{ S(""), S("secret1") },
	/* an entity of one's own is not expanded */
	{ S("<!DOCTYPE a [<!ENTITY e \"secret1\"><!ENTITY f \"&e;&e;\">]>"
	    "<a>x&f;</a>"),
	    S("xsecret1secret1") },
	{ S("p=abc"), S("abc") }, /* three characters */
	{ S("p=sec%00ret1"), S("sec\0ret1") },
};

START_TEST(not_finding)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);

	scan_body(scan, not_rows[_i].body);
	ck_assert_ptr_null(found(scan, not_rows[_i].value));
	scan_free(scan);
}
END_TEST

START_TEST(large_files_are_passed_over)
{
	static const char head[] =
	    "--b\r\nContent-Disposition: form-data; name=\"f\"; "
	    "filename=\"x.bin\"\r\n\r\nsecret1\n";
	static const char tail[] =
	    "\r\n--b\r\nContent-Disposition: form-data; name=\"pw\"\r\n\r\n"
	    "secret2\r\n--b--\r\n";
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	size_t n = sizeof(head) - 1 + 5000 + sizeof(tail) - 1;
	char *body = malloc(n);

	memcpy(body, head, sizeof(head) - 1);
	memset(body + sizeof(head) - 1, 'x', 5000);
	memcpy(body + n - (sizeof(tail) - 1), tail, sizeof(tail) - 1);
	scan_body(scan, slice_from(body, n));
	ck_assert_ptr_null(found(scan, S("secret1")));
	ck_assert_ptr_nonnull(found(scan, S("secret2")));
	scan_free(scan);
	free(body);
}
END_TEST

START_TEST(every_coding)
{
	static const struct slice password = S("p&ss w%41\"<r>d\\1");
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	struct slice s = encode((enum encoding)_i, password);

	scan_body(scan, s);
	ck_assert_msg(found(scan, password) != NULL, "%s",
	    encode_name((enum encoding)_i));
	free((char *)(uintptr_t)s.p);
	scan_free(scan);
}
END_TEST

Suite *
suite_layer(void)
{
	Suite *suite = suite_create("layer");
	TCase *tcase = tcase_create("layer");

	tcase_add_loop_test(tcase, finding, 0, (int)COUNT(rows));
	tcase_add_loop_test(tcase, not_finding, 0, (int)COUNT(not_rows));
	tcase_add_test(tcase, large_files_are_passed_over);
	tcase_add_loop_test(tcase, every_coding, 0, ENCODE_COUNT);
	suite_add_tcase(suite, tcase);
	return suite;
}
