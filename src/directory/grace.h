/*
 * grace: logins that were right, for when nobody can be asked.
 *
 * Kept under a hash of name and password with a key of this process: a copy
 * of the memory gives no password that wasn't in it anyway.
 */
#ifndef DIRECTORY_GRACE_H
#define DIRECTORY_GRACE_H

#include <stdint.h>

#include "base/slice.h"

#define GRACE_ENTRIES_MAX 100000

struct grace;

struct grace_login {
	struct slice account, groups; /* borrowed until the next call */
};

struct grace *grace_new(void);
void grace_free(struct grace *grace); /* NULL is fine */

/* name: as it was typed, folded. */
void grace_remember(struct grace *grace, struct slice name,
    struct slice password, const struct grace_login *login, uint64_t now_ms);
void grace_forget(
    struct grace *grace, struct slice name, struct slice password);
void grace_forget_all(struct grace *grace);
/* 0, or -1: not known, or longer ago than max_ms. */
int grace_find(struct grace *grace, struct slice name, struct slice password,
    uint64_t max_ms, uint64_t now_ms, struct grace_login *out);
size_t grace_count(const struct grace *grace);

#endif
