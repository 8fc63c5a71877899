/*
 * budgets: how many wrong values an hour are asked about.
 *
 * An account has `failures` of them, an address (IPv6: its /64) four times as
 * many.  All maps are bounded; the oldest entry leaves.
 */
#ifndef DIRECTORY_BUDGETS_H
#define DIRECTORY_BUDGETS_H

#include <stdint.h>

#include "base/addr.h"
#include "base/slice.h"

#define BUDGETS_MAX 65536 /* accounts, and addresses */
#define BUDGETS_HOUR_MS (60u * 60 * 1000)
#define BUDGETS_ADDRESS_FACTOR 4

struct budgets;

struct budgets *budgets_new(void);
void budgets_free(struct budgets *budgets); /* NULL is fine */
/* 1 where it was never set. */
void budgets_set_failures(struct budgets *budgets, uint64_t failures);

/* Counted as if it will turn out wrong, lest many go in at once. -1: one of
 * the two has nothing left, and nothing is spent. */
int budgets_spend(
    struct budgets *budgets, struct slice account, const struct addr *client);
/* It wasn't wrong. */
void budgets_give_back(
    struct budgets *budgets, struct slice account, const struct addr *client);

#endif
