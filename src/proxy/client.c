/*
 * client: the life of one client connection, from accept to its record. What
 * happens to a request is the exchange's.
 */
#include "proxy/client.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "net/io_linger.h"
#include "net/io_tls.h"
#include "proxy/account.h"
#include "proxy/audit.h"
#include "proxy/census.h"
#include "proxy/exchange.h"
#include "proxy/pool.h"
#include "proxy/spared.h"

/* How long a finished connection waits for the peer's close, so that the
 * last answer is not lost to a reset (RFC 9112 section 9.6). */
#define LINGER_MS 2000

/* An end this soon after a handshake, without a request, may be a verdict
 * on the certificate. */
#define RIGHT_AFTER_MS 3000

/* Whom the certificate names: the local part of its mail address, else its
 * common name. */
static void
note_certificate(struct client *client)
{
	struct cert_peer peer;
	struct slice name;

	if (!io_tls_peer(client->io, &peer))
		return;
	name = slice_of(peer.mail);
	name = slice_sub(name, 0, slice_find(name, '@'));
	client->certified = slice_dup(name.n > 0 ? name : slice_of(peer.name));
}

/* The handshake with the listener itself. */
static void
on_greeting(struct client *client, enum io_event event)
{
	bool done = event == IO_SECURE;

	if (!done && event != IO_ERROR && event != IO_EOF)
		return;
	client->greeting = client->handshaking = false;
	client->worker->handshakes--;
	client_deadline(client, 0, REASON_OK);
	if (!done) {
		exchange_abort(client->x, REASON_CLIENT_TLS);
		return;
	}
	note_certificate(client);
	exchange_run(client->x);
}

static void
on_io(struct io *io, enum io_event event, void *arg)
{
	struct client *client = arg;

	if (event == IO_ERROR)
		client->failed = true;
	if (client->greeting) {
		on_greeting(client, event);
		return;
	}
	if (client->failed && !client->handshaking)
		exchange_abort(client->x, REASON_CLIENT_CLOSED);
	else
		exchange_run(client->x);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct client *client = arg;
	uint64_t now = clock_ms();

	client->timer_ms = 0;
	if (client->deadline_ms == 0)
		return;
	if (client->deadline_ms > now) {
		client_deadline(
		    client, client->deadline_ms - now, client->deadline_reason);
		return;
	}
	client->deadline_ms = 0;
	exchange_late(client->x, client->deadline_reason);
}

/* The timer is only moved to an earlier time; when it fires too early it is
 * armed again. Most re-arming is thus one store. */
void
client_deadline(struct client *client, uint64_t ms, enum reason reason)
{
	struct timeval tv = { .tv_sec = (time_t)(ms / 1000),
		.tv_usec = (suseconds_t)(ms % 1000) * 1000 };

	client->deadline_reason = reason;
	client->deadline_ms = ms == 0 ? 0 : clock_ms() + ms;
	if (ms == 0)
		return;
	if (client->timer_ms != 0 && client->timer_ms <= client->deadline_ms)
		return;
	client->timer_ms = client->deadline_ms;
	event_add(client->timer, &tv);
}

static bool
admit(struct worker *worker, const struct addr *addr)
{
	const struct limits *limits = &worker->rules->conf->limits;

	if (worker->nclients + worker->lingering >= limits->connections)
		return false;
	return census_enter_addr(worker->census, addr, limits->per_address);
}

/* The context of the listener it came to; NULL: plain. */
static SSL_CTX *
listener_ctx(const struct worker *worker, const struct addr *local)
{
	size_t i;

	return worker_listener(worker, local, &i) != NULL
	    ? worker->rules->listen_ctx[i]
	    : NULL;
}

static void
greet(struct client *client, SSL_CTX *ctx)
{
	const struct conf *conf = client->worker->rules->conf;

	client->greeting = client->handshaking = client->tls_listener = true;
	client->worker->handshakes++;
	client_deadline(client, conf->timeouts.handshake, REASON_CLIENT_TLS);
	io_tls_accept(client->io, ctx);
}

void
client_accept(struct worker *worker, int fd, const struct addr *addr,
    const struct addr *local)
{
	SSL_CTX *ctx = listener_ctx(worker, local);
	struct client *client;

	if ((ctx != NULL &&
		worker->handshakes >= worker->rules->conf->limits.handshakes) ||
	    !admit(worker, addr)) {
		audit_turned_away(worker->audit, addr);
		close(fd);
		return;
	}
	client = mem_zalloc(sizeof(*client));
	client->worker = worker;
	client->addr = *addr;
	client->local = *local;
	client->started_us = clock_us();
	client->wall_us = clock_wall_us();
	worker_id(worker, client->id);
	client->io = io_new(worker->base, fd, on_io, client);
	client->reader = h1_reader_new(true, &worker->h1);
	client->timer = event_new(worker->base, -1, 0, on_timer, client);
	TAILQ_INSERT_TAIL(&worker->clients, client, next);
	worker->nclients++;
	worker->counts.connections++;
	client->x = exchange_new(client);
	if (ctx == NULL)
		exchange_run(client->x);
	else
		greet(client, ctx);
}

