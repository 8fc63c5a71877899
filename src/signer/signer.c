/*
 * signer: a name in, a certificate out.
 *
 * Has no network and opens no file: the CA's certificate comes in the
 * configuration's bundle, its key as a descriptor that is read once (or stays
 * with an OpenSSL provider, opened before the sandbox closes), leaf keys as
 * their public half alone.  A worker gets a leaf for any name it
 * asks for; it never gets a signature over anything else.
 */
#include "signer/signer.h"

#include <stdlib.h>

#include <openssl/crypto.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "conf/given.h"
#include "ipc/peers.h"
#include "ipc/roleloop.h"
#include "signer/evidence.h"
#include "signer/holding.h"
#include "signer/intake.h"
#include "signer/question.h"
#include "signer/sign.h"
#include "signer/stock.h"

#define SECURE_HEAP (64u << 10) /* bytes of locked memory for keys */
#define SECURE_MIN 16
#define DAY_S (24 * 60 * 60)
#define HOUR_S (60 * 60)
#define REFUSAL_LINES 60 /* a minute */

struct signer {
	struct roleloop *loop; /* borrowed */
	struct holding ca;     /* empty: none is configured */
	struct holding old_ca; /* the one before a rotation; or empty */
	struct revoked revoked;
	struct intake *intake;           /* owned */
	struct stock *stock;             /* owned */
	struct subject_key *leaf_public; /* owned */
	struct peers *workers;           /* owned */
	struct evidence *evidence;       /* owned */
	struct event *daily;             /* owned: the expiry's warning */
	struct event *hourly;            /* owned: the CRLs' renewal */
	struct log_limit refusals;
	uint64_t refused;
};

static int64_t
now_s(void)
{
	return (int64_t)(clock_wall_us() / 1000000);
}

/* --- what the supervisor gives -------------------------------------------- */

static void
on_authority(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct signer *signer = arg;
	unsigned part = body->setup_authority.part;

	if (part >= AUTHORITY_PARTS)
		fatal("corrupt channel: a part of an authority that is none");
	intake_part(signer->intake, (enum authority_part)part, fd);
}

static void
on_leaf_public(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct signer *signer = arg;
	struct subject_key *key = subject_key_read(
	    body->setup_leaf_public.public_der);

	if (!key)
		fatal("corrupt channel: setup_leaf_public holds no key");
	subject_key_free(signer->leaf_public);
	signer->leaf_public = key;
	stock_forget(signer->stock);
}

static void
warn_of_expiry(const struct signer *signer)
{
	const char *words = signer->ca.authority
	    ? authority_warning(signer->ca.authority, now_s())
	    : NULL;

	if (words)
		log_warn("%s", words);
}

static void
on_daily(evutil_socket_t fd, short what, void *arg)
{
	warn_of_expiry(arg);
}

/* --- lists of revoked leaves ---------------------------------------------- */

static struct msg_crl
crl_message(const struct holding *holding)
{
	return (struct msg_crl){
		.tag = slice_of(authority_tag(holding->authority)),
		.der = slice_from(holding->crl, holding->crl_len),
	};
}

static void
renew(struct signer *signer, struct holding *holding)
{
	struct msg_crl crl;

	if (!holding_renew(holding, &signer->revoked, now_s()))
		return;
	crl = crl_message(holding);
	peers_tell_all(signer->workers, MSG_crl, &crl, -1);
}

static void
renew_both(struct signer *signer)
{
	renew(signer, &signer->ca);
	renew(signer, &signer->old_ca);
}

static void
on_hourly(evutil_socket_t fd, short what, void *arg)
{
	renew_both(arg);
}

static void
tell_crl(struct signer *signer, unsigned index, const struct holding *holding)
{
	struct msg_crl crl;

	if (!holding->crl)
		return;
	crl = crl_message(holding);
	peers_tell(signer->workers, index, MSG_crl, &crl, -1);
}

/* --- the configuration ---------------------------------------------------- */

