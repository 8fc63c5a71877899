/*
 * h1_chunk: the bounds of sizes and extensions, and long bodies in all sorts
 * of chunks, cut everywhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "http/h1_chunk.h"

/* Feeds all of `in` by `step`; returns the error, data goes to out. */
static struct h1_fault
feed(struct h1_chunk *chunk, struct evbuffer *in, size_t step,
    struct evbuffer *out)
{
	struct evbuffer *part = evbuffer_new();
	struct h1_fault fault = H1_FINE;
	size_t moved;

	while (fault.error == H1_OK && evbuffer_get_length(in) > 0 &&
	    chunk->state != CHUNK_LAST) {
		evbuffer_remove_buffer(in, part, step);
		fault = h1_chunk_read(chunk, part, out, SIZE_MAX, &moved);
	}
	evbuffer_free(part);
	return fault;
}

struct bound {
	size_t extension; /* of one chunk, with its ';' */
	size_t times;
	bool good;
};

static const struct bound bounds[] = {
	{ CHUNK_LINE_MAX - 2, 1, true },
	{ CHUNK_LINE_MAX - 1, 1, true },
	{ CHUNK_LINE_MAX, 1, false },
	{ CHUNK_LINE_MAX + 1, 1, false },
	{ CHUNK_LINE_MAX + 2, 1, false },
	{ 1024, 63, true },
	{ 1024, CHUNK_EXTRA_MAX / 1024 - 1, true },
	{ 1024, CHUNK_EXTRA_MAX / 1024, true },
	{ 1024, CHUNK_EXTRA_MAX / 1024 + 1, false },
};

START_TEST(extension_bounds)
{
	static const size_t steps[] = { 1, 5000 };
	const struct bound *b = &bounds[_i];

	/* a megabyte, byte by byte, takes too long under valgrind */
	for (size_t s = b->times > 1 ? 1 : 0; s < COUNT(steps); s++) {
		struct evbuffer *in = evbuffer_new(), *out = evbuffer_new();
		char extension[CHUNK_LINE_MAX + 4];
		struct h1_fault fault;
		struct h1_chunk chunk;

		memset(extension, 'x', sizeof(extension));
		extension[0] = ';';
		for (size_t i = 0; i < b->times; i++)
			evbuffer_add_printf(
			    in, "1%.*s\r\na\r\n", (int)b->extension, extension);
		h1_chunk_init(&chunk);
		fault = feed(&chunk, in, steps[s], out);
		ck_assert_int_eq(fault.error, b->good ? H1_OK : H1_BAD_SYNTAX);
		if (b->good)
			ck_assert_uint_eq(evbuffer_get_length(out), b->times);
		evbuffer_free(in);
		evbuffer_free(out);
	}
}
END_TEST

struct size {
	const char *line;
	uint64_t left;
	bool good;
};

static const struct size sizes[] = {
	{ "1\r\n", 1, true },
	{ "0000000000000001\r\n", 1, true },
	{ "00000000000000001\r\n", 0, false },
	{ "aBcD\r\n", 0xabcd, true },
	{ "7fffffffffffffff\r\n", INT64_MAX, true },
	{ "8000000000000000\r\n", 0, false },
	{ "ffffffffffffffff\r\n", 0, false },
	{ "5;\r\n", 5, true },
	{ "5; \t\"\\\r\n", 5, true },
	{ "g\r\n", 0, false },
};

START_TEST(sizes_read)
{
	const struct size *s = &sizes[_i];
	struct evbuffer *in = evbuffer_new(), *out = evbuffer_new();
	struct h1_fault fault;
	struct h1_chunk chunk;

	h1_chunk_init(&chunk);
	evbuffer_add(in, s->line, strlen(s->line));
	fault = feed(&chunk, in, 100, out);
	ck_assert_int_eq(fault.error == H1_OK, s->good);
	ck_assert_uint_eq(chunk.left, s->left);
	evbuffer_free(in);
	evbuffer_free(out);
}
END_TEST

/* A byte that tells where it stands, so that nothing can be lost, doubled or
 * swapped unseen. */
static char
byte_at(size_t i)
{
	return (char)(i * 31 + i / 256 * 7);
}

START_TEST(long_body)
{
	static const size_t chunks[] = { 1, 2, 15, 16, 17, 4095, 4096, 70000 };
	static const size_t steps[] = { 1, 3, 1000, 4096, 100000 };
	const size_t total = 80000;
	size_t step = steps[_i % COUNT(steps)];
	size_t most = chunks[_i / COUNT(steps)];
	struct evbuffer *in = evbuffer_new(), *out = evbuffer_new();
	struct h1_chunk chunk;
	char *data = malloc(total);

	for (size_t i = 0; i < total; i++)
		data[i] = byte_at(i);
	for (size_t at = 0; at < total; at += most) {
		size_t n = total - at < most ? total - at : most;

		evbuffer_add_printf(in, "%zX\r\n", n);
		evbuffer_add(in, data + at, n);
		evbuffer_add(in, "\r\n", 2);
	}
	evbuffer_add(in, "0\r\n\r\n", 5);
	h1_chunk_init(&chunk);
	ck_assert_int_eq(feed(&chunk, in, step, out).error, H1_OK);
	ck_assert_int_eq(chunk.state, CHUNK_LAST);
	ck_assert_uint_eq(evbuffer_get_length(out), total);
	ck_assert_int_eq(memcmp(evbuffer_pullup(out, -1), data, total), 0);
	free(data);
	evbuffer_free(in);
	evbuffer_free(out);
}
END_TEST

Suite *
suite_h1_chunk(void)
{
	Suite *suite = suite_create("h1_chunk");
	TCase *tcase = tcase_create("chunks");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, extension_bounds, 0, COUNT(bounds));
	tcase_add_loop_test(tcase, sizes_read, 0, COUNT(sizes));
	tcase_add_loop_test(tcase, long_body, 0, 8 * 5);
	suite_add_tcase(suite, tcase);
	return suite;
}
