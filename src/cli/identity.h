/*
 * identity: the user that all processes but the supervisor change to.
 */
#ifndef CLI_IDENTITY_H
#define CLI_IDENTITY_H

#include <stdbool.h>
#include <sys/types.h>

#include "conf/model.h"

struct identity {
	bool change; /* we are root: the others become uid and gid */
	uid_t uid;
	gid_t gid;
	bool mark; /* the configuration puts marks on packets */
};

/* `run as`, else the user "sallyport" where there is one, else "nobody",
 * which is said. Not root: everybody stays who we are. Returns NULL, or why
 * it can't be, in words; borrowed until the next call. */
const char *identity_choose(struct identity *identity, const struct conf *conf);

/* Does the configuration ask for SO_MARK? */
bool identity_wants_mark(const struct conf *conf);

#endif
