/*
 * diag: what is wrong with a configuration, where, and the nearest word.
 *
 *	proxy.conf:12:13: error: unknown group "finanse"
 *	allow group finanse to any
 *	            ^ did you mean "finance"?
 *
 * A place with line 0 speaks of the whole file.
 */
#ifndef CONF_DIAG_H
#define CONF_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/slice.h"
#include "conf/model.h"

struct diag {
	bool is_error;   /* else a warning */
	struct place at; /* its file is owned too */
	char *text;      /* owned; lower case, no full stop */
	char *line;      /* owned; the source line, may be NULL */
	char *hint;      /* owned; nearest known word, may be NULL */
};

/* Starts as all zeroes. */
struct diags {
	struct diag *v; /* owned */
	size_t n, cap;
	size_t errors;
	size_t missed; /* beyond DIAGS_MAX: counted, not kept */
};

#define DIAGS_MAX 500

/* text is taken; file, line and hint are copied; the last two may be
 * empty and NULL. */
void diags_add(struct diags *diags, const struct diag *finding,
    struct slice line, const char *hint);
/* In file order, where `rank` says how the files were read. */
void diags_sort(struct diags *diags,
    size_t (*rank)(const char *file, const void *arg), const void *arg);
void diags_clear(struct diags *diags);
void diags_print(const struct diags *diags, FILE *out);

#endif
