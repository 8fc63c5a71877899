/*
 * provider: where accounts come from, behind one face.
 *
 * A provider answers whether a name and a password belong together, and who
 * that is.  It answers by id, some time later and never from inside start;
 * what it has been told to cancel it doesn't answer.  The account file is
 * one (directory/file.h); others may stand beside it.
 */
#ifndef DIRECTORY_PROVIDER_H
#define DIRECTORY_PROVIDER_H

#include <stdint.h>

#include "base/json.h"
#include "base/slice.h"

enum provider_verdict {
	PROVIDER_OK,
	PROVIDER_WRONG,   /* no such account, or another password */
	PROVIDER_NOT_NOW, /* it couldn't be asked */
};

struct provider_answer {
	enum provider_verdict verdict;
	/* where OK; borrowed for the time of the call */
	struct slice account; /* in the spelling that rules and logs show */
	struct slice groups;  /* one a line */
};

typedef void provider_fn(
    uint64_t id, const struct provider_answer *answer, void *arg);

struct provider_ops {
	const char *name; /* "file" */
	/* Both texts are borrowed for the time of the call. 0, or -1: it has
	 * too much to do. */
	int (*start)(void *self, uint64_t id, struct slice account,
	    struct slice password);
	void (*cancel)(void *self, uint64_t id);
	/* Members for an object that is open. */
	void (*status)(const void *self, struct json *json);
};

struct provider {
	const struct provider_ops *ops; /* static */
	void *self;                     /* borrowed from whoever made it */
};

#endif
