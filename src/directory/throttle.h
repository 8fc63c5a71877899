/*
 * throttle: failed logins make the next ones wait.
 *
 * Failures are counted for the account, for the address (IPv6: its /64), and
 * for the two together.  Past `free` failures each further one makes the
 * next attempt wait twice as long, from a second to a quarter of an hour;
 * every ten minutes without a failure take one off.  An attempt that comes
 * too early isn't checked and counts for nothing, so a program that keeps
 * trying an old password never makes the wait longer than its own failures.
 *
 * An account that has logged in from an address is proven there for thirty
 * days: what others do to the account, or from the address, no longer slows
 * it; only failures of the very pair do.  So nobody can lock a person out of
 * the place where that person works.
 *
 * Attempts under way count as failures until they are known, lest a thousand
 * guesses go in at once.
 *
 * An address may hold one person or, behind a NAT or on a terminal server,
 * thousands.  Nobody need say so, since it shows: each account that logs in
 * from there for the first time is one more of its people.  An address has
 * four times the free failures, and one for each of its people; those under
 * way that are proven there don't count.  Past that an attempt waits for its
 * turn.  So what may be under way doubles each time the directory has
 * answered: of two thousand people who come at once, all are let through
 * after seven answers, while who only guesses stays at the first twenty, and
 * is slowed after.  One account alone opens nothing, however often it logs
 * in.
 *
 * People mistype: what an account failed from an address is taken back there
 * once it gets in.  A password that was wrong there before (a telephone that
 * has the old one) tells a guesser nothing: it counts for the two together,
 * for nobody else.  All maps are bounded; the oldest entry leaves.
 */
#ifndef DIRECTORY_THROTTLE_H
#define DIRECTORY_THROTTLE_H

#include <stdint.h>

#include "base/addr.h"
#include "base/slice.h"

#define THROTTLE_ENTRIES_MAX 100000 /* of each of the three maps */
#define THROTTLE_DELAY_MAX_S 900
#define THROTTLE_FADE_MS (10u * 60 * 1000)
#define THROTTLE_PROVEN_MS (30ull * 24 * 3600 * 1000)
#define THROTTLE_ADDRESS_FACTOR 4

struct throttle;

enum turn {
	TURN_NOW,    /* go on, and call throttle_end with it */
	TURN_PROVEN, /* the same, by an account that is proven there */
	TURN_LATER,  /* when another from that address has ended */
	TURN_SLOWED, /* not before *wait_s seconds */
};

enum attempt {
	ATTEMPT_OK,
	ATTEMPT_WRONG,
	ATTEMPT_AGAIN,   /* with a password that was wrong there before */
	ATTEMPT_UNKNOWN, /* nobody could tell: counts for nothing */
};

struct throttle *throttle_new(void);
void throttle_free(struct throttle *throttle); /* NULL is fine */
/* free: failures before the first wait; at least 1 */
void throttle_set_free(struct throttle *throttle, uint64_t free);

/* account: folded, at most ACCOUNT_NAME_MAX bytes; empty: the address alone.
 * now_ms: clock_ms(). */
enum turn throttle_begin(struct throttle *throttle, struct slice account,
    const struct addr *client, uint64_t now_ms, uint32_t *wait_s);
/* turn: what throttle_begin said to the same account and address. */
void throttle_end(struct throttle *throttle, struct slice account,
    const struct addr *client, enum turn turn, enum attempt how,
    uint64_t now_ms);

#endif
