/*
 * spared: names that are not decrypted for an account, because its program
 * breaks off when they are.
 *
 * The signer counts for all workers (signer/evidence.h) and says what is to
 * be left alone; here is the worker's copy of that, and what it tells: that
 * a program has got on with our certificate, not more often than that helps,
 * and that one broke off.
 */
#ifndef PROXY_SPARED_H
#define PROXY_SPARED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/name.h"
#include "ipc/chan.h"

#define SPARED_MAX 4096        /* pairs of account and name */
#define SPARED_TOLD_MAX 4096   /* pairs that got on of late */
#define SPARED_AGAIN_MS 600000 /* after that long it is told again */

struct spared;

struct spared *spared_new(void);
void spared_free(struct spared *spared); /* NULL is fine */

/* What a client's program did; account: its name, or empty. */
struct spared_case {
	struct slice account;
	const struct addr *addr;
	const struct host *host;
	uint64_t now_ms; /* clock_ms() */
};

/* signer: NULL: nobody is told. */
void spared_accept(
    struct spared *spared, struct chan *signer, const struct spared_case *one);
/* alert: what the program said; empty: nothing. */
void spared_break(struct spared *spared, struct chan *signer,
    const struct spared_case *one, struct slice alert);
/* Is it to be left alone? */
bool spared_has(struct spared *spared, const struct spared_case *one);

/* What the signer says. */
void spared_set(struct spared *spared, const struct msg_pin_state *state);
/* Another signer, which knows nothing. */
void spared_tell_again(struct spared *spared);
/* `bypass learn off` */
void spared_forget(struct spared *spared);

#endif
