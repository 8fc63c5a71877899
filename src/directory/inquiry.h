/*
 * inquiry: whether a value in somebody's request is an account's password.
 *
 * A hostile page can make a browser send guesses and watch what becomes of
 * them.  So:
 *
 *	- what turned out wrong is remembered for an hour, under a keyed hash,
 *	  and neither asked nor counted again;
 *	- an account and an address have budgets of wrong values an hour
 *	  (directory/budgets.h); beyond those nobody is asked;
 *	- all answers take as long as the directory usually does: one from
 *	  memory, one without a budget and one of the directory look alike;
 *	- so does the answer to a question without a value, which nobody is
 *	  asked about: a worker holds a request by it that the filter knows
 *	  nothing of, so that this can't be told from the others.
 *
 * Nothing here counts as a failed login: nobody is kept from logging in by
 * what a page makes a browser send.
 */
#ifndef DIRECTORY_INQUIRY_H
#define DIRECTORY_INQUIRY_H

#include <stdint.h>

#include <event2/event.h>

#include "base/addr.h"
#include "base/json.h"
#include "directory/provider.h"
#include "ipc/msg.h"

#define INQUIRIES_MAX 4096 /* under way; more are unanswered */
#define INQUIRY_ASKERS_MAX 64
#define INQUIRY_WRONG_MAX 65536 /* remembered */
#define INQUIRY_HOUR_MS (60u * 60 * 1000)
#define INQUIRY_LEAST_MS 25 /* of an answer */
#define INQUIRY_EVEN_MS                                                        \
	500 /* the longest without a value; INQUIRIES_MAX, too */
#define INQUIRY_USUAL_MS (10u * 60 * 1000) /* an answer says what is usual */

/* Its ids, so that a provider can be shared with the desk. */
#define INQUIRY_ID ((uint64_t)1 << 63)

struct inquiry;

/* peer and id are the asker's; key: account and value as a keyed hash, or
 * empty. Never from inside inquiry_ask. */
typedef void inquiry_fn(uint64_t peer, uint64_t id,
    enum credential_verdict verdict, struct slice key, void *arg);

struct inquiry *inquiry_new(
    struct event_base *base, inquiry_fn *on_done, void *arg);
void inquiry_free(struct inquiry *inquiry); /* NULL is fine */
void inquiry_set_provider(struct inquiry *inquiry, struct provider provider);
/* The limit credential_failures. */
void inquiry_set_failures(struct inquiry *inquiry, uint64_t failures);
/* Passwords may have changed: what is remembered goes. */
void inquiry_forget(struct inquiry *inquiry);

/* account: canonical, as counted; name: as the provider spells it. Without a
 * value: CREDENTIAL_INVALID, when it is time. */
void inquiry_ask(struct inquiry *inquiry, uint64_t peer, uint64_t id,
    const struct addr *client, struct slice account, struct slice name,
    struct slice value);
/* The provider's answers to ids with INQUIRY_ID in them. */
void inquiry_on_answer(
    struct inquiry *inquiry, uint64_t id, const struct provider_answer *answer);
/* A provider took that long to tell of another password. */
void inquiry_learn(struct inquiry *inquiry, uint64_t took_ms);
void inquiry_forget_peer(struct inquiry *inquiry, uint64_t peer);
size_t inquiry_under_way(const struct inquiry *inquiry);

/* Members for an object that is open. */
void inquiry_status(const struct inquiry *inquiry, struct json *json);

#endif