/* What is left of a client while its last answer is on its way: that still
 * takes memory, so the limits go on to count it. */
struct leaving {
	struct worker *worker; /* borrowed */
	struct addr addr;
};

static void
on_gone(void *arg)
{
	struct leaving *leaving = arg;
	struct worker *worker = leaving->worker;

	census_leave_addr(worker->census, &leaving->addr);
	free(leaving);
	worker_io_gone(worker);
}

/* What the client got so far may be less than what it should get, and then the
 * end must not look like a good one. A length or the missing last chunk tells
 * by itself. */
static void
cut_short(const struct client *client)
{
	const struct exchange *x = client->x;

	if (x->reason == REASON_TUNNEL_ERROR)
		io_cut(client->io, true);
	else if (x->response_begun && !x->response_done && !x->upgraded)
		io_cut(client->io, x->reply_framing == FRAMING_CLOSE);
}

/* Even a stream that has failed may have an alert to deliver: io knows. */
static void
close_io(struct client *client)
{
	struct worker *worker = client->worker;
	struct leaving *leaving;

	if (client->io == NULL || worker->ended) {
		io_free(client->io); /* no loop is left to write in */
		census_leave_addr(worker->census, &client->addr);
	} else {
		leaving = mem_alloc(sizeof(*leaving));
		leaving->worker = worker;
		leaving->addr = client->addr;
		worker->lingering++;
		io_finish_and_free(client->io, LINGER_MS, on_gone, leaving);
	}
	client->io = NULL;
}

void
client_free(struct client *client)
{
	struct worker *worker = client->worker;

	audit_connection(worker->audit, client);
	if (client->shown && client->inside && !client->got_on &&
	    !worker->draining && clock_ms() - client->shown_ms < RIGHT_AFTER_MS)
		client_broke_off(client, &client->host, NULL);
	if (client->io != NULL)
		cut_short(client);
	exchange_free(client->x);
	close_io(client);
	if (client->owns)
		pool_disown(worker->pool, client->id);
	if (client->handshaking)
		worker->handshakes--;
	if (client->counted)
		census_leave_account(
		    worker->census, slice_of(client->account->name));
	account_unref(client->account);
	free((char *)client->refused_label.p);
	free(client->origin_chain);
	free(client->certified);
	h1_reader_free(client->reader);
	event_free(client->timer);
	TAILQ_REMOVE(&worker->clients, client, next);
	worker->nclients--;
	free(client);
	worker_maybe_stop(worker);
}

bool
client_next(struct client *client)
{
	struct exchange *x = client->x;
	bool keep = x->keep && !client->failed && client->io != NULL;

	if (x->have_request)
		client->exchanges++;
	if (!keep) {
		client->end = x->reason;
		client_free(client);
		return false;
	}
	exchange_recycle(x);
	return true;
}

void
client_go_inside(
    struct client *client, const struct host *host, uint16_t port, bool secure)
{
	client->inside = true;
	client->secure = secure;
	client->host = *host;
	client->port = port;
}

void
client_refuse_inside(struct client *client, const struct exchange *x)
{
	client->refused = true;
	client->refused_reason = x->reason;
	client->refused_internal = x->decision.internal;
	free((char *)client->refused_label.p);
	client->refused_label = slice_from(slice_dup(x->label), x->label.n);
}

static struct spared_case
case_of(const struct client *client, const struct host *host)
{
	return (struct spared_case){
		.account = client->account == NULL
		    ? SLICE_EMPTY
		    : slice_of(client->account->name),
		.addr = &client->addr,
		.host = host,
		.now_ms = clock_ms(),
	};
}

void
client_got_on(struct client *client)
{
	struct worker *worker = client->worker;
	struct spared_case one = case_of(client, &client->host);

	if (!client->got_on)
		spared_accept(worker->spared, worker->signer, &one);
	client->got_on = true;
}

/* Alerts by which a program says that it doesn't want this certificate, not
 * that it can't speak to us. */
static bool
distrusts(int alert)
{
	return alert == SSL_AD_BAD_CERTIFICATE ||
	    alert == SSL_AD_UNSUPPORTED_CERTIFICATE ||
	    alert == SSL_AD_CERTIFICATE_REVOKED ||
	    alert == SSL_AD_CERTIFICATE_UNKNOWN || alert == SSL_AD_UNKNOWN_CA ||
	    alert == SSL_AD_ACCESS_DENIED;
}

void
client_broke_off(
    struct client *client, const struct host *host, const struct tls_info *info)
{
	struct worker *worker = client->worker;
	struct spared_case one = case_of(client, host);
	bool alerted = info != NULL && info->alert_number >= 0;

	client->shown = false;
	if (alerted ? !distrusts(info->alert_number)
		    : info != NULL && !info->left)
		return;
	spared_break(worker->spared, worker->signer, &one,
	    alerted ? slice_of(info->alert) : SLICE_EMPTY);
}

bool
client_is_pinned(const struct client *client, const struct host *host)
{
	struct spared_case one = case_of(client, host);

	return client->worker->rules->conf->bypass_ms != 0 &&
	    spared_has(client->worker->spared, &one);
}

bool
client_can_answer(const struct client *client)
{
	return !client->failed && client->io != NULL;
}
