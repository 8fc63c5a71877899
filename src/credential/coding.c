/*
 * coding: zlib, Brotli and Zstandard, one bounded call each.
 *
 * Their memory is wiped when released, for their windows hold what they
 * decoded.
 */
#include "credential/coding.h"

#include <string.h>

#define ZSTD_STATIC_LINKING_ONLY /* for an allocator of our own */
#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include "credential/wipe.h"

/* Allowed on top of the ratio, so that small texts may grow freely. */
#define RATIO_FREE ((size_t)64 << 10)
/* 8 MiB, what RFC 8878 section 3.1.1.1.2 asks decoders to support. */
#define ZSTD_WINDOW_LOG 23
#define GZIP_MEMBERS_MAX 1024

struct sink {
	char *out;
	size_t cap;
	size_t n;
};

static const struct {
	const char *name;
	enum coding coding;
} names[] = {
	{ "gzip", CODING_GZIP },
	{ "x-gzip", CODING_GZIP },
	{ "deflate", CODING_DEFLATE },
	{ "br", CODING_BROTLI },
	{ "zstd", CODING_ZSTD },
};

enum coding
coding_of_name(struct slice name)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (slice_caseeq_str(name, names[i].name))
			return names[i].coding;
	}
	return CODING_COUNT;
}

const char *
coding_label(enum coding coding)
{
	static const char *const labels[] = { "gunzip", "inflate", "unbr",
		"unzstd" };

	return coding < CODING_COUNT ? labels[coding] : "identity";
}

enum coding
coding_of_magic(struct slice s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	if (s.n >= 10 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8)
		return CODING_GZIP;
	if (s.n >= 8 && p[0] == 0x28 && p[1] == 0xb5 && p[2] == 0x2f &&
	    p[3] == 0xfd)
		return CODING_ZSTD;
	/* RFC 1950 section 2.2: method 8, window, and a check of the two */
	if (s.n >= 8 && (p[0] & 0x8f) == 0x08 && (p[0] << 8 | p[1]) % 31 == 0 &&
	    !(p[1] & 0x20))
		return CODING_DEFLATE;
	return CODING_COUNT;
}

static void *
zlib_alloc(void *arg, unsigned items, unsigned size)
{
	return wipe_alloc((size_t)items * size);
}

static void
zlib_free(void *arg, void *p)
{
	wipe_free(p);
}

static void *
coder_alloc(void *arg, size_t size)
{
	return wipe_alloc(size);
}

/* One run of inflate; window as of inflateInit2. */
static bool
inflate_all(struct sink *sink, struct slice in, int window)
{
	z_stream z = { .zalloc = zlib_alloc, .zfree = zlib_free };
	unsigned members = 0;
	int rc = Z_OK;

	if (inflateInit2(&z, window) != Z_OK)
		return false;
	z.next_in = (Bytef *)(uintptr_t)in.p;
	z.avail_in = (uInt)in.n;
	z.next_out = (Bytef *)sink->out;
	z.avail_out = (uInt)sink->cap;
	while (z.avail_in > 0 && members < GZIP_MEMBERS_MAX) {
		rc = inflate(&z, Z_SYNC_FLUSH);
		if (rc != Z_STREAM_END)
			break;
		members++;
		/* RFC 1952 section 2.2: a file is a series of members */
		if (z.avail_in < 2 || z.next_in[0] != 0x1f ||
		    inflateReset(&z) != Z_OK)
			break;
	}
	sink->n = sink->cap - z.avail_out;
	inflateEnd(&z);
	return rc == Z_STREAM_END && z.avail_in == 0;
}

static bool
deflate_undo(struct sink *sink, struct slice in)
{
	bool whole = inflate_all(sink, in, 15 + 32);

	if (whole || sink->n > 0)
		return whole;
	return inflate_all(sink, in, -15);
}

static bool
brotli_undo(struct sink *sink, struct slice in)
{
	const uint8_t *from = (const uint8_t *)in.p;
	uint8_t *to = (uint8_t *)sink->out;
	size_t left = in.n, room = sink->cap;
	BrotliDecoderResult rc;
	BrotliDecoderState *state;

	state = BrotliDecoderCreateInstance(coder_alloc, zlib_free, NULL);
	if (state == NULL)
		return false;
	rc = BrotliDecoderDecompressStream(
	    state, &left, &from, &room, &to, NULL);
	sink->n = sink->cap - room;
	BrotliDecoderDestroyInstance(state);
	return rc == BROTLI_DECODER_RESULT_SUCCESS && left == 0;
}

static bool
zstd_undo(struct sink *sink, struct slice in)
{
	ZSTD_customMem memory = { coder_alloc, zlib_free, NULL };
	ZSTD_inBuffer from = { in.p, in.n, 0 };
	ZSTD_outBuffer to = { sink->out, sink->cap, 0 };
	size_t rc = 1, before_in, before_out;
	ZSTD_DCtx *ctx = ZSTD_createDCtx_advanced(memory);

	if (ctx == NULL)
		return false;
	ZSTD_DCtx_setParameter(ctx, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
	while (from.pos < from.size && to.pos < to.size) {
		before_in = from.pos;
		before_out = to.pos;
		rc = ZSTD_decompressStream(ctx, &to, &from);
		if (ZSTD_isError(rc) ||
		    (from.pos == before_in && to.pos == before_out))
			break;
	}
	sink->n = to.pos;
	ZSTD_freeDCtx(ctx);
	return rc == 0 && from.pos == from.size;
}

/* The most that may come out of n bytes. */
static size_t
bound(const struct scan *scan, size_t n, size_t room)
{
	size_t ratio = scan_limits(scan)->ratio, most;

	most = n > (SIZE_MAX - RATIO_FREE) / ratio ? SIZE_MAX
						   : n * ratio + RATIO_FREE;
	if (most > room / 2)
		most = room / 2; /* leaves room for what is in it */
	return most > UINT32_MAX / 2 ? UINT32_MAX / 2 : most;
}

struct slice
coding_decode(
    struct scan *scan, enum coding coding, struct slice in, bool *whole)
{
	struct sink sink = { NULL, 0, 0 };
	size_t room;

	*whole = false;
	sink.out = scan_room(scan, 64, &room);
	if (sink.out == NULL || in.n == 0 || in.n > UINT32_MAX / 2)
		return SLICE_EMPTY;
	sink.cap = bound(scan, in.n, room);
	switch (coding) {
	case CODING_GZIP:
		*whole = inflate_all(&sink, in, 15 + 32);
		break;
	case CODING_DEFLATE:
		*whole = deflate_undo(&sink, in);
		break;
	case CODING_BROTLI:
		*whole = brotli_undo(&sink, in);
		break;
	case CODING_ZSTD:
		*whole = zstd_undo(&sink, in);
		break;
	case CODING_COUNT:
		return in;
	}
	if (sink.n == sink.cap)
		scan_cut(scan, SCAN_CUT_RATIO);
	if (!scan_work(scan, sink.n))
		*whole = false;
	return scan_keep(scan, sink.n);
}
