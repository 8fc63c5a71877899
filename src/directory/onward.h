/*
 * onward: what workers ask of ways and of what is untold, and the answers.
 *
 * Messages become calls of directory/ways.h and directory/untold.h, and calls
 * become messages.
 */
#ifndef DIRECTORY_ONWARD_H
#define DIRECTORY_ONWARD_H

#include <stdint.h>

#include "base/json.h"
#include "base/slice.h"
#include "ipc/msg.h"
#include "ipc/peers.h"

struct onward;

/* workers: borrowed; must outlive it. */
struct onward *onward_new(struct peers *workers);
void onward_free(struct onward *onward); /* NULL is fine */
/* The timeout way-on. */
void onward_set_life(struct onward *onward, uint64_t life_ms);

/* Question `id` of that peer was answered; credential as ways_note has it. */
void onward_note(struct onward *onward, uint64_t peer, uint64_t id,
    enum credential_verdict verdict, struct slice credential);
void onward_ask(
    struct onward *onward, uint64_t peer, const struct msg_way_ask *ask);
void onward_notice(struct onward *onward, const struct msg_notice *notice);
/* A fresh worker hears what is untold. */
void onward_greet(struct onward *onward, unsigned index);
void onward_forget_peer(struct onward *onward, uint64_t peer);

/* Members for an object that is open. */
void onward_status(struct onward *onward, struct json *json);

#endif
