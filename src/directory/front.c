/*
 * front: workers' questions in, answers out.
 *
 * Runs in the directory process.  A worker that is gone is forgotten by
 * everybody who could still answer it.
 */
#include "directory/front.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "directory/accounts.h"
#include "directory/locals.h"
#include "directory/onward.h"
#include "ipc/peers.h"
#include "ipc/proof.h"

#define TICKET_LINES 60 /* a minute */
#define TELL_MS 300     /* changes of names are told together */

struct front {
	struct front_parts parts;
	struct peers *workers; /* owned */
	struct locals *locals; /* owned */
	struct onward *onward; /* owned */
	struct event *tell;    /* owned: the roster has changed */
	struct keyed *proof;   /* owned; NULL: nobody asks for proofs */
	bool takes_certificates;
	struct log_limit ticket_lines;
};

/* --- what workers are told --------------------------------------------------- */

/* To one worker, or to all where index is negative. */
static void
tell_names(struct front *front, int index)
{
	struct msg_setup_names names = {
		.count = (uint32_t)roster_count(front->parts.roster),
	};
	int fd = roster_seal(front->parts.roster);

	if (fd < 0) {
		log_error("cannot pass the names of accounts on: %m");
		return;
	}
	if (index < 0)
		peers_tell_all(front->workers, MSG_setup_names, &names, fd);
	else
		peers_tell(front->workers, (unsigned)index, MSG_setup_names,
		    &names, fd);
	close(fd);
}

static void
on_tell(evutil_socket_t fd, short what, void *arg)
{
	tell_names(arg, -1);
}

void
front_tell_names(struct front *front)
{
	struct timeval in = { .tv_usec = TELL_MS * 1000 };

	event_add(front->tell, &in);
}

void
front_tell_stale(struct front *front, uint64_t source, uint32_t within_ms)
{
	struct msg_logins_stale stale = { source, within_ms };

	peers_tell_all(front->workers, MSG_logins_stale, &stale, -1);
}

void
front_tell_accounts(struct front *front, struct slice names, bool gone)
{
	struct msg_accounts_stale stale = { gone, names };

	peers_tell_all(front->workers, MSG_accounts_stale, &stale, -1);
}

/* --- answers ------------------------------------------------------------------ */

static bool
learn_names(struct front *front, const struct login_result *result)
{
	struct slice rest = result->names, one;
	bool fresh = roster_add(front->parts.roster, result->account);

	while (rest.n && slice_split(&rest, '\n', &one))
		fresh |= roster_add_alias(
		    front->parts.roster, one, result->account);
	return fresh;
}

void
front_answer_login(struct front *front, uint64_t peer, uint64_t id,
    const struct login_result *result)
{
	unsigned char proof[PROOF_SIZE];
	struct msg_login_done done = {
		.id = id,
		.verdict = (uint8_t)result->verdict,
		.number = result->number,
		.session = result->session,
		.account = result->account,
		.groups = result->groups,
		.retry_s = result->retry_s,
		.leg = result->leg,
		.token = result->token,
		.source = sources_id(front->parts.sources, result->part),
	};
	bool ok = result->verdict == LOGIN_OK;
	bool known = ok && !result->unchecked;

	/* a password that we meet for the first time may have been asked about
	 * when it wasn't one yet */
	if (keeper_settle(front->parts.keeper, peer, id,
		known ? result->account : SLICE_EMPTY))
		inquiry_forget(front->parts.inquiry);
	if (known && learn_names(front, result))
		front_tell_names(front);
	if (front->proof && ok) {
		proof_make(front->proof,
		    &(struct login_words){ result->number, result->session,
			result->account, result->groups },
		    proof);
		done.proof = slice_from(proof, sizeof(proof));
	}
	if (peers_send(front->workers, peer, MSG_login_done, &done) < 0)
		log_debug("a login's answer was not sent");
}

void
front_answer_credential(struct front *front, uint64_t peer, uint64_t id,
    enum credential_verdict verdict, struct slice key)
{
	struct msg_credential_done done = {
		.id = id,
		.verdict = (uint8_t)verdict,
	};

	onward_note(front->onward, peer, id, verdict, key);
	if (peers_send(front->workers, peer, MSG_credential_done, &done) < 0)
		log_debug("an answer about a credential was not sent");
}

/* --- what workers ask ---------------------------------------------------------- */

static void
on_login_ask(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct front *front = peer->arg;
	const struct msg_login_ask *ask = &body->login_ask;

	keeper_hold(front->parts.keeper, peer->id, ask->id, ask->password);
	desk_ask(front->parts.desk, peer->id, ask->id, &ask->client,
	    ask->account, ask->password);
}

static void
log_ticket(struct front *front, const struct addr *client, const char *why)
{
	char from[ADDR_TEXT_SIZE], quoted[LOG_QUOTE_SIZE];
	unsigned missed = 0;

	if (!log_allowed(&front->ticket_lines, TICKET_LINES, &missed))
		return;
	if (missed)
		log_warn("%u refused tickets were not logged", missed);
	log_warn("ticket from %s refused: %s", addr_text(from, client),
	    log_quote(quoted, slice_of(why)));
}

