/*
 * found: asks whether a scan came upon a value.
 */
#ifndef UNIT_CREDENTIAL_FOUND_H
#define UNIT_CREDENTIAL_FOUND_H

#include <stdbool.h>

#include "credential/request.h"

/* The candidate with that value, or NULL. */
const struct candidate *found(const struct scan *scan, struct slice value);

/* Scans a body without header fields. */
void scan_body(struct scan *scan, struct slice body);

#endif
