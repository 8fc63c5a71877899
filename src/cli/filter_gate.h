/*
 * filter_gate: the filter and its key, as workers get them.
 *
 * A worker makes tokens and looks them up; it has no key for the file's
 * seals.  So all of them are checked here before a worker is handed the file,
 * with the whole key, of which only the part for tokens goes on.
 */
#ifndef CLI_FILTER_GATE_H
#define CLI_FILTER_GATE_H

#include "base/secret.h"
#include "conf/model.h"

struct filter_gate;

struct filter_gate *filter_gate_new(void);
void filter_gate_free(struct filter_gate *gate); /* NULL is fine */

/* A descriptor of the filter that conf names, for reading, and the key to
 * look up with in *lookup, both the caller's; or -1, and why is logged. */
int filter_gate_open(
    struct filter_gate *gate, const struct conf *conf, struct secret *lookup);

#endif
