/*
 * peers: what a worker is told by the signer and the directory process.
 *
 * Answers go to whoever waits for their id (ipc/pending.h); the rest is news
 * for a part of the worker.  Nothing is asked here.
 */
#include "proxy/peers.h"

#include "base/log.h"
#include "proxy/alert.h"
#include "proxy/cas.h"
#include "proxy/logins.h"
#include "proxy/notices.h"
#include "proxy/spared.h"
#include "proxy/tags.h"
#include "proxy/watch.h"

/* Where the channel to each kind of peer is kept. */
static struct chan **
peer_slot(struct worker *worker, enum role role)
{
	switch (role) {
	case ROLE_SIGNER:
		return &worker->signer;
	case ROLE_DIRECTORY:
		return &worker->directory;
	case ROLE_ALERTER:
		return &worker->alerter;
	case ROLE_SUPERVISOR:
	case ROLE_PROXY:
	case ROLE_GUARD: /* proxy/tags.h */
	case ROLE_COUNT:
		break;
	}
	fatal("a worker has no business with a %s", role_info(role)->name);
}

/* What was asked over a channel that has died gets no answer; a new channel
 * comes from the supervisor. */
static void
on_peer_closed(struct chan *chan, const char *words, void *arg)
{
	struct worker *worker = arg;
	enum role role = chan_peer(chan);

	log_warn("the channel to the %s is closed%s%s", role_info(role)->name,
	    words != NULL ? ": " : "", words != NULL ? words : "");
	*peer_slot(worker, role) = NULL;
	chan_free(chan);
	pending_fail(worker->pending, role);
}

static void
on_leaf_done(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	pending_answer(worker->pending, body->leaf_done.id, body);
}

static void
on_crl(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	crls_set(worker->crls, body->crl.tag, body->crl.der);
}

static void
on_pin_state(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	spared_set(worker->spared, &body->pin_state);
}

static const struct chan_ops signer_ops = {
	.on = {
		[MSG_leaf_done] = on_leaf_done,
		[MSG_crl] = on_crl,
		[MSG_pin_state] = on_pin_state,
	},
	.on_closed = on_peer_closed,
};

static void
on_login_done(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	pending_answer(worker->pending, body->login_done.id, body);
}

static void
on_credential_done(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	pending_answer(worker->pending, body->credential_done.id, body);
}

static void
on_way_done(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	pending_answer(worker->pending, body->way_done.id, body);
}

static void
on_notice(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	notices_on_notice(worker->notices, &body->notice);
}

static void
on_names(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	watch_set_names(worker->own_watch, fd);
}

static void
on_logins_stale(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	logins_spread(worker->logins, body->logins_stale.source,
	    body->logins_stale.within_ms);
}

static void
on_accounts_stale(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	logins_forget_accounts(
	    arg, body->accounts_stale.names, body->accounts_stale.gone != 0);
}

static const struct chan_ops directory_ops = {
	.on = {
		[MSG_logins_stale] = on_logins_stale,
		[MSG_accounts_stale] = on_accounts_stale,
		[MSG_login_done] = on_login_done,
		[MSG_credential_done] = on_credential_done,
		[MSG_way_done] = on_way_done,
		[MSG_notice] = on_notice,
		[MSG_setup_names] = on_names,
	},
	.on_closed = on_peer_closed,
};

/* It is told, and says nothing. */
static const struct chan_ops alerter_ops = { .on_closed = on_peer_closed };

static const struct chan_ops *const peer_ops[ROLE_COUNT] = {
	[ROLE_SIGNER] = &signer_ops,
	[ROLE_DIRECTORY] = &directory_ops,
	[ROLE_ALERTER] = &alerter_ops,
};

void
peers_take(struct worker *worker, enum role role, int fd)
{
	struct chan **slot;

	if (role == ROLE_GUARD) {
		tags_peer(worker, fd);
		return;
	}
	slot = peer_slot(worker, role);
	chan_free(*slot);
	/* a fresh process can't tell what has changed while it was away */
	if (role == ROLE_DIRECTORY)
		logins_spread(worker->logins, 0, LOGINS_SPREAD_MS);
	*slot = chan_new(
	    worker->base, fd, ROLE_PROXY, role, peer_ops[role], worker);
	pending_fail(worker->pending, role);
	if (role == ROLE_ALERTER)
		alert_resume(worker);
}
