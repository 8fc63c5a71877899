/*
 * spool: alerts that wait, in a file that outlives us.
 *
 *	WC {"v":1,...}
 *
 * A line an alert: a letter for each way it has still to go (W webhook,
 * C command; '-' where it has gone), a blank, JSON.  A line is added whole
 * and stored before it counts, a letter is overwritten when it has gone; a
 * last line without its end, from a crash, is cut off.  The file is emptied
 * when nothing waits any more.
 */
#ifndef ALERTER_SPOOL_H
#define ALERTER_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define SPOOL_ALERTS_MAX 10000
#define SPOOL_BYTES_MAX (64u << 20)

enum spool_way {
	SPOOL_WEBHOOK,
	SPOOL_COMMAND,
	SPOOL_WAYS
};

struct spool;

/* Takes fd, open for reading and writing, and reads what waits. NULL with
 * *why in words. */
struct spool *spool_open(int fd, const char **why);
void spool_free(struct spool *spool); /* NULL is fine */
/* Is fd, which stays the caller's, the same file? */
bool spool_is(const struct spool *spool, int fd);

/* json: one object, without line ends. ways: a set of 1 << enum spool_way.
 * 0: it is stored; -1 with *why. */
int spool_add(
    struct spool *spool, struct slice json, unsigned ways, const char **why);
/* The oldest one that has to go this way: its id, and *json, borrowed until
 * it is done. 0: none. */
uint64_t spool_next(
    struct spool *spool, enum spool_way way, struct slice *json);
void spool_done(struct spool *spool, enum spool_way way, uint64_t id);
size_t spool_waiting(const struct spool *spool, enum spool_way way);
/* Adds all that waits in `from`. */
void spool_move(struct spool *spool, struct spool *from);

#endif
