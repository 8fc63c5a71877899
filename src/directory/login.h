/*
 * login: one login under way: whose, from where, and who waits for it.
 *
 * Plain data of the desk's.  By its key the same question asked twice is
 * known: account, address and password, as a hash under a key that dies with
 * this process.
 */
#ifndef DIRECTORY_LOGIN_H
#define DIRECTORY_LOGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/keyed.h"
#include "base/secret.h"
#include "base/slice.h"
#include "directory/accounts.h"
#include "directory/throttle.h"
#include "directory/waiters.h"

struct login {
	uint64_t id;
	unsigned char key[KEYED_SIZE];  /* in by_key */
	char account[ACCOUNT_NAME_MAX]; /* folded */
	size_t naccount;
	struct addr client;
	struct waiters waiters;
	uint64_t begun_ms;      /* a provider was asked; before: it came */
	struct secret password; /* owned; empty but for who waits */
	enum turn turn;
	bool by_ticket; /* no password: neither slowed nor joined */
	char *token;    /* owned; for the answer */
	size_t ntoken;
};

/* account: as account_is_hopeless lets it pass, or as a ticket says it. */
struct login *login_new(const struct addr *client, struct slice account);
void login_free(void *arg);

/* password: not longer than PASSWORD_MAX_LEN. */
void login_set_key(
    struct login *login, struct keyed *keyed, struct slice password);

/* Borrowed from it. */
struct slice login_key(const struct login *login);
struct slice login_account(const struct login *login);

#endif
