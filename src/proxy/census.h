/*
 * census: how many connections each account and each address has open.
 */
#ifndef PROXY_CENSUS_H
#define PROXY_CENSUS_H

#include <stdbool.h>

#include "base/addr.h"
#include "base/slice.h"

struct census;

struct census *census_new(void);
void census_free(struct census *census);

/* Counts one more, or returns false where `max` are there already (0: no
 * bound). Every true is answered by one leave. */
bool census_enter_addr(
    struct census *census, const struct addr *addr, uint64_t max);
void census_leave_addr(struct census *census, const struct addr *addr);
bool census_enter_account(
    struct census *census, struct slice account, uint64_t max);
void census_leave_account(struct census *census, struct slice account);

#endif
