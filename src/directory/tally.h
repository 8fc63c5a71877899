/*
 * tally: what became of logins, in counters and in the log.
 *
 * Plain data, embedded, zeroed at first.  A failed login is one line, for
 * fail2ban and the like:
 *
 *	login failed for account "NAME" from ADDRESS
 */
#ifndef DIRECTORY_TALLY_H
#define DIRECTORY_TALLY_H

#include <stdint.h>

#include "base/addr.h"
#include "base/json.h"
#include "base/log.h"
#include "base/slice.h"
#include "directory/throttle.h"
#include "ipc/msg.h"

struct tally {
	uint64_t ok, wrong, slowed, not_now, barred;
	struct log_limit failed_lines, slowed_lines;
};

/* Counts it, and says what it is to the throttle. */
enum attempt tally_count(struct tally *tally, enum login_verdict verdict);
/* Lines in the log, not more than a bound of them a minute. */
void tally_failed(
    struct tally *tally, struct slice account, const struct addr *client);
void tally_slowed(struct tally *tally, struct slice account,
    const struct addr *client, uint32_t wait_s);

/* Members for an object that is open. */
void tally_status(const struct tally *tally, struct json *json);

#endif
