/*
 * audit: the records: one JSON object a line for each request and each
 * closed connection. The schema (version 1) is in sallyport-record(5).
 *
 * No password, cookie, Authorization value or query string ever gets here.
 */
#ifndef PROXY_AUDIT_H
#define PROXY_AUDIT_H

#include <event2/event.h>

#include "base/addr.h"
#include "conf/model.h"

struct audit;
struct client;
struct exchange;
struct inspect_hit;
struct way_about;
struct worker;

struct audit *audit_new(struct worker *worker);
void audit_free(struct audit *audit); /* writes what is left */

/* Where records go from now on; fd is the callee's; -1 with RECORD_OFF. */
void audit_set_sink(struct audit *audit, enum record_sink sink, int fd);
void audit_flush(struct audit *audit);

void audit_request(struct audit *audit, const struct exchange *x);
void audit_connection(struct audit *audit, const struct client *client);
/* A request that carries, or may carry, an enterprise password: where it
 * stood and for whom, never what it was. */
void audit_credential(struct audit *audit, const struct exchange *x,
    const struct inspect_hit *hit);
/* What may have been a login and could not be read, counted by site: the
 * coverage. */
enum unread {
	UNREAD_BODY,      /* not all of it */
	UNREAD_ENCRYPTED, /* by a script of the page */
	UNREAD_TUNNEL,    /* nothing of what is in it */
	UNREAD_COUNT
};
/* why: in words; rule: the credentials rule that wants it looked into. */
void audit_unread(struct audit *audit, const struct exchange *x,
    enum unread unread, const char *why, struct slice rule);
/* A person grants a way on, for that reason. */
void audit_continue(struct audit *audit, const struct exchange *x,
    const struct way_about *about, struct slice words);

/* A connection that the limits turned away at the door. */
void audit_turned_away(struct audit *audit, const struct addr *client);

/* Records that could not be written since the start. */
uint64_t audit_lost(const struct audit *audit);

#endif
