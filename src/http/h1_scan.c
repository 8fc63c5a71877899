/*
 * h1_scan: counts lines and bytes up to the empty line.  It never changes
 * the stream and says nothing of what the lines hold, but that each of them
 * ends in CR LF.
 */
#include "http/h1_scan.h"

#include <string.h>

#define EXTENTS 8

void
h1_scan_init(struct h1_scan *scan, bool has_start_line)
{
	memset(scan, 0, sizeof(*scan));
	scan->in_fields = !has_start_line;
}

/* The bytes up to `end`, which is behind an LF or behind all there is, must
 * fit. Both ways of counting agree for any split of the bytes: that is why
 * a CRLF is always granted before the LF is seen. */
static struct h1_fault
check_size(
    const struct h1_scan *scan, size_t end, const struct h1_limits *limits)
{
	if (!scan->in_fields && end - scan->line > limits->request_line + 2)
		return H1_FAULT(H1_LINE_TOO_LONG, "start line too long");
	if (scan->in_fields && end - scan->fields > limits->header_bytes + 2)
		return H1_FAULT(H1_HEAD_TOO_LARGE, "header too large");
	return H1_FINE;
}

/* A line ends with the LF at `lf`; before is the byte in front of it. */
static struct h1_fault
take_line(struct h1_scan *scan, size_t lf, char before,
    const struct h1_limits *limits, bool *last)
{
	struct h1_fault fault = check_size(scan, lf + 1, limits);

	if (fault.error != H1_OK)
		return fault;
	if (lf == scan->line || before != '\r')
		return H1_FAULT(H1_AMBIGUOUS, "line feed without CR");
	*last = scan->in_fields && lf - scan->line == 1;
	if (*last)
		return H1_FINE;
	if (scan->in_fields) {
		if (lf + 1 - scan->fields > limits->header_bytes)
			return H1_FAULT(H1_HEAD_TOO_LARGE, "header too large");
		if (++scan->count > limits->header_count)
			return H1_FAULT(H1_HEAD_TOO_LARGE, "too many fields");
	} else {
		scan->in_fields = true;
		scan->fields = lf + 1;
	}
	scan->line = lf + 1;
	return H1_FINE;
}

/* Looks through one extent, whose first byte is at scan->at. */
static struct h1_fault
scan_extent(struct h1_scan *scan, const char *p, size_t n,
    const struct h1_limits *limits, size_t *len)
{
	const char *from = p, *lf;

	while ((lf = memchr(from, '\n', n - (from - p))) != NULL) {
		bool last = false;
		struct h1_fault fault;

		fault = take_line(scan, scan->at + (lf - p),
		    lf > p ? lf[-1] : scan->last, limits, &last);
		if (fault.error != H1_OK)
			return fault;
		from = lf + 1;
		if (last) {
			*len = scan->at + (from - p);
			return H1_FINE;
		}
	}
	scan->at += n;
	scan->last = p[n - 1];
	return check_size(scan, scan->at, limits);
}

struct h1_fault
h1_scan(struct h1_scan *scan, struct evbuffer *in,
    const struct h1_limits *limits, size_t *len)
{
	*len = 0;
	while (scan->at < evbuffer_get_length(in)) {
		struct evbuffer_iovec extents[EXTENTS];
		struct evbuffer_ptr ptr;
		int n;

		evbuffer_ptr_set(in, &ptr, scan->at, EVBUFFER_PTR_SET);
		n = evbuffer_peek(in, -1, &ptr, extents, EXTENTS);
		for (int i = 0; i < n && i < EXTENTS; i++) {
			struct h1_fault fault;

			if (extents[i].iov_len == 0)
				continue;
			fault = scan_extent(scan, extents[i].iov_base,
			    extents[i].iov_len, limits, len);
			if (fault.error != H1_OK || *len > 0)
				return fault;
		}
	}
	return H1_FINE;
}
