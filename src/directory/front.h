/*
 * front: what workers ask of the directory process, and what they are told.
 *
 * Messages become calls of the desk, of Negotiate, of the inquiry and of
 * ways on, and their answers become messages.  It decides nothing.
 */
#ifndef DIRECTORY_FRONT_H
#define DIRECTORY_FRONT_H

#include "directory/desk.h"
#include "directory/inquiry.h"
#include "directory/keeper.h"
#include "directory/negotiate.h"
#include "directory/roster.h"
#include "directory/sources.h"
#include "ipc/roleloop.h"

struct front;

/* All is borrowed and outlives it. */
struct front_parts {
	struct roleloop *loop;
	struct desk *desk;
	struct inquiry *inquiry;
	struct keeper *keeper;
	struct negotiate *negotiate;
	struct roster *roster;
	struct sources *sources;
};

struct front *front_new(const struct front_parts *parts);
/* Members for an object that is open. */
void front_status(const struct front *front, struct json *json);
/* What was sent is written first. NULL is fine. */
void front_free(struct front *front);

/* What the supervisor gives: see setup_peer, setup_proof_key, who_done. */
void front_set_peer(struct front *front, enum role role, unsigned index, int fd,
    bool names_too);
void front_set_proof_key(struct front *front, struct slice key);
void front_on_who(struct front *front, const struct msg_who_done *done);
/* The timeout way-on. */
void front_set_way_life(struct front *front, uint64_t ms);
/* Some listener asks for certificates: a worker's word on one is taken. */
void front_set_certificates(struct front *front, bool taken);

/* The roster has changed, or its domains: workers hear of it soon. */
void front_tell_names(struct front *front);
/* What workers remember of logins is to be asked anew: of what a source said,
 * over that time; of accounts (one a line), at once. gone: they are no more. */
void front_tell_stale(struct front *front, uint64_t source, uint32_t within_ms);
void front_tell_accounts(struct front *front, struct slice names, bool gone);

/* Answers on their way back. */
void front_answer_login(struct front *front, uint64_t peer, uint64_t id,
    const struct login_result *result);
/* key: as inquiry_fn has it. */
void front_answer_credential(struct front *front, uint64_t peer, uint64_t id,
    enum credential_verdict verdict, struct slice key);

#endif
