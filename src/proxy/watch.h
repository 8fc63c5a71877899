/*
 * watch: what a worker needs to find passwords on their way out.
 *
 * One a worker: the scanner, the filter (mapped read-only; new bits are seen
 * at once), the key for its tokens, the names of accounts, and the names that
 * clients gave to a site a short time ago.  The directory process is asked
 * through it.  Plain data to whoever scans; only watch.c writes to it.
 */
#ifndef PROXY_WATCH_H
#define PROXY_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/mapping.h"
#include "base/slice.h"
#include "conf/model.h"
#include "credential/suspicion.h"
#include "ipc/pending.h"

struct worker;

#define WATCH_RECENT_MAX 4  /* names remembered for a client and site */
#define WATCH_WATCHED_MAX 8 /* accounts tried in every request */
#define WATCH_RECENT_MS (10u * 60 * 1000)
#define WATCH_TIME_MS 1000
#define WATCH_CLIENTS_MAX 16384 /* pairs of client and site */

struct watch {
	struct scan *scan;         /* owned; NULL before the start */
	struct filter *filter;     /* owned; NULL before the first */
	struct token_key *key;     /* owned; NULL before the first */
	struct names_source names; /* always usable */

	/* watch.c's own */
	struct mapping mapping;           /* of the filter */
	struct token_key *fresh_key;      /* owned: waits for its filter */
	const char *why;                  /* the newest isn't in force */
	struct names *table;              /* owned */
	struct mapping lines;             /* the table's source */
	const struct conf *conf;          /* borrowed: in force */
	char *watched[WATCH_WATCHED_MAX]; /* owned */
	size_t nwatched;
	struct map *recent; /* owned; of struct recent */
};

struct watch *watch_new(void);
void watch_free(struct watch *watch); /* NULL is fine */
/* Makes the scanner, which opens character converters: before the sandbox.
 * Its size stays as it is then. */
void watch_start(struct watch *watch, const struct limits *limits);

/* What the supervisor and the directory hand over; they take fd. What can't
 * be used is logged, and what was before stays. The supervisor has checked the
 * filter's seals, for which a worker has no key. */
void watch_set_key(struct watch *watch, struct slice key);
void watch_set_filter(struct watch *watch, int fd);
void watch_set_names(struct watch *watch, int fd);

/* A configuration that has a filter; it must outlive the next call. NULL, or
 * why the filter that came for it can't be used; nothing has changed then. */
const char *watch_apply(struct watch *watch, const struct conf *conf);

/* Accounts that are tried in every request, in canonical form. Borrowed until
 * the loop goes on. */
size_t watch_watched(
    const struct watch *watch, struct slice out[WATCH_WATCHED_MAX]);

/* who: the account that is logged in, or else the client's address as text.
 * account: canonical. What is handed out is borrowed until the next call of
 * either. */
void watch_remember_name(struct watch *watch, struct slice who,
    struct slice site, struct slice account);
size_t watch_recent_names(struct watch *watch, struct slice who,
    struct slice site, struct slice out[WATCH_RECENT_MAX]);

/* Asks the directory process whether value is the password of account; the
 * answer is a credential_done, or NULL after the timeout `credential`. The
 * id, for pending_cancel, or 0: it can't be asked now. */
uint64_t watch_ask(struct worker *worker, const struct addr *client,
    struct slice account, struct slice value, pending_fn *on_answer, void *arg);
/* The time that such a question usually takes, without one: on_time is called
 * after it, or after WATCH_TIME_MS at the latest. */
uint64_t watch_take_time(struct worker *worker, const struct addr *client,
    pending_fn *on_time, void *arg);

#endif
