/*
 * desk: from a question of a worker to its answer.
 *
 * Slows (directory/throttle.h), lets wait (directory/crowd.h), asks a
 * provider, numbers the account, counts and logs what came of it
 * (directory/tally.h).  The same account, password and address asked for
 * several times at once, as a browser's connections do, are one check: one
 * hash, one failure.
 */
#ifndef DIRECTORY_DESK_H
#define DIRECTORY_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/json.h"
#include "directory/provider.h"
#include "directory/throttle.h"
#include "ipc/msg.h"

#define LOGIN_ASKERS_MAX 1024 /* of one check */
#define LOGIN_TURN_MS 30000   /* whoever has waited that long is refused */
#define LOGIN_WRONG_MAX 65536 /* remembered: see ATTEMPT_AGAIN */

struct desk;

/* What goes into login_done; slices are borrowed for the time of the call. */
struct login_result {
	enum login_verdict verdict;
	uint32_t number;  /* where OK: directory/numbers.h */
	uint64_t session; /* where OK: random, never 0 */
	struct slice account, groups;
	struct slice names; /* others of the account, one a line */
	bool unchecked;     /* where OK: the password is nobody's, maybe */
	uint32_t retry_s;
	uint64_t leg;       /* of Negotiate */
	struct slice token; /* the same */
	unsigned part;      /* as a provider's answer has it */
};

/* May be called from inside desk_ask. peer and id are the asker's. */
typedef void login_fn(
    uint64_t peer, uint64_t id, const struct login_result *result, void *arg);

struct desk *desk_new(login_fn *on_result, void *arg);
void desk_free(struct desk *desk); /* NULL is fine */
void desk_set_provider(struct desk *desk, struct provider provider);
/* The limits login_failures and logins. */
void desk_set_limits(struct desk *desk, uint64_t failures, uint64_t logins);
/* Gives an account its number before it is asked for; see numbers.h. */
void desk_number(struct desk *desk, struct slice account);

/* password: wiped by the caller after. client: without its port. */
void desk_ask(struct desk *desk, uint64_t peer, uint64_t id,
    const struct addr *client, struct slice account, struct slice password);
/* Somebody has proven to be `account` (by a ticket): who is that here, and in
 * which groups? known: the name needs no looking up. token: for the answer. */
void desk_admit(struct desk *desk, uint64_t peer, uint64_t id,
    const struct addr *client, struct slice account, bool known,
    struct slice token);
/* The provider's answers go here; arg is the desk. */
void desk_on_answer(
    uint64_t id, const struct provider_answer *answer, void *arg);
/* For how long a provider has been asked about a password; false: no password,
 * or no such login. */
bool desk_took(const struct desk *desk, uint64_t id, uint64_t *ms);
/* That worker is gone: its askers are forgotten. */
void desk_forget_peer(struct desk *desk, uint64_t peer);
size_t desk_under_way(const struct desk *desk);

/* Members for an object that is open. */
void desk_status(const struct desk *desk, struct json *json);

#endif
