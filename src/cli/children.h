/*
 * children: the processes of the proxy, from spawn to reaping.
 *
 * One that ends is started again, after a wait that doubles from 100 ms to
 * 30 s as long as it lives less than a minute.  Which messages it is given
 * is setup's business, what a configuration change means is turnover's.
 */
#ifndef CLI_CHILDREN_H
#define CLI_CHILDREN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipc/chan.h"

struct children;
struct supervisor;

enum child_state {
	CHILD_DOWN,     /* not started, or waiting to be started again */
	CHILD_STARTING, /* has its setup, hasn't said `ready` */
	CHILD_READY,
	CHILD_ENDING /* told to drain, or its channel is gone */
};

struct child {
	enum role role;
	unsigned index;
	enum child_state state;
	pid_t pid;           /* 0 where there is no process */
	struct chan *chan;   /* owned; NULL where nobody is there */
	uint32_t generation; /* of the configuration it last said it has */
	uint64_t started_ms;
	uint64_t wait_ms; /* the next wait before a start */
	unsigned restarts;
	struct event *timer; /* owned: start again, or give up waiting */
	struct supervisor *supervisor; /* borrowed */
	char name[24];                 /* "proxy[3]" */
};

struct children *children_new(struct supervisor *supervisor, unsigned workers);
void children_free(struct children *children); /* kills; NULL is fine */

void children_start(struct children *children);
/* SIGCHLD: looks at who ended. */
void children_reap(struct children *children);
/* Workers first, then, when they are gone, the others; whoever is left a
 * second after deadline_ms (clock_ms()) is killed. */
void children_drain(struct children *children, uint64_t deadline_ms);
void children_kill(struct children *children); /* all, now */

size_t children_count(const struct children *children);
struct child *children_at(struct children *children, size_t i); /* borrowed */
bool children_all_ready(const struct children *children);
bool children_all_gone(const struct children *children);

/* A message to a child that has a channel; one whose queue is full doesn't
 * listen any more and is killed. */
void child_send(
    struct child *child, enum msg_kind kind, const void *body, int fd);
void child_kill(struct child *child);
/* Its channel has ended and been freed: its process has a moment to do so. */
void child_lost(struct child *child);

#endif
