/*
 * denial: an event of the kernel as the words of a record.
 */
#ifndef GUARD_DENIAL_H
#define GUARD_DENIAL_H

#include "base/json.h"
#include "base/slice.h"
#include "guard/kernel.h"

struct denial {
	const struct guard_event *event;
	struct slice account; /* name; empty: unknown */
	struct slice label;   /* of the rule; empty: none, or unknown */
};

/* Makes of a count of denials that were not told an event of its own. */
struct guard_event denial_left_out(uint32_t account, uint32_t left_out);

#define DENIAL_SIZE 512
/* "denied alice, session 3, pid 812 "curl", to 10.0.0.1:443 tcp: t.conf:3".
 * Returns buf. */
char *denial_text(char buf[DENIAL_SIZE], const struct denial *denial);
/* A record of sallyport-record(5) and its line end, appended. */
void denial_json(struct json *json, const struct denial *denial);

#endif
