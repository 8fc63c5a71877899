/*
 * ldap_requests: what was asked on a connection and is not answered yet, by
 * message id, each with a deadline.
 */
#ifndef DIRECTORY_LDAP_REQUESTS_H
#define DIRECTORY_LDAP_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include <event2/event.h>
#include <ldap.h>

struct ldap_link;
struct ldap_requests;

/* msg: an entry, or the final answer (not LDAP_RES_SEARCH_*, but
 * …_RESULT or another operation's); NULL: none will come. The link may be
 * freed in here; msg is the link's. */
typedef void ldap_reply_fn(struct ldap_link *link, LDAPMessage *msg, void *arg);
/* That one is too late: end it. */
typedef void ldap_late_fn(struct ldap_link *link, int msgid);

/* Both are borrowed. */
struct ldap_requests *ldap_requests_new(
    struct event_base *base, ldap_late_fn *on_late, struct ldap_link *link);
void ldap_requests_free(struct ldap_requests *requests); /* calls nobody */

void ldap_requests_add(struct ldap_requests *requests, int msgid, uint64_t ms,
    ldap_reply_fn *on_reply, void *arg);
void ldap_requests_forget(struct ldap_requests *requests, int msgid);

/* msg: the caller's. What nobody waits for is dropped. */
void ldap_requests_deliver(struct ldap_requests *requests, LDAPMessage *msg);
/* Whoever waits for it hears that nothing comes. */
void ldap_requests_end(struct ldap_requests *requests, int msgid);
/* One of those that are left; false: none is. */
bool ldap_requests_any(struct ldap_requests *requests, int *msgid);

#endif
