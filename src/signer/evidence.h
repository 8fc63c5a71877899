/*
 * evidence: what all workers see of programs that break off, in one table.
 *
 * The signer keeps it because there is one signer, and it is told of each
 * name that is decrypted anyway.  Workers tell what a client's program did;
 * they are told which names to leave alone, and where they shall tell again.
 */
#ifndef SIGNER_EVIDENCE_H
#define SIGNER_EVIDENCE_H

#include "ipc/msg.h"
#include "ipc/peers.h"
#include "ipc/roleloop.h"

#define EVIDENCE_ACCOUNT_MAX 255 /* bytes of a name */
#define EVIDENCE_TOLD_MAX 1024   /* pairs that a new worker is told of */

struct evidence;

/* workers: borrowed. */
struct evidence *evidence_new(struct peers *workers);
void evidence_free(struct evidence *evidence); /* NULL is fine */

/* Of `bypass learn`; 0: off, and what was learned is forgotten. */
void evidence_set_bypass(struct evidence *evidence, uint64_t ms);
/* Everything a worker has to know that has just come. */
void evidence_greet(struct evidence *evidence, unsigned index);

void evidence_accept(
    struct evidence *evidence, const struct msg_pin_accept *said);
void evidence_break(
    struct evidence *evidence, const struct msg_pin_break *said);

/* Answers status_ask with STATUS_PINNED. */
void evidence_status(
    struct evidence *evidence, struct roleloop *loop, uint64_t id);

#endif