static void
apply(struct signer *signer, const struct fresh *fresh)
{
	holding_clear(&signer->ca);
	holding_clear(&signer->old_ca);
	revoked_clear(&signer->revoked);
	signer->ca = fresh->ca;
	signer->old_ca = fresh->old_ca;
	signer->revoked = fresh->revoked;
	stock_forget(signer->stock); /* some may be revoked */
	renew_both(signer);
	evidence_set_bypass(signer->evidence, fresh->bypass_ms);
	warn_of_expiry(signer);
}

static const char *
on_conf(struct roleloop *loop, struct slice path, int fd, void *arg)
{
	struct signer *signer = arg;
	struct fresh fresh = { .ca = { .authority = NULL } };
	struct given given;
	const char *why = given_take(&given, fd, path);

	if (!why)
		why = intake_load(
		    signer->intake, given.bundle, given.conf, &fresh);
	given_clear(&given);
	intake_wipe(signer->intake);
	if (why)
		fresh_clear(&fresh);
	else
		apply(signer, &fresh);
	return why;
}

/* --- what workers ask ----------------------------------------------------- */

static const char *
find_leaf(
    struct signer *signer, const struct msg_leaf_ask *ask, struct slice *der)
{
	struct mint_request request = { .names = NULL };
	const char *why;

	if (!signer->ca.authority)
		return "no authority is configured";
	if (!signer->leaf_public)
		return "there is no leaf key";
	why = question_read(ask, signer->ca.authority, &request);
	if (why)
		return why;
	request.leaf_public = signer->leaf_public;
	request.now = now_s();
	request.crl_url = signer->ca.crl_url;
	request.ca_url = signer->ca.ca_url;
	request.revoked = &signer->revoked;
	why = stock_get(signer->stock, signer->ca.authority, &request, der);
	free((struct host *)request.names);
	return why;
}

static void
log_refusal(struct signer *signer, struct slice name, const char *why)
{
	char quoted[LOG_QUOTE_SIZE];
	unsigned missed = 0;

	signer->refused++;
	if (!log_allowed(&signer->refusals, REFUSAL_LINES, &missed))
		return;
	if (missed)
		log_warn("%u refused certificates were not logged", missed);
	log_warn("no certificate for \"%s\": %s", log_quote(quoted, name), why);
}

static void
on_leaf_ask(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct signer *signer = peer->arg;
	const struct msg_leaf_ask *ask = &body->leaf_ask;
	struct slice der = SLICE_EMPTY;
	const char *why = find_leaf(signer, ask, &der);
	struct msg_leaf_done done = {
		.id = ask->id,
		.ok = !why,
		.chain_der = der,
		.why = slice_of(why),
	};

	if (why)
		log_refusal(signer, ask->host, why);
	if (chan_send(chan, MSG_leaf_done, &done, -1) < 0)
		log_debug("a leaf's answer was not sent");
}

static void
on_pin_accept(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct signer *signer = ((struct peer *)arg)->arg;

	evidence_accept(signer->evidence, &body->pin_accept);
}

static void
on_pin_break(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct signer *signer = ((struct peer *)arg)->arg;

	evidence_break(signer->evidence, &body->pin_break);
}

static const struct chan_ops worker_ops = {
	.on = {
		[MSG_leaf_ask] = on_leaf_ask,
		[MSG_pin_accept] = on_pin_accept,
		[MSG_pin_break] = on_pin_break,
	},
	.on_closed = peers_on_closed,
};

/* --- life ----------------------------------------------------------------- */

static void
on_init(struct roleloop *loop, void *arg)
{
	struct signer *signer = arg;
	struct timeval day = { .tv_sec = DAY_S };
	struct timeval hour = { .tv_sec = HOUR_S };
	struct event_base *base = roleloop_base(loop);

	signer->loop = loop;
	signer->workers = peers_new(
	    base, ROLE_SIGNER, ROLE_PROXY, &worker_ops, NULL, signer);
	signer->evidence = evidence_new(signer->workers);
	signer->daily = event_new(base, -1, EV_PERSIST, on_daily, signer);
	signer->hourly = event_new(base, -1, EV_PERSIST, on_hourly, signer);
	if (!signer->daily || event_add(signer->daily, &day) < 0 ||
	    !signer->hourly || event_add(signer->hourly, &hour) < 0)
		fatal("cannot make a timer");
}

