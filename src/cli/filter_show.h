/*
 * filter_show: a filter's numbers, for people.
 */
#ifndef CLI_FILTER_SHOW_H
#define CLI_FILTER_SHOW_H

#include <stdio.h>

#include "credential/filter.h"

/* now: seconds since 1970 */
void filter_show(const struct filter_info *info, uint64_t now, FILE *out);

#endif
