/*
 * memories: what outlives a directory's provider, by the directory's name.
 *
 * What its warden knows outlives every change.  What its grace knows goes
 * where other accounts are meant from now on: another base, other names or
 * groups; not where other servers are asked for the same ones, as when one is
 * replaced in an outage.  What workers remember of its logins holds while
 * all that decides is the same; else it is asked anew, spread over a time, so
 * that a reload never sends everybody to the directory at once.
 */
#ifndef DIRECTORY_MEMORIES_H
#define DIRECTORY_MEMORIES_H

#include <stdint.h>

#include "base/secret.h"
#include "conf/conf.h"
#include "directory/grace.h"
#include "directory/warden.h"

#define MEMORIES_SPREAD_MS 30000

struct memories;

struct memory {
	struct warden *warden; /* owned, as all of it */
	struct grace *grace;
	struct secret password; /* of the service, as its file has it */
	uint64_t id;            /* while what decides is the same; never 0 */

	/* memories' own */
	char *decides, *whose; /* NULL: it isn't asked */
	unsigned round;        /* of the last configuration that has it */
};

/* Logins that the source of that id has judged are to be asked anew, over
 * within_ms milliseconds; 0: at once. */
typedef void memories_stale_fn(uint64_t id, uint32_t within_ms, void *arg);

struct memories *memories_new(void);
void memories_free(struct memories *memories);
void memories_on_stale(
    struct memories *memories, memories_stale_fn *on_stale, void *arg);

/* Made where there is none; borrowed. */
struct memory *memories_get(struct memories *memories, struct slice name);

/* A configuration is in force: begin, each directory that is asked, end. */
void memories_begin(struct memories *memories);
void memories_judge(struct memories *memories, struct bundle *bundle,
    const struct conf *conf, const struct ldap_directory *directory);
void memories_end(struct memories *memories);

#endif
