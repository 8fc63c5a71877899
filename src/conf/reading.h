/*
 * reading: what lexer, parser and check share while a configuration is read:
 * the model that grows, the files, and the findings.
 */
#ifndef CONF_READING_H
#define CONF_READING_H

#include "conf/bundle.h"
#include "conf/diag.h"
#include "conf/model.h"

struct source {
	const char *path;  /* in the model's arena; what places point at */
	struct slice text; /* borrowed from the bundle */
};

struct reading {
	struct conf *conf; /* borrowed, as all of these */
	struct bundle *bundle;
	struct diags *diags;
	bool is_host; /* for the packets of a host: no proxy will run of it */
	CONF_LIST(struct source) sources; /* in the order they were opened */
};

/* Finds the file and remembers it as a source; the source, valid until the
 * next call, or NULL and errno. EFBIG beyond max bytes. */
const struct source *reading_open(
    struct reading *reading, const char *path, size_t max);

/* A path as written in `file`, taken to one that we can open. */
const char *reading_path(
    struct reading *reading, const char *file, struct slice path);

/* What is wrong at a place. hint is the nearest known word, or empty. */
void reading_error(struct reading *reading, struct place at, struct slice hint,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void reading_warn(struct reading *reading, struct place at, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* Findings in the order in which files and lines were read. */
void reading_sort(struct reading *reading);

#endif
