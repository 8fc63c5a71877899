/*
 * judge: what is to become of a request in which the filter found something.
 *
 * The hits are asked about one after the other, for each question may cost
 * the account one of few tries; a value is wiped when it has been.
 */
#ifndef PROXY_JUDGE_H
#define PROXY_JUDGE_H

#include <stdbool.h>

#include "proxy/inspect.h"

/* Nobody could tell, and the configuration lets that pass. */
bool judge_lets(const struct exchange *x, const struct inspect_hit *hit);

enum judge_ret {
	JUDGE_WAIT, /* for an answer, which comes by exchange_run */
	JUDGE_PASS,
	JUDGE_STOP
};

/* Asks about one hit after the other, until one decides, and does what the
 * rule says of that: where it only reports, or lets pass what nobody could
 * tell, the record is written here; a way on is used up, or offered. *hit: why
 * it stops. */
enum judge_ret judge_hits(struct inspect *inspect, struct exchange *x,
    const struct inspect_hit **hit);

#endif
