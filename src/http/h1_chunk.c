/*
 * h1_chunk: size lines are read here and not by llhttp, since data is moved
 * from buffer to buffer and never looked at, and since a size line must mean
 * the same whatever mode llhttp was built in.  t/fuzz/fuzz_h1_response.c
 * holds the two against each other.
 */
#include "http/h1_chunk.h"

#include <string.h>

#define SIZE_DIGITS_MAX 16

void
h1_chunk_init(struct h1_chunk *chunk)
{
	memset(chunk, 0, sizeof(*chunk));
}

/* "1f4" or "1f4;name=value", without the CRLF. */
static struct h1_fault
parse_size(struct h1_chunk *chunk, struct slice line)
{
	uint64_t size = 0;
	size_t i;

	for (i = 0; i < line.n && slice_hex_digit(line.p[i]) >= 0; i++) {
		if (i == SIZE_DIGITS_MAX)
			return H1_FAULT(H1_AMBIGUOUS, "chunk size too long");
		size = size << 4 | (uint64_t)slice_hex_digit(line.p[i]);
	}
	if (i == 0)
		return H1_FAULT(H1_BAD_SYNTAX, "no chunk size");
	if (size > INT64_MAX)
		return H1_FAULT(H1_AMBIGUOUS, "chunk size too large");
	if (i < line.n && line.p[i] != ';')
		return H1_FAULT(H1_AMBIGUOUS, "stray bytes in a chunk size");
	if (!field_value_ok(slice_from_idx(line, i)))
		return H1_FAULT(
		    H1_AMBIGUOUS, "control byte in a chunk extension");
	chunk->extra += line.n - i;
	if (chunk->extra > CHUNK_EXTRA_MAX)
		return H1_FAULT(H1_BAD_SYNTAX, "too many chunk extensions");
	chunk->left = size;
	chunk->state = size > 0 ? CHUNK_DATA : CHUNK_LAST;
	return H1_FINE;
}

/* Takes a size line where all of it is there. */
static struct h1_fault
read_size(struct h1_chunk *chunk, struct evbuffer *in, bool *more)
{
	char line[CHUNK_LINE_MAX + 2];
	struct evbuffer_ptr from, lf;
	size_t n, have = evbuffer_get_length(in);

	*more = false;
	if (chunk->at < have) {
		evbuffer_ptr_set(in, &from, chunk->at, EVBUFFER_PTR_SET);
		lf = evbuffer_search(in, "\n", 1, &from);
	} else {
		lf.pos = -1;
	}
	n = lf.pos < 0 ? have : (size_t)lf.pos + 1;
	if (n > sizeof(line))
		return H1_FAULT(H1_BAD_SYNTAX, "chunk extension too long");
	if (lf.pos < 0) {
		chunk->at = have;
		*more = true;
		return H1_FINE;
	}
	evbuffer_remove(in, line, n);
	chunk->at = 0;
	if (n < 2 || line[n - 2] != '\r')
		return H1_FAULT(H1_AMBIGUOUS, "line feed without CR");
	return parse_size(chunk, slice_from(line, n - 2));
}

static struct h1_fault
read_crlf(struct h1_chunk *chunk, struct evbuffer *in, bool *more)
{
	char crlf[2];
	ssize_t n = evbuffer_copyout(in, crlf, 2);

	*more = n < 2;
	if ((n > 0 && crlf[0] != '\r') || (n > 1 && crlf[1] != '\n'))
		return H1_FAULT(
		    H1_AMBIGUOUS, "chunk is not as long as its size");
	if (n == 2) {
		evbuffer_drain(in, 2);
		chunk->state = CHUNK_SIZE;
	}
	return H1_FINE;
}

static void
read_data(struct h1_chunk *chunk, struct evbuffer *in, struct evbuffer *out,
    size_t max, size_t *moved, bool *more)
{
	size_t want = max - *moved;
	int n;

	if (want > chunk->left)
		want = chunk->left;
	n = evbuffer_remove_buffer(in, out, want);
	*more = n <= 0;
	if (n <= 0)
		return;
	*moved += n;
	chunk->left -= n;
	if (chunk->left == 0)
		chunk->state = CHUNK_CRLF;
}

struct h1_fault
h1_chunk_read(struct h1_chunk *chunk, struct evbuffer *in, struct evbuffer *out,
    size_t max, size_t *moved)
{
	struct h1_fault fault = H1_FINE;
	bool more = false;

	*moved = 0;
	while (!more && fault.error == H1_OK) {
		switch (chunk->state) {
		case CHUNK_SIZE:
			fault = read_size(chunk, in, &more);
			break;
		case CHUNK_DATA:
			read_data(chunk, in, out, max, moved, &more);
			break;
		case CHUNK_CRLF:
			fault = read_crlf(chunk, in, &more);
			break;
		case CHUNK_LAST:
			return fault;
		}
	}
	return fault;
}
