/*
 * encode: each coding in its plainest form.
 */
#include "encode.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "base/must.h"

struct out {
	char *p;
	size_t n, cap;
};

static void
put(struct out *out, const void *p, size_t n)
{
	if (out->cap - out->n < n) {
		out->cap = (out->cap + n) * 2;
		out->p = mem_resize(out->p, out->cap, 1);
	}
	if (n > 0)
		memcpy(out->p + out->n, p, n);
	out->n += n;
}

static void
put_c(struct out *out, int c)
{
	char byte = (char)c;

	put(out, &byte, 1);
}

__attribute__((format(printf, 2, 3))) static void
put_f(struct out *out, const char *fmt, ...)
{
	char text[256];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	must(n >= 0 && (size_t)n < sizeof(text));
	put(out, text, (size_t)n);
}

static void
put_percent(struct out *out, struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if ((s.p[i] >= 'a' && s.p[i] <= 'z') ||
		    (s.p[i] >= '0' && s.p[i] <= '9') ||
		    (s.p[i] >= 'A' && s.p[i] <= 'Z'))
			put_c(out, s.p[i]);
		else
			put_f(out, "%%%02X", (unsigned char)s.p[i]);
	}
}

static void
put_json(struct out *out, struct slice s, bool all)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (all && (unsigned char)s.p[i] < 0x80)
			put_f(out, "\\u%04x", (unsigned)s.p[i]);
		else if (s.p[i] == '"' || s.p[i] == '\\')
			put_f(out, "\\%c", s.p[i]);
		else if ((unsigned char)s.p[i] < 0x20)
			put_f(out, "\\u%04x", (unsigned)s.p[i]);
		else
			put_c(out, s.p[i]);
	}
}

static void
put_xml(struct out *out, struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (strchr("<>&\"'", s.p[i]) != NULL ||
		    (unsigned char)s.p[i] < 0x20)
			put_f(out, "&#%d;", s.p[i]);
		else
			put_c(out, s.p[i]);
	}
}

static void
put_base64(struct out *out, struct slice s, const char *tail, bool padded)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789";
	unsigned long bits;
	size_t i, j, n, at;

	for (i = 0; i < s.n; i += 3) {
		n = s.n - i < 3 ? s.n - i : 3;
		for (bits = 0, j = 0; j < 3; j++)
			bits = bits << 8 |
			    (j < n ? (unsigned char)s.p[i + j] : 0);
		for (j = 0; j < 4; j++) {
			at = bits >> (18 - 6 * j) & 63;
			if (j <= n)
				put_c(
				    out, at < 62 ? digits[at] : tail[at - 62]);
			else if (padded)
				put_c(out, '=');
		}
	}
}

static void
put_varint(struct out *out, size_t n)
{
	while (n >= 0x80) {
		put_c(out, (int)(n & 0x7f) | 0x80);
		n >>= 7;
	}
	put_c(out, (int)n);
}

static void
put_protobuf(struct out *out, struct slice s)
{
	put(out, "\x08\x01\x12", 3);
	put_varint(out, s.n);
	put(out, s.p, s.n);
}

static void
put_u32(struct out *out, size_t n)
{
	put_c(out, (int)(n >> 24 & 255));
	put_c(out, (int)(n >> 16 & 255));
	put_c(out, (int)(n >> 8 & 255));
	put_c(out, (int)(n & 255));
}

static void
put_utf16(struct out *out, struct slice s)
{
	size_t i;

	put(out, "\xff\xfe", 2);
	for (i = 0; i < s.n; i++) {
		put_c(out, s.p[i]);
		put_c(out, 0);
	}
}

struct slice
encode_deflate(struct slice s, int window)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)s.p,
		.avail_in = (uInt)s.n };
	struct slice got;
	uLong cap;

	must(deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) ==
	    Z_OK);
	cap = deflateBound(&z, s.n) + 64;
	z.next_out = mem_alloc(cap);
	z.avail_out = (uInt)cap;
	got.p = (char *)z.next_out;
	must(deflate(&z, Z_FINISH) == Z_STREAM_END);
	got.n = z.total_out;
	deflateEnd(&z);
	return got;
}

static struct slice
encode_zstd(struct slice s)
{
	size_t cap = ZSTD_compressBound(s.n);
	char *p = mem_alloc(cap);
	size_t n = ZSTD_compress(p, cap, s.p, s.n, 3);

	must(!ZSTD_isError(n));
	return slice_from(p, n);
}

/* RFC 7932 section 9.2: an uncompressed meta-block of up to 65536 bytes,
 * and an empty last one. */
