/*
 * names: the accounts that are named in a request.
 *
 * A value may name an account as login, user principal name, mail address,
 * DOMAIN\name or DOMAIN/name, in any letter case.  Which names exist is
 * asked through a callback, so that it may be a table here, a map of the
 * directory process, or a filter.
 */
#ifndef CREDENTIAL_NAMES_H
#define CREDENTIAL_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "credential/limits.h"

/* Finds the account that is called `name` (canonical: see name_canonical):
 * true, with its canonical login in *account, borrowed for as long as the
 * source lives. */
struct names_source {
	bool (*find)(void *arg, struct slice name, struct slice *account);
	void *arg;
};

/* The form in which names are compared and tokens made: NFC, case folded
 * (Unicode), no blanks around. The length, or 0 where value can't be a name:
 * empty, too long, not UTF-8, with blanks inside or control characters. */
size_t name_canonical(struct slice value, char out[CREDENTIAL_NAME_MAX]);

/* Whether value names an account: as it is, without DOMAIN\ or DOMAIN/ in
 * front, or without @domain behind where the domain is one of ours (the
 * source is asked for "@domain"). */
bool name_find(const struct names_source *source, struct slice value,
    struct slice *account);

/* A compact table of names: eight bytes of keyed hash and four of index for
 * each, plus the accounts' logins. The caller owns it. */
struct names;

struct names *names_new(void);
void names_free(struct names *names); /* NULL is fine */
/* name in any form and case, or "@domain"; account in any case. False where
 * one of them can't be a name. */
bool names_add(struct names *names, struct slice name, struct slice account);
size_t names_count(const struct names *names);
/* A source over the table; borrowed from it. */
struct names_source names_source(struct names *names);

#endif
