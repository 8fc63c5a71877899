/*
 * sink: where records go: a file, syslog, or nowhere.
 *
 * Whoever opened it hands over a descriptor; here lines are only written.
 * A sink that takes nothing costs records, said once a minute, never the
 * work that they are about.
 */
#ifndef BASE_SINK_H
#define BASE_SINK_H

#include <stdint.h>

#include "base/log.h"

#define RECORD_VERSION 1 /* of the schema: sallyport-record(5) */

enum record_sink {
	RECORD_FILE,
	RECORD_SYSLOG,
	RECORD_OFF
};

struct sink {
	enum record_sink kind;
	int fd;        /* owned; -1: none */
	uint64_t lost; /* records that could not be written */
	struct log_limit limit;
};

void sink_init(struct sink *sink); /* RECORD_OFF */
void sink_clear(struct sink *sink);
/* From now on; fd is the sink's, -1 with RECORD_OFF. */
void sink_set(struct sink *sink, enum record_sink kind, int fd);

/* Whole lines, each with its end. A file gets them in one write: with
 * O_APPEND, those of several processes don't mix. How many bytes are done
 * with: less than all where whoever reads syslog is behind; the rest is to be
 * tried again soon, or lost. */
size_t sink_write(struct sink *sink, struct slice lines);
void sink_lose(struct sink *sink, struct slice lines);
/* Once, for who can't come again. */
void sink_write_once(struct sink *sink, struct slice lines);

#endif
