/*
 * bearers: the accounts that the guard has met, and their rules in the
 * kernel.
 *
 * An account is there from its first connection on; in every generation it
 * gets the profile that its name and groups ask for.
 */
#ifndef GUARD_BEARERS_H
#define GUARD_BEARERS_H

#include <time.h>

#include "guard/tables.h"
#include "ipc/proof.h"

struct bearers;

/* Borrows the tables; the caller owns the logins. */
struct bearers *bearers_new(struct tables *tables);
void bearers_free(struct bearers *bearers); /* NULL is fine */

/* Rules for all that were met. The model must outlive the bearers or the next
 * load. self: where sockets without an account may go. NULL, or why not: the
 * old rules stay. */
const char *bearers_load(struct bearers *bearers, const struct conf *conf,
    const struct tables_places *self, time_t when);

/* An account that is in the kernel from now on. NULL, or why it can't be. */
const char *bearers_enter(
    struct bearers *bearers, const struct login_words *login);
/* Whether the rules in force let a number that has entered go there. */
bool bearers_allow(
    const struct bearers *bearers, uint32_t number, const struct addr *to);

/* Borrowed; empty: not met. */
struct slice bearers_name(const struct bearers *bearers, uint32_t number);
size_t bearers_count(const struct bearers *bearers);

#define BEARERS_MAX 1000000

#endif
