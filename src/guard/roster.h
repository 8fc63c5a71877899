/*
 * roster: the accounts that the guard has met, and their rules in the
 * kernel.
 *
 * An account is there from its first connection on; in every generation it
 * gets the profile that its name and groups ask for.
 */
#ifndef GUARD_ROSTER_H
#define GUARD_ROSTER_H

#include <time.h>

#include "guard/tables.h"
#include "ipc/proof.h"

struct roster;

/* Borrows the tables; the caller owns the logins. */
struct roster *roster_new(struct tables *tables);
void roster_free(struct roster *roster); /* NULL is fine */

/* Rules for all that were met. The model must outlive the logins or the next
 * load. self: where sockets without an account may go. NULL, or why not: the
 * old rules stay. */
const char *roster_load(struct roster *roster, const struct conf *conf,
    const struct tables_places *self, time_t when);

/* An account that is in the kernel from now on. NULL, or why it can't be. */
const char *roster_enter(
    struct roster *roster, const struct login_words *login);
/* Whether the rules in force let a number that has entered go there. */
bool roster_allow(
    const struct roster *roster, uint32_t number, const struct addr *to);

/* Borrowed; empty: not met. */
struct slice roster_name(const struct roster *roster, uint32_t number);
size_t roster_count(const struct roster *roster);

#define ROSTER_MAX 1000000

#endif
