/*
 * feed: a socket from which whoever connects reads lines as they come.
 */
#ifndef CLI_FEED_H
#define CLI_FEED_H

#include <event2/event.h>

#include "base/slice.h"

struct feed;

/* path: of a Unix socket; one that nobody listens on is replaced. NULL and
 * errno. The caller owns the feed. */
struct feed *feed_open(struct event_base *base, const char *path);
void feed_close(struct feed *feed); /* removes the socket; NULL is fine */

/* To all who listen; who doesn't keep up is let go. */
void feed_say(struct feed *feed, struct slice line);

#define FEED_MAX 64 /* listeners; more are turned away */

#endif
