/*
 * negotiate: who is it, by a Kerberos ticket (RFC 4559, GSSAPI and SPNEGO).
 *
 * A ticket is checked with the keytab alone: nobody is asked and nothing
 * blocks.  A login may take several legs; what stands between two of them is
 * a handle, good for the same worker and a minute.  A ticket works once: its
 * key is remembered, under a hash, for as long as it could be replayed.
 */
#ifndef DIRECTORY_NEGOTIATE_H
#define DIRECTORY_NEGOTIATE_H

#include <stdint.h>

#include "base/json.h"
#include "base/slice.h"
#include "conf/model.h"
#include "directory/accounts.h"

#define NEGOTIATE_LEGS_MAX 4096 /* logins between two legs */
#define NEGOTIATE_LEG_MS 60000
#define NEGOTIATE_TOKEN_MAX (48u << 10)
#define NEGOTIATE_SEEN_MAX 200000
#define NEGOTIATE_SEEN_MS (11u * 60 * 1000) /* twice the clock's skew */

struct negotiate;

enum negotiate_ret {
	NEGOTIATE_OK,       /* account */
	NEGOTIATE_CONTINUE, /* send token, come back with leg */
	NEGOTIATE_REFUSED,  /* why */
	NEGOTIATE_REALM,    /* why: nobody is let in from that realm */
	NEGOTIATE_NTLM,     /* the client has no ticket and tries NTLM */
	NEGOTIATE_NO_KEY    /* there is no keytab */
};

struct negotiate_answer {
	enum negotiate_ret ret;
	char account[ACCOUNT_NAME_MAX + 1]; /* where OK */
	struct slice token; /* for the client; borrowed until the next call */
	uint64_t leg;       /* where CONTINUE */
	char why[256];      /* where REFUSED or REALM */
};

/* Before the sandbox closes: the libraries load what they need. */
void negotiate_init(void);

struct negotiate *negotiate_new(void);
void negotiate_free(struct negotiate *negotiate); /* NULL is fine */

/* NULL, or what is wrong; the old keys stay then. */
const char *negotiate_set_keytab(
    struct negotiate *negotiate, struct slice file);
void negotiate_drop_keytab(struct negotiate *negotiate);

/* What is said of realms is copied. */
void negotiate_set_realms(
    struct negotiate *negotiate, const struct authenticate *authenticate);

/* leg: 0 at first; peer: who asks. */
void negotiate_step(struct negotiate *negotiate, uint64_t peer, uint64_t leg,
    struct slice token, struct negotiate_answer *out);

/* Is that what a client without a ticket sends? */
bool negotiate_is_ntlm(struct slice token);

/* Members for an object that is open. */
void negotiate_status(const struct negotiate *negotiate, struct json *json);

#endif
