/*
 * ways: the ways on past `credentials continue`, for all workers.
 *
 * A way belongs to one account (who is logged in), one place (a site and a
 * path) and one credential (whose password, and which).  It goes
 *
 *	offered   the request was stopped; its page, which a script of the site
 *	          can read, has the token
 *	looked at the page of the proxy's own origin, which such a script can't
 *	          read, has the answer
 *	granted   the answer came back with a reason: the next such request
 *	          passes, and the way is gone
 *
 * All of that is here and nowhere else, so it holds across workers, and what
 * a worker remembers or a site's page holds grants nothing.  A way is made
 * only for a credential that this process itself has just said to be one, to
 * the worker that asked.  Ways die with the process: who was on one begins
 * again.
 */
#ifndef DIRECTORY_WAYS_H
#define DIRECTORY_WAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/slice.h"
#include "ipc/msg.h"

#define WAYS_MAX 8192       /* the oldest leaves */
#define WAYS_ACCOUNT_MAX 16 /* of one account; likewise */
#define WAYS_ANSWERED_MAX 4096
#define WAYS_ANSWERED_MS (60u * 1000) /* from the answer to the way */
#define WAYS_PLACE_MAX 2048
#define WAYS_ABOUT_MAX 4096

struct ways;

struct ways *ways_new(void);
void ways_free(struct ways *ways); /* NULL is fine */
/* The timeout way-on: of an offer, and of a grant from then on. */
void ways_set_life(struct ways *ways, uint64_t life_ms);

/* Question `id` of a peer was answered so that a rule may stop the request.
 * credential: whose password and which, as a keyed hash. */
void ways_note(
    struct ways *ways, uint64_t peer, uint64_t id, struct slice credential);
void ways_forget_peer(struct ways *ways, uint64_t peer);

/* What a worker asks; slices of *done are borrowed until the next call. */
void ways_ask(struct ways *ways, uint64_t peer, const struct msg_way_ask *ask,
    struct msg_way_done *done);

/* Does this token still lead somewhere? */
bool ways_is_open(const struct ways *ways, struct slice token);

/* Members for an object that is open. */
void ways_status(struct ways *ways, struct json *json);

#endif
