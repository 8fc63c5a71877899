/*
 * bodies: a unit repeated, with a number in it that makes each different, and
 * then perhaps coded as a whole.
 */
#include "bodies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "base/must.h"

#define BODY_SIZE ((size_t)1 << 20)
#define UNIT_MAX 200
#define FIRST 1000000ull /* seven digits, as all that follow */
#define GZIP_WINDOW (15 + 16)

/* Codes s as a whole; the caller's. */
typedef struct slice code_fn(struct slice s);

/* Bytes without a pattern: xorshift. */
static struct slice
code_noise(struct slice s)
{
	unsigned char *out = mem_alloc(s.n);
	uint64_t x = 88172645463325252ull;

	for (size_t i = 0; i < s.n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		out[i] = (unsigned char)(x >> 32);
	}
	return slice_from(out, s.n);
}

static struct slice
code_utf16(struct slice s)
{
	char *out = mem_zalloc(s.n * 2);

	for (size_t i = 0; i < s.n; i++)
		out[2 * i] = s.p[i];
	return slice_from(out, s.n * 2);
}

static struct slice
code_hex(struct slice s)
{
	static const char digits[] = "0123456789abcdef";
	char *out = mem_alloc(s.n * 2);

	for (size_t i = 0; i < s.n; i++) {
		out[2 * i] = digits[(unsigned char)s.p[i] >> 4];
		out[2 * i + 1] = digits[s.p[i] & 15];
	}
	return slice_from(out, s.n * 2);
}

static struct slice
code_gzip(struct slice s)
{
	z_stream z = { .next_in = (unsigned char *)s.p,
		.avail_in = (unsigned)s.n };
	size_t room = s.n + 1024;
	unsigned char *out = mem_alloc(room);

	must(deflateInit2(&z, 6, Z_DEFLATED, GZIP_WINDOW, 8,
		 Z_DEFAULT_STRATEGY) == Z_OK);
	z.next_out = out;
	z.avail_out = (unsigned)room;
	must(deflate(&z, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&z);
	return slice_from(out, room - z.avail_out);
}

static struct slice
code_brotli(struct slice s)
{
	size_t n = BrotliEncoderMaxCompressedSize(s.n);
	unsigned char *out = mem_alloc(n);

	must(BrotliEncoderCompress(5, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT,
	    s.n, (const unsigned char *)s.p, &n, out));
	return slice_from(out, n);
}

static struct slice
code_zstd(struct slice s)
{
	size_t room = ZSTD_compressBound(s.n), n;
	char *out = mem_alloc(room);

	n = ZSTD_compress(out, room, s.p, s.n, 3);
	must(!ZSTD_isError(n));
	return slice_from(out, n);
}

/* The head of a MessagePack array counts its elements. */
static struct slice
code_msgpack(struct slice s)
{
	size_t unit = strlen("\x81\xa4name\xad"
			     "value 1234567");
	uint32_t count = (uint32_t)((s.n - 5) / unit);
	unsigned char *out = mem_alloc(s.n);

	memcpy(out, s.p, s.n);
	for (int i = 0; i < 4; i++)
		out[1 + i] = (unsigned char)(count >> (24 - 8 * i) & 0xff);
	return slice_from(out, s.n);
}

#define LINE "name%llu: value of %llu\n"

static const struct {
	const char *name;
	struct slice head;
	const char *unit; /* in which %llu is a number */
	struct slice tail;
	code_fn *code; /* NULL: none */
	const char *coding;
} bodies[] = {
	{ "form", SLICE(""), "field%llu=some+value+%%41%llu&", SLICE("x=1"),
	    NULL, "" },
	{ "json", SLICE("["), "{\"id\":%llu,\"name\":\"value \\u00e4 %llu\"},",
	    SLICE("{}]"), NULL, "" },
	{ "json, long", SLICE("{\"a\":\""),
	    "%llu words of a long text that somebody wrote ", SLICE("\"}"),
	    NULL, "" },
	{ "graphql", SLICE("mutation { a("), "k%llu: \"value %llu\", ",
	    SLICE("x: 1) }"), NULL, "" },
	{ "xml", SLICE("<a>"), "<b id=\"%llu\">text &amp; more %llu</b>",
	    SLICE("</a>"), NULL, "" },
	{ "multipart", SLICE(""),
	    "--b\r\nContent-Disposition: form-data; name=\"f%llu\"\r\n\r\n"
	    "value of %llu\r\n",
	    SLICE("--b--\r\n"), NULL, "" },
	{ "gwt", SLICE("7|0|9|"), "value %llu|", SLICE("1|2|3|"), NULL, "" },
	{ "protobuf", SLICE(""), "\n\x0f\n\rvalue %llu", SLICE(""), NULL, "" },
	{ "msgpack", SLICE("\xdd\0\0\0\0"),
	    "\x81\xa4name\xad"
	    "value %llu",
	    SLICE(""), code_msgpack, "" },
	{ "cbor", SLICE("\x9f"),
	    "\xa1"
	    "dname"
	    "mvalue %llu",
	    SLICE("\xff"), NULL, "" },
	{ "lines", SLICE(""), LINE, SLICE(""), NULL, "" },
	{ "base64", SLICE(""), "c29tZSBib3JpbmcgdGV4dCBoZXJl%llu00000",
	    SLICE(""), NULL, "" },
	{ "hex", SLICE(""), LINE, SLICE(""), code_hex, "" },
	{ "utf-16", SLICE(""), LINE, SLICE(""), code_utf16, "" },
	{ "gzip", SLICE(""), LINE, SLICE(""), code_gzip, "gzip" },
	{ "br", SLICE(""), LINE, SLICE(""), code_brotli, "br" },
	{ "zstd", SLICE(""), LINE, SLICE(""), code_zstd, "zstd" },
	{ "binary", SLICE(""), LINE, SLICE(""), code_noise, "" },
};

/* So many bytes that they are not more than is looked at when coded. */
static struct slice
repeat(size_t i)
{
	bool doubles = bodies[i].code == code_hex ||
	    bodies[i].code == code_utf16;
	size_t most = doubles ? BODY_SIZE / 2 : BODY_SIZE;
	char *out = mem_alloc(most);
	struct slice head = bodies[i].head, tail = bodies[i].tail;
	unsigned long long number = FIRST;
	size_t n = head.n;

	memcpy(out, head.p, head.n);
	while (n < most - 2 * UNIT_MAX) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		n += (size_t)snprintf(
		    out + n, UNIT_MAX, bodies[i].unit, number, number);
#pragma GCC diagnostic pop
		number++;
	}
	memcpy(out + n, tail.p, tail.n);
	return slice_from(out, n + tail.n);
}

bool
body_make(size_t number, struct body *body)
{
	struct slice plain;

	if (number >= sizeof(bodies) / sizeof(bodies[0]))
		return false;
	plain = repeat(number);
	*body = (struct body){ .name = bodies[number].name,
		.coding = bodies[number].coding,
		.bytes = plain,
		.plain = plain.n };
	if (bodies[number].code == NULL)
		return true;
	body->bytes = bodies[number].code(plain);
	free((char *)plain.p);
	return true;
}

void
body_clear(struct body *body)
{
	free((char *)body->bytes.p);
	body->bytes = SLICE_EMPTY;
}
