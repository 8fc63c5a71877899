/*
 * numbers: a 32-bit number for each account, for packets and the kernel.
 *
 * An account's number is the XXH3 hash of its folded name, cut to 32 bits;
 * where that is taken (or zero) the next free one.  So it is the same on
 * every machine and after every start, as long as no two names collide
 * (one pair among 90,000 accounts, on average) or those that do are made
 * known in the same order: account files are, sorted by name.
 * A number once given stays its account's until the process ends.
 */
#ifndef DIRECTORY_NUMBERS_H
#define DIRECTORY_NUMBERS_H

#include <stdint.h>

#include "base/slice.h"

#define NUMBERS_MAX 2000000 /* names ever seen */

struct numbers;

struct numbers *numbers_new(void);
void numbers_free(struct numbers *numbers); /* NULL is fine */
/* folded: as account_name_fold() has it. Never 0, but where NUMBERS_MAX
 * names are known and this isn't one of them. */
uint32_t numbers_of(struct numbers *numbers, struct slice folded);

#endif