/* A leg that says who it is goes on to what that account is here. */
static void
on_negotiate_ask(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct front *front = peer->arg;
	const struct msg_negotiate_ask *ask = &body->negotiate_ask;
	struct login_result result = { .retry_s = 0 };
	struct negotiate_answer answer;

	negotiate_step(
	    front->parts.negotiate, peer->id, ask->leg, ask->token, &answer);
	switch (answer.ret) {
	case NEGOTIATE_OK:
		desk_admit(front->parts.desk, peer->id, ask->id, &ask->client,
		    slice_of(answer.account),
		    !sources_can_find(front->parts.sources), answer.token);
		return;
	case NEGOTIATE_CONTINUE:
		result.verdict = LOGIN_CONTINUE;
		result.leg = answer.leg;
		result.token = answer.token;
		break;
	case NEGOTIATE_REFUSED:
		log_ticket(front, &ask->client, answer.why);
		result.verdict = LOGIN_TICKET;
		break;
	case NEGOTIATE_REALM:
		log_ticket(front, &ask->client, answer.why);
		result.verdict = LOGIN_REALM;
		break;
	case NEGOTIATE_NTLM:
		log_ticket(front, &ask->client, "it is NTLM");
		result.verdict = LOGIN_NTLM;
		break;
	case NEGOTIATE_NO_KEY:
		result.verdict = LOGIN_NO_DIRECTORY;
		break;
	}
	front_answer_login(front, peer->id, ask->id, &result);
}

static void
on_credential_ask(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct front *front = peer->arg;
	const struct msg_credential_ask *ask = &body->credential_ask;

	inquiry_ask(front->parts.inquiry, peer->id, ask->id, &ask->client,
	    ask->account, roster_spelling(front->parts.roster, ask->account),
	    ask->value);
}

static void
on_way_ask(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct front *front = peer->arg;

	onward_ask(front->onward, peer->id, &body->way_ask);
}

static void
on_notice(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct front *front = peer->arg;

	onward_notice(front->onward, &body->notice);
}

/* --- who has proven elsewhere who it is ------------------------------------------ */

static void
on_known(uint64_t peer, uint64_t id, const struct addr *client,
    struct slice account, void *arg)
{
	struct front *front = arg;
	struct login_result wrong = { .verdict = LOGIN_WRONG };

	if (account.n > 0 && !account_name_check(account))
		desk_admit(front->parts.desk, peer, id, client, account,
		    !sources_can_find(front->parts.sources), SLICE_EMPTY);
	else
		front_answer_login(front, peer, id, &wrong);
}

static void
on_local_ask(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct front *front = peer->arg;

	locals_ask(front->locals, peer->id, &body->local_ask);
}

/* Only a worker has seen the handshake: its word is taken where the
 * configuration has listeners that ask for certificates. */
static void
on_certified_ask(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct front *front = peer->arg;
	const struct msg_certified_ask *m = &body->certified_ask;
	struct addr client = m->client;

	client.port = 0;
	on_known(peer->id, m->id, &client,
	    front->takes_certificates ? m->account : SLICE_EMPTY, front);
}

static void
on_gone(uint64_t peer, void *arg)
{
	struct front *front = arg;

	desk_forget_peer(front->parts.desk, peer);
	inquiry_forget_peer(front->parts.inquiry, peer);
	keeper_forget_peer(front->parts.keeper, peer);
	onward_forget_peer(front->onward, peer);
}

static const struct chan_ops worker_ops = {
	.on = {
		[MSG_login_ask] = on_login_ask,
		[MSG_negotiate_ask] = on_negotiate_ask,
		[MSG_local_ask] = on_local_ask,
		[MSG_certified_ask] = on_certified_ask,
		[MSG_credential_ask] = on_credential_ask,
		[MSG_way_ask] = on_way_ask,
		[MSG_notice] = on_notice,
	},
	.on_closed = peers_on_closed,
};

/* --- what the supervisor gives ----------------------------------------------------- */

void
front_set_peer(
    struct front *front, enum role role, unsigned index, int fd, bool names_too)
{
	peers_set(front->workers, role, index, fd);
	onward_greet(front->onward, index);
	if (names_too)
		tell_names(front, (int)index);
}

void
front_set_proof_key(struct front *front, struct slice key)
{
	keyed_free(front->proof);
	front->proof = keyed_new_from(key);
}

void
front_on_who(struct front *front, const struct msg_who_done *done)
{
	locals_done(front->locals, done);
}

void
front_set_way_life(struct front *front, uint64_t ms)
{
	onward_set_life(front->onward, ms);
}

void
front_set_certificates(struct front *front, bool taken)
{
	front->takes_certificates = taken;
}

/* --- life --------------------------------------------------------------------------- */

struct front *
front_new(const struct front_parts *parts)
{
	struct event_base *base = roleloop_base(parts->loop);
	struct front *front = mem_zalloc(sizeof(*front));

	front->parts = *parts;
	front->workers = peers_new(
	    base, ROLE_DIRECTORY, ROLE_PROXY, &worker_ops, on_gone, front);
	front->onward = onward_new(front->workers);
	front->locals = locals_new(parts->loop, on_known, front);
	front->tell = event_new(base, -1, 0, on_tell, front);
	if (!front->tell)
		fatal("cannot make a timer");
	return front;
}

void
front_free(struct front *front)
{
	if (!front)
		return;
	peers_flush(front->workers);
	onward_free(front->onward);
	peers_free(front->workers);
	locals_free(front->locals);
	keyed_free(front->proof);
	event_free(front->tell);
	free(front);
}

void
front_status(const struct front *front, struct json *json)
{
	onward_status(front->onward, json);
}
