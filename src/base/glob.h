/*
 * glob: patterns of account names, in which "*" stands for any bytes.
 */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>

#include "base/slice.h"

/* ASCII letters match in either case. Time grows with the product of the
 * lengths at worst, without recursion. */
bool glob_matches(struct slice pattern, struct slice s);

bool glob_is_literal(struct slice pattern); /* has no "*" */

#endif
