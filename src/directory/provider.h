/*
 * provider: where accounts come from, behind one face.
 *
 * A provider answers whether a name and a password belong together, and who
 * that is.  It answers by id, some time later and never from inside start;
 * what it has been told to cancel it doesn't answer.  The account file is
 * one (directory/file.h), each directory is (directory/ldap_provider.h), and
 * so are several together (directory/several.h).
 */
#ifndef DIRECTORY_PROVIDER_H
#define DIRECTORY_PROVIDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/json.h"
#include "base/slice.h"
#include "conf/model.h"

enum provider_verdict {
	PROVIDER_OK,
	PROVIDER_WRONG,   /* no such account, or another password */
	PROVIDER_NOT_NOW, /* it couldn't be asked */
	PROVIDER_SPENT,   /* too many failures: it wasn't asked; retry_s */
	/* The account is known to whoever asks, and still may not: */
	PROVIDER_EXPIRED,     /* account or password */
	PROVIDER_MUST_CHANGE, /* the password, first */
	PROVIDER_LOCKED,
	PROVIDER_DISABLED,
	PROVIDER_HOURS, /* not at this time, or not from this place */
};

struct provider_answer {
	enum provider_verdict verdict;
	/* where OK; borrowed for the time of the call */
	struct slice account; /* in the spelling that rules and logs show */
	struct slice groups;  /* one a line */
	struct slice names;   /* all that it goes by, one a line; or empty */
	uint32_t retry_s;     /* where SPENT */
	bool unchecked;       /* where OK: nobody has seen the password */
	enum outage_credentials outage; /* where NOT_NOW */
	unsigned part;                  /* of several, that said so */
};

typedef void provider_fn(
    uint64_t id, const struct provider_answer *answer, void *arg);

struct provider_ops {
	const char *name; /* "file" */
	/* All is borrowed for the time of the call. 0, or -1: it has too much
	 * to do. client: NULL: nobody logs in with it, so that it is never
	 * admitted unchecked. */
	int (*start)(void *self, uint64_t id, struct slice account,
	    struct slice password, const struct addr *client);
	void (*cancel)(void *self, uint64_t id);
	/* As start, without a password: who somebody is that has proven it
	 * elsewhere, OK or WRONG. NULL: only passwords are checked. */
	int (*find)(void *self, uint64_t id, struct slice account);
	/* Is the account this provider's and nobody else's? NULL: it can't
	 * tell without asking. */
	bool (*owns)(const void *self, struct slice account);
	/* Members for an object that is open. */
	void (*status)(const void *self, struct json *json);
};

struct provider {
	const struct provider_ops *ops; /* static */
	void *self;                     /* borrowed from whoever made it */
};

#endif
