/*
 * logins: asks the directory process whether a login is right, and remembers
 * for a while that it was.
 *
 * What is remembered is an HMAC-SHA-256 of the field's value under a key
 * that this worker made up at start: a copy of the worker's memory gives no
 * password that was not in it anyway.
 */
#ifndef PROXY_LOGINS_H
#define PROXY_LOGINS_H

#include "ipc/pending.h"
#include "proxy/account.h"
#include "proxy/worker.h"

#define LOGINS_SPREAD_MS 30000

struct logins;

struct logins *logins_new(size_t max);
void logins_free(struct logins *logins);
/* What a source said (0: any did) is asked anew, by chance somewhen in the
 * next within_ms milliseconds, so that not everybody is at once; 0: now. */
void logins_spread(struct logins *logins, uint64_t source, uint64_t within_ms);
/* Nothing is remembered for longer than that from now on. */
void logins_limit(struct logins *logins, uint64_t ms);
/* names: accounts, one a line, to be asked anew. gone: they are no more, and
 * what clients have open as one of them (tickets, CONNECTs) serves no more. */
void logins_forget_accounts(
    struct worker *worker, struct slice names, bool gone);

/* The account of a Proxy-Authorization value that was right a while ago;
 * borrowed; NULL: not known, ask. */
struct account *logins_get(struct logins *logins, struct slice value);
void logins_remember(struct logins *logins, struct slice value,
    struct account *account, uint64_t ms);

/* Asks whose program a client on this machine is. */
/* With a certificate that the worker has verified. */
uint64_t logins_ask_certified(struct worker *worker, const struct addr *client,
    struct slice account, pending_fn *on_answer, void *arg);
uint64_t logins_ask_local(struct worker *worker, const struct addr *client,
    const struct addr *local, pending_fn *on_answer, void *arg);

/* Asks the directory process. 0: it can't be asked now. */
uint64_t logins_ask(struct worker *worker, const struct addr *client,
    struct slice name, struct slice password, pending_fn *on_answer, void *arg);

/* The same with a token of Negotiate. leg: 0, or of the answer before. */
uint64_t logins_ask_ticket(struct worker *worker, const struct addr *client,
    uint64_t leg, struct slice token, pending_fn *on_answer, void *arg);

#endif
