/*
 * guard: keeps guesses away from a directory that locks accounts.
 *
 * The same wrong password of an account isn't sent twice within `remember`
 * (known by a hash under a key of this process), and an account and an
 * address may fail only so often in a `window`: less than what makes the
 * directory lock the account.  A password under way counts as one failure
 * until it is known.  All maps are bounded; the oldest entry leaves.
 */
#ifndef DIRECTORY_GUARD_H
#define DIRECTORY_GUARD_H

#include <stdint.h>

#include "base/addr.h"
#include "base/json.h"
#include "base/slice.h"

#define GUARD_ENTRIES_MAX 100000 /* of each map */

struct guard;

struct guard_limits {
	uint64_t remember_ms, window_ms;
	uint64_t account, client; /* failures in a window */
};

enum guard_says {
	GUARD_ASK,   /* and call guard_end */
	GUARD_WRONG, /* it was wrong before */
	GUARD_SPENT  /* the budget is: *retry_s */
};

enum guard_end {
	GUARD_WAS_RIGHT,
	GUARD_WAS_WRONG,
	GUARD_NOT_KNOWN
};

struct guard *guard_new(void);
void guard_free(struct guard *guard); /* NULL is fine */

/* account: one spelling for each. client: NULL where there is none. */
enum guard_says guard_begin(struct guard *guard,
    const struct guard_limits *limits, struct slice account,
    struct slice password, const struct addr *client, uint64_t now_ms,
    uint32_t *retry_s);
void guard_end(struct guard *guard, const struct guard_limits *limits,
    struct slice account, struct slice password, const struct addr *client,
    enum guard_end end, uint64_t now_ms);

/* Members for an object that is open. */
void guard_status(const struct guard *guard, struct json *json);

#endif
