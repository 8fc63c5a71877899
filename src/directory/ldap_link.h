/*
 * ldap_link: one connection to a directory server.
 *
 * Name, TCP, TLS and certificate are net/'s work, as they are for origins;
 * libldap gets a stream that is already safe and never blocks, never dials
 * and never reads a file.  A link goes up (after its first bind, where it has
 * one) or down, once each; down is the end.  Answers to what was sent on its
 * handle come by message id, each with a deadline.
 */
#ifndef DIRECTORY_LDAP_LINK_H
#define DIRECTORY_LDAP_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include <ldap.h>

#include "conf/model.h"
#include "directory/ldap_requests.h"
#include "net/resolve.h"
#include "net/tls.h"

struct ldap_link;

/* What all links of a directory share; borrowed by them. */
struct ldap_env {
	struct event_base *base;
	struct resolver *resolver;
	const struct ldap_directory *conf;
	SSL_CTX *ctx;          /* NULL: no TLS is configured */
	struct slice password; /* of bind_dn; empty: it isn't known */
};

enum ldap_link_step {
	LDAP_LINK_DIALLING, /* its name, or its TCP connection */
	LDAP_LINK_SECURING, /* StartTLS, or the handshake */
	LDAP_LINK_BINDING,  /* as bind_dn */
	LDAP_LINK_UP,
	LDAP_LINK_DOWN
};

/* The link went up or down. It may be freed in here. */
typedef void ldap_link_fn(struct ldap_link *link, void *arg);

/* service: bind as the configuration says before going up. on_change comes
 * from the loop. The caller owns the link. */
struct ldap_link *ldap_link_open(const struct ldap_env *env,
    const struct ldap_url *url, bool service, ldap_link_fn *on_change,
    void *arg);
/* Calls nobody any more. NULL is fine. */
void ldap_link_free(struct ldap_link *link);

enum ldap_link_step ldap_link_step(const struct ldap_link *link);
const char *ldap_link_why(const struct ldap_link *link); /* it is down */
/* The step at which it went down. */
enum ldap_link_step ldap_link_failed_at(const struct ldap_link *link);
LDAP *ldap_link_handle(struct ldap_link *link); /* while it is up */
/* Of the connection; NULL where it is plain or never was one. */
const struct tls_info *ldap_link_tls(const struct ldap_link *link);
const struct addr *ldap_link_addr(const struct ldap_link *link);

/* The answers to a request that was just sent come to on_reply, or NULL
 * after ms milliseconds; the request is then abandoned. */
void ldap_link_expect(struct ldap_link *link, int msgid, uint64_t ms,
    ldap_reply_fn *on_reply, void *arg);
/* on_reply won't be called. */
void ldap_link_abandon(struct ldap_link *link, int msgid);

/* What the server said with a final answer, "Invalid credentials (49): …",
 * made printable. Returns buf. */
#define LDAP_WORDS_SIZE 512
char *ldap_link_words(
    char buf[LDAP_WORDS_SIZE], LDAP *ld, int code, const char *diagnostic);

#endif