static void
on_peer(
    struct roleloop *loop, enum role role, unsigned index, int fd, void *arg)
{
	struct signer *signer = arg;

	peers_set(signer->workers, role, index, fd);
	tell_crl(signer, index, &signer->ca);
	tell_crl(signer, index, &signer->old_ca);
	evidence_greet(signer->evidence, index);
}

/* Once the sandbox is closed: a provider that needs what it may not have
 * shows that now and not at the first client. */
static void
on_closed_in(evutil_socket_t fd, short what, void *arg)
{
	const struct signer *signer = arg;

	if (signer->ca.authority &&
	    !sign_works(authority_key(signer->ca.authority)))
		log_error("the authority's key can't be used in the signer's "
			  "sandbox: its provider opens files or sockets late");
}

static const char *
on_start(struct roleloop *loop, void *arg)
{
	static const struct timeval now = { 0, 0 };
	struct signer *signer = arg;

	if (signer->ca.authority && !signer->leaf_public)
		return "the leaf key did not come";
	intake_close(signer->intake);
	if (intake_has_vault(signer->intake) &&
	    event_base_once(roleloop_base(loop), -1, EV_TIMEOUT, on_closed_in,
		signer, &now) < 0)
		return "cannot make a timer";
	return NULL;
}

static void
put_authority(const struct signer *signer, struct json *json)
{
	const struct authority *authority = signer->ca.authority;
	char text[CLOCK_STAMP_SIZE];
	int64_t end = authority_not_after(authority);
	const char *warning = authority_warning(authority, now_s());

	json_str(json, "authority_expires",
	    slice_of(clock_stamp(text, (uint64_t)end * 1000000)));
	if (warning)
		json_str(json, "authority_warning", slice_of(warning));
}

static void
on_counters(struct json *json, void *arg)
{
	struct signer *signer = arg;
	struct stock_counts counts = stock_counts(signer->stock);

	json_u64(json, "leaves_minted", counts.minted);
	json_u64(json, "leaves_found", counts.found);
	json_u64(json, "leaves_held", counts.held);
	json_u64(json, "leaves_refused", signer->refused);
	json_u64(json, "leaves_revoked", signer->revoked.n);
	if (signer->ca.authority)
		put_authority(signer, json);
}

static void
on_more(struct roleloop *loop, uint64_t id, enum status_what what, void *arg)
{
	const struct signer *signer = arg;

	if (what == STATUS_PINNED)
		evidence_status(signer->evidence, loop, id);
	else
		roleloop_status(loop, id, true, SLICE_EMPTY);
}

static void
on_leave(struct roleloop *loop, void *arg)
{
	struct signer *signer = arg;

	evidence_free(signer->evidence);
	peers_free(signer->workers);
	if (signer->daily)
		event_free(signer->daily);
	if (signer->hourly)
		event_free(signer->hourly);
}

static const struct roleloop_ops ops = {
	.on_init = on_init,
	.on_conf = on_conf,
	.on_peer = on_peer,
	.on_start = on_start,
	.on_counters = on_counters,
	.on_more = on_more,
	.on_exit = on_leave,
	.on = {
		[MSG_setup_authority] = on_authority,
		[MSG_setup_leaf_public] = on_leaf_public,
	},
};

int
signer_main(unsigned index)
{
	struct signer signer = {
		.stock = stock_new(STOCK_MAX),
		.intake = intake_new(),
	};
	int status;

	/* EC keys then live in locked memory; where the limit is too small
	 * for it they live in ordinary memory. */
	(void)CRYPTO_secure_malloc_init(SECURE_HEAP, SECURE_MIN);
	status = roleloop_run(ROLE_SIGNER, index, &ops, &signer);
	holding_clear(&signer.ca);
	holding_clear(&signer.old_ca);
	revoked_clear(&signer.revoked);
	intake_free(signer.intake); /* behind what is of its vault */
	stock_free(signer.stock);
	subject_key_free(signer.leaf_public);
	(void)CRYPTO_secure_malloc_done();
	return status;
}
