/*
 * diag: what is wrong with a configuration, where, and the nearest word.
 *
 *	proxy.conf:12:9: error: unknown group "finanse"
 *	allow group finanse to any
 *	            ^ did you mean "finance"?
 */
#ifndef CONF_DIAG_H
#define CONF_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "conf/model.h"

struct diag {
	bool is_error; /* else a warning */
	struct place at;
	char *text; /* owned; lower case, no full stop */
	char *line; /* owned; the source line, may be NULL */
	char *hint; /* owned; nearest known word, may be NULL */
};

struct diags {
	struct diag *v; /* owned */
	size_t n, cap;
	size_t errors;
};

void diags_clear(struct diags *diags);
void diags_print(const struct diags *diags, FILE *out);

#endif
