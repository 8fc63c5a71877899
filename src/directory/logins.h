/*
 * logins: from a question of a worker to its answer.
 *
 * Slows (directory/throttle.h), asks a provider, numbers the account, logs
 * what failed.  The same account, password and address asked for several
 * times at once, as a browser's connections do, are one check: one hash, one
 * failure.  A failed login is one line, for fail2ban and the like:
 *
 *	login failed for account "NAME" from ADDRESS
 */
#ifndef DIRECTORY_LOGINS_H
#define DIRECTORY_LOGINS_H

#include <stdint.h>

#include "base/addr.h"
#include "base/json.h"
#include "directory/provider.h"
#include "directory/throttle.h"
#include "ipc/msg.h"

#define LOGINS_MAX 4096      /* checks under way */
#define LOGIN_ASKERS_MAX 256 /* of one check */

struct logins;

/* What goes into login_done; slices are borrowed for the time of the call. */
struct login_result {
	enum login_verdict verdict;
	uint32_t number;  /* where OK: directory/numbers.h */
	uint64_t session; /* where OK: random, never 0 */
	struct slice account, groups;
	uint32_t retry_s;
};

/* May be called from inside logins_ask. peer and id are the asker's. */
typedef void login_fn(
    uint64_t peer, uint64_t id, const struct login_result *result, void *arg);

struct logins *logins_new(login_fn *on_result, void *arg);
void logins_free(struct logins *logins); /* NULL is fine */
void logins_set_provider(struct logins *logins, struct provider provider);
/* The limit login_failures. */
void logins_set_failures(struct logins *logins, uint64_t failures);
/* Gives an account its number before it is asked for; see numbers.h. */
void logins_number(struct logins *logins, struct slice account);

/* password: wiped by the caller after. client: without its port. */
void logins_ask(struct logins *logins, uint64_t peer, uint64_t id,
    const struct addr *client, struct slice account, struct slice password);
/* The provider's answers go here; arg is the logins. */
void logins_on_answer(
    uint64_t id, const struct provider_answer *answer, void *arg);
/* That worker is gone: its askers are forgotten. */
void logins_forget_peer(struct logins *logins, uint64_t peer);
size_t logins_under_way(const struct logins *logins);

/* Members for an object that is open. */
void logins_status(const struct logins *logins, struct json *json);

#endif
