/*
 * warden: keeps guesses away from a directory that locks accounts.
 *
 * The same wrong password of an account isn't sent twice within `remember`
 * (known by a hash under a key of this process), and an account and an
 * address may fail only so often in a `window`: less than what makes the
 * directory lock the account.  A password under way counts as one failure
 * until it is known.  An address has one failure more for each account that
 * was right from there: behind a NAT, many people mistype.  All maps are
 * bounded; the oldest entry leaves.
 */
#ifndef DIRECTORY_WARDEN_H
#define DIRECTORY_WARDEN_H

#include <stdint.h>

#include "base/addr.h"
#include "base/json.h"
#include "base/slice.h"

#define WARDEN_ENTRIES_MAX 100000 /* of each map */

struct warden;

struct warden_limits {
	uint64_t remember_ms, window_ms;
	uint64_t account, client; /* failures in a window; of a client: the
				   * least */
};

enum warden_says {
	WARDEN_ASK,   /* and call warden_end */
	WARDEN_WRONG, /* it was wrong before */
	WARDEN_SPENT  /* the budget is: *retry_s */
};

enum warden_end {
	WARDEN_WAS_RIGHT,
	WARDEN_WAS_WRONG,
	WARDEN_NOT_KNOWN
};

struct warden *warden_new(void);
void warden_free(struct warden *warden); /* NULL is fine */

/* account: one spelling for each. client: NULL where there is none. */
enum warden_says warden_begin(struct warden *warden,
    const struct warden_limits *limits, struct slice account,
    struct slice password, const struct addr *client, uint64_t now_ms,
    uint32_t *retry_s);
void warden_end(struct warden *warden, const struct warden_limits *limits,
    struct slice account, struct slice password, const struct addr *client,
    enum warden_end end, uint64_t now_ms);

/* Members for an object that is open. */
void warden_status(const struct warden *warden, struct json *json);

#endif
