/*
 * The suites of this room, one a file, and what they share.
 */
#ifndef UNIT_HTTP_SUITES_H
#define UNIT_HTTP_SUITES_H

#include <check.h>
#include <event2/buffer.h>

#include "http/h1_read.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

Suite *suite_accept(void);
Suite *suite_auth(void);
Suite *suite_field(void);
Suite *suite_forward(void);
Suite *suite_h1_chunk(void);
Suite *suite_h1_read(void);
Suite *suite_h1_refuse(void);
Suite *suite_h1_write(void);
Suite *suite_message(void);
Suite *suite_path(void);
Suite *suite_target(void);

extern const struct h1_limits usual_limits;

/* Gives `bytes` to a new reader, `step` at a time (0: all at once), then the
 * end of the stream where eof, and says all that came of it as text. Heads
 * are answered to as to `method`. The caller frees. */
char *transcript(bool is_request, struct slice bytes, size_t step, bool eof,
    enum method_id method, const struct h1_limits *limits);

/* Reads one head that must be good. */
struct head read_one(struct arena *arena, bool is_request,
    enum method_id method, const char *text);

/* What the writer makes of a head; the caller frees. */
char *written(const struct head *head);

#endif
