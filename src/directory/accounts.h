/*
 * accounts: an account file, "name:hash" a line, as htpasswd(1) writes it.
 *
 * Blank lines and lines that start with '#' are skipped.  Names are compared
 * without regard to the case of ASCII letters, since rules compare them so;
 * two that differ only in case are refused as one account twice.  What is
 * handed out keeps the file's spelling.  A file is taken whole or not at all.
 */
#ifndef DIRECTORY_ACCOUNTS_H
#define DIRECTORY_ACCOUNTS_H

#include <stdbool.h>

#include "base/slice.h"
#include "directory/hash.h"

#define ACCOUNT_NAME_MAX 128 /* bytes of UTF-8 */
#define ACCOUNTS_MAX 500000
#define ACCOUNTS_FILE_MAX (64u << 20)
#define ACCOUNTS_WHY_SIZE 512

struct account {
	struct slice name; /* borrowed from the accounts */
	const char *hash;  /* borrowed from the accounts */
	enum hash_kind kind;
	unsigned line; /* of the file, from 1 */
};

struct accounts;

/* The text is copied. NULL, and in why[] what is wrong with the first bad
 * line ("line 12: …"); why is then safe to log. */
struct accounts *accounts_parse(struct slice text, char why[ACCOUNTS_WHY_SIZE]);
void accounts_free(struct accounts *accounts); /* wipes; NULL is fine */

size_t accounts_count(const struct accounts *accounts);
/* In the order of their folded names; at < accounts_count. */
const struct account *accounts_at(const struct accounts *accounts, size_t at);
/* NULL where there is none of that name. */
const struct account *accounts_find(
    const struct accounts *accounts, struct slice name);
/* A hash that takes as long as most of the file's do, to be checked for
 * accounts that don't exist. Nobody logs in with it. */
const char *accounts_dummy(const struct accounts *accounts);

/* NULL, or why this can't be an account's name: empty, too long, not UTF-8,
 * ':' or '*' or a control character in it, a blank at an end, '#' in front. */
const char *account_name_check(struct slice name);
/* No account can have that name, or that password: nobody need be asked. */
bool account_is_hopeless(struct slice name, struct slice password);

/* The form in which names are compared, into buf; name.n at most
 * ACCOUNT_NAME_MAX. */
struct slice account_name_fold(
    struct slice name, char buf[static ACCOUNT_NAME_MAX]);

#endif
