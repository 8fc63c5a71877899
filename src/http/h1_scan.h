/*
 * h1_scan: finds the end of a head or of a trailer section in a stream, and
 * refuses one that is too large before its end is there (room-internal).
 *
 * Every byte is looked at once, however few arrive at a time.
 */
#ifndef HTTP_H1_SCAN_H
#define HTTP_H1_SCAN_H

#include "http/h1_fault.h"

struct h1_scan {
	size_t at;      /* bytes looked at so far */
	size_t line;    /* where the current line starts */
	size_t fields;  /* where the field lines start */
	size_t count;   /* field lines seen */
	char last;      /* the byte before `at` */
	bool in_fields; /* the start line is behind us */
};

/* has_start_line: a head has one, a trailer section hasn't. */
void h1_scan_init(struct h1_scan *scan, bool has_start_line);

/* Goes on over `in`. *len becomes the size of the section with its final
 * empty line, or 0 where the end isn't there yet. request_line counts the
 * first line without its CRLF, header_bytes the field lines with theirs. */
struct h1_fault h1_scan(struct h1_scan *scan, struct evbuffer *in,
    const struct h1_limits *limits, size_t *len);

#endif
