/*
 * stage: a whole role in a child process, and in the test its supervisor
 * and one worker at the other ends of its channels.
 */
#ifndef T_ROLE_STAGE_H
#define T_ROLE_STAGE_H

#include <sys/types.h>

#include <event2/event.h>

#include "ipc/chan.h"

struct stage {
	enum role role;
	pid_t pid;
	struct event_base *base;
	struct chan *supervisor; /* our end of its channel */
	struct chan *worker;     /* our end of a worker's channel */
	char dir[64];            /* of files that the test writes */
	char conf[96];           /* the path of proxy.conf in it */

	char said[512]; /* "ready 1", "refused 2: …", a status */
	unsigned heard; /* messages from the role on either channel */
	unsigned awaited;
};

/* run: signer_main or directory_main. worker_ops: what the worker gets;
 * its arg is the stage; each handler calls stage_heard. The test ends where
 * something can't be made. */
void stage_open(struct stage *stage, enum role role, int (*run)(unsigned),
    const struct chan_ops *worker_ops);
/* Ends the role by a drain; returns its exit status. */
int stage_close(struct stage *stage);

/* Waits until the role has said that many things more; the test fails after
 * some seconds of silence. */
void stage_wait(struct stage *stage, unsigned messages);
void stage_heard(struct stage *stage);

/* A file in dir. The path is good until the next call. */
const char *stage_write(
    struct stage *stage, const char *name, struct slice text);
void stage_send(struct stage *stage, enum msg_kind kind, const void *body);
/* path: a file whose descriptor goes along */
void stage_send_file(struct stage *stage, enum msg_kind kind, const void *body,
    const char *path);
/* Bundles dir's proxy.conf, which must be good, and sends it. */
void stage_send_conf(struct stage *stage, uint32_t generation);
/* setup_peer and setup_start; waits for the answer, in said. */
void stage_start(struct stage *stage);
/* A fresh channel in place of the worker's. */
void stage_new_worker(struct stage *stage, const struct chan_ops *worker_ops);
void stage_status(struct stage *stage);

#endif