struct slice
encode_brotli(struct slice s)
{
	struct out out = { NULL, 0, 0 };
	size_t n = s.n - 1;

	must(s.n > 0 && s.n <= 65536);
	/* WBITS 16 (0), ISLAST 0, MNIBBLES 4 (00), MLEN-1, ISUNCOMPRESSED */
	n = n << 4 | (size_t)1 << 20;
	put_c(&out, (int)(n & 255));
	put_c(&out, (int)(n >> 8 & 255));
	put_c(&out, (int)(n >> 16 & 255));
	put(&out, s.p, s.n);
	put_c(&out, 3);
	return slice_from(out.p, out.n);
}

static void
put_text(struct out *out, enum encoding encoding, struct slice s)
{
	switch ((int)encoding) {
	case ENCODE_FORM:
		put_f(out, "a=1&user%%5Bpw%%5D=");
		put_percent(out, s);
		put_f(out, "&go=");
		break;
	case ENCODE_JSON:
	case ENCODE_JSON_ESCAPED:
		put_f(out, "{\"id\":7,\"v\":[{\"pw\":\"");
		put_json(out, s, encoding == ENCODE_JSON_ESCAPED);
		put_f(out, "\"}]}");
		break;
	case ENCODE_XML:
		put_f(out, "<?xml version=\"1.0\"?><a:e xmlns:a=\"u\"><b>");
		put_xml(out, s);
		put_f(out, "</b></a:e>");
		break;
	case ENCODE_XML_ATTR:
		put_f(out, "<login user=\"x\" pw=\"");
		put_xml(out, s);
		put_f(out, "\"/>");
		break;
	case ENCODE_MULTIPART:
		put_f(out,
		    "--b0undary\r\nContent-Disposition: form-data; "
		    "name=\"pw\"\r\n\r\n");
		put(out, s.p, s.n);
		put_f(out, "\r\n--b0undary--\r\n");
		break;
	case ENCODE_LINES:
		put_f(out, "user: someone\r\nkey: ");
		put(out, s.p, s.n);
		put_f(out, "\r\nend: 1\r\n");
		break;
	case ENCODE_GRAPHQL:
		put_f(out, "mutation { login(name: \"x\", key: \"");
		put_json(out, s, false);
		put_f(out, "\") { ok } }");
		break;
	case ENCODE_PERCENT:
		put_percent(out, s);
		break;
	case ENCODE_BASE64:
		put_base64(out, s, "+/", true);
		break;
	case ENCODE_BASE64URL:
		put_base64(out, s, "-_", false);
		break;
	default:
		break;
	}
}

static void
put_binary(struct out *out, enum encoding encoding, struct slice s)
{
	size_t i;

	switch ((int)encoding) {
	case ENCODE_HEX:
		for (i = 0; i < s.n; i++)
			put_f(out, "%02x", (unsigned char)s.p[i]);
		break;
	case ENCODE_PROTOBUF:
		put_protobuf(out, s);
		break;
	case ENCODE_GRPC:
		put_c(out, 0);
		put_u32(out, s.n);
		put(out, s.p, s.n);
		break;
	case ENCODE_MSGPACK:
		put(out, "\x82\xa1u\x01\xa2pw\xdb", 8);
		put_u32(out, s.n);
		put(out, s.p, s.n);
		break;
	case ENCODE_CBOR:
		put(out, "\xbf\x61u\x18\x2a\x62pw\x7a", 9);
		put_u32(out, s.n);
		put(out, s.p, s.n);
		put_c(out, 0xff);
		break;
	case ENCODE_UTF16:
		put_utf16(out, s);
		break;
	default:
		break;
	}
}

struct slice
encode(enum encoding encoding, struct slice s)
{
	struct out out = { NULL, 0, 0 };

	switch ((int)encoding) {
	case ENCODE_GZIP:
		return encode_deflate(s, 31);
	case ENCODE_ZLIB:
		return encode_deflate(s, 15);
	case ENCODE_ZSTD:
		return encode_zstd(s);
	default:
		put_text(&out, encoding, s);
		put_binary(&out, encoding, s);
		return slice_from(out.p, out.n);
	}
}

const char *
encode_name(enum encoding encoding)
{
	static const char *const names[] = { "form", "json", "json-escaped",
		"xml", "xml-attr", "multipart", "lines", "percent", "base64",
		"base64url", "hex", "graphql", "protobuf", "grpc", "msgpack",
		"cbor", "utf16", "gzip", "zlib", "zstd" };

	return names[encoding];
}
