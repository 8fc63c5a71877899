/*
 * roster: the names that accounts go by, for workers to know them in requests.
 *
 * Names are kept in canonical form (credential/names.h), with the spelling
 * that the provider knows; domains are those of the enterprise's mail
 * addresses and principal names.
 */
#ifndef DIRECTORY_ROSTER_H
#define DIRECTORY_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "conf/model.h"

#define ROSTER_MAX 500000 /* the one used longest ago leaves */

struct roster;

struct roster *roster_new(void);
void roster_free(struct roster *roster); /* NULL is fine */

void roster_clear(struct roster *roster); /* of accounts */
/* False where it is there already, or can't be a name. */
bool roster_add(struct roster *roster, struct slice account);
/* Another name of the account. */
bool roster_add_alias(
    struct roster *roster, struct slice alias, struct slice account);
void roster_set_domains(struct roster *roster, const struct conf *conf);
size_t roster_count(const struct roster *roster);

/* How the provider spells a canonical name; the name itself where it isn't
 * known. Borrowed from the roster or from the caller. */
struct slice roster_spelling(struct roster *roster, struct slice canonical);

/* What setup_names takes: a sealed memfd for the caller to close, or -1 with
 * errno. */
int roster_seal(const struct roster *roster);

#endif
