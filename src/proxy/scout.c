/*
 * scout: where an exchange that looks ahead differs from one that asks.
 *
 * It never sends a byte of a request, and never lets an address be dialled
 * that the rules would not.
 */
#include "proxy/scout.h"

#include "base/clock.h"
#include "net/io_tls.h"
#include "proxy/fetch.h"
#include "proxy/origins.h"
#include "proxy/pool.h"
#include "proxy/upstream.h"

/* A failure older than this says little: the request tries for itself. */
#define TELL_MS 10000

static bool
decrypts(const struct exchange *x, const struct addr *addr)
{
	struct subject subject;

	exchange_subject(x, addr, &subject);
	return policy_decrypts(x->client->worker->rules->policy, &subject);
}

static const struct origin *
find(const struct exchange *x)
{
	const struct client *client = x->client;

	if (x->local || client->refused)
		return NULL;
	return origins_get(
	    client->worker->origins, &x->host, &client->sni, x->port);
}

static bool
is_needed(const struct exchange *x)
{
	const struct client *client = x->client;
	const struct origin *origin = find(x);

	if (x->local || client->refused)
		return false;
	return origin == NULL || !decrypts(x, &origin->addr);
}

enum step_ret
scout_begin(struct exchange *x)
{
	if (!is_needed(x)) {
		exchange_go(x, STEP_LEAF);
		return STEP_RET_NEXT;
	}
	x->scout = true;
	x->secure = true;
	client_deadline(x->client, 0, REASON_OK);
	exchange_go(x, STEP_DIAL);
	return STEP_RET_NEXT;
}

const struct facts *
scout_facts(const struct exchange *x)
{
	const struct origin *origin = find(x);

	return origin == NULL ? NULL : origin->facts;
}

struct slice
scout_alpn(const struct exchange *x)
{
	const struct origin *origin = find(x);

	return origin != NULL && !origin->alpn ? SLICE_EMPTY : TLS_ALPN_HTTP1;
}

const struct host *
scout_name(const struct exchange *x)
{
	return x->scout ? &x->client->sni : &x->host;
}

/* Back to the client's handshake, whose time starts anew. */
static enum step_ret
end(struct exchange *x)
{
	struct client *client = x->client;

	x->scout = x->secure = x->tunnel = false;
	client_deadline(client, client->worker->rules->conf->timeouts.handshake,
	    REASON_CLIENT_TLS);
	exchange_go(x, STEP_LEAF);
	return STEP_RET_NEXT;
}

/* Inside a CONNECT method and path are not known yet: a rule that asks for
 * them doesn't open the way, and the request itself is judged again.  A client
 * that went to one name and shows another needs the word for both. */
static bool
may_look(const struct exchange *x, const struct addr *addr, bool *internal)
{
	const struct policy *policy = x->client->worker->rules->policy;
	const struct host *sni = &x->client->sni;
	struct subject subject;
	struct decision decision;

	exchange_subject(x, addr, &subject);
	subject.final = true;
	decision = policy_decide(policy, &subject);
	if (decision.verdict == VERDICT_ALLOW && !host_eq(&x->host, sni)) {
		subject.host = sni;
		decision = policy_decide(policy, &subject);
	}
	*internal = decision.internal;
	return decision.verdict == VERDICT_ALLOW;
}

bool
scout_may(struct exchange *x, const struct addr *addr)
{
	bool internal, may;

	x->tunnel = !decrypts(x, addr);
	if (x->tunnel) {
		may = exchange_decide(x, addr, true) == VERDICT_ALLOW;
		internal = x->decision.internal;
	} else {
		may = may_look(x, addr, &internal);
	}
	if (!may)
		x->skipped = internal ? REASON_DENIED_INTERNAL : REASON_DENIED;
	return may;
}

void
scout_took(struct exchange *x, const struct addr *addr)
{
	x->tunnel = !decrypts(x, addr);
	x->secure = !x->tunnel;
	if (x->tunnel)
		exchange_decide(x, addr, true);
}

/* The handshake was only begun because the address wasn't known: it is given
 * back to the client's program as if nobody had looked. */
static enum step_ret
become_tunnel(struct exchange *x)
{
	struct client *client = x->client;

	x->scout = false;
	io_tls_undo(client->io);
	client->worker->handshakes--;
	client->handshaking = false;
	client_deadline(client, 0, REASON_OK);
	exchange_go(x, STEP_TUNNEL);
	return STEP_RET_NEXT;
}

enum step_ret
scout_connected(struct exchange *x)
{
	if (x->tunnel)
		return become_tunnel(x);
	exchange_go(x, STEP_SECURE);
	return STEP_RET_NEXT;
}

enum step_ret
scout_secured(struct exchange *x)
{
	struct worker *worker = x->client->worker;
	struct facts *facts = io_tls_facts(x->up->io);

	if (facts != NULL)
		origins_put(worker->origins, &x->host, &x->client->sni, x->port,
		    facts, &x->addr, io_tls_info(x->up->io)->alpn[0] != '\0');
	pool_give(worker->pool, x->up);
	x->up = NULL;
	return end(x);
}

/* Where the address asks for a tunnel there is no second try inside: that
 * would be decrypted. */
static void
remember(struct exchange *x, enum reason reason, const char *detail)
{
	struct client *client = x->client;
	bool denied = reason == REASON_DENIED ||
	    reason == REASON_DENIED_INTERNAL;

	if (denied && x->tunnel) {
		client_refuse_inside(client, x);
		return;
	}
	if (denied)
		return; /* each request inside is judged by itself */
	client->ahead.reason = reason;
	client->ahead.detail = detail;
	client->ahead.stays = x->tunnel;
	client->ahead.until_ms = clock_ms() + TELL_MS;
}

enum step_ret
scout_failed(struct exchange *x, enum reason reason, const char *detail)
{
	remember(x, reason, detail);
	fetch_free(x->fetch);
	x->fetch = NULL;
	dial_free(x->dial);
	x->dial = NULL;
	upstream_free(x->up);
	x->up = NULL;
	x->have_addr = false;
	x->detail = NULL;
	return end(x);
}

enum reason
scout_tells(const struct exchange *x, const char **detail)
{
	struct client *client = x->client;
	enum reason reason = client->ahead.reason;
	bool stays = client->ahead.stays;

	if (reason == REASON_OK || (!stays && !host_eq(&x->host, &client->sni)))
		return REASON_OK;
	*detail = client->ahead.detail;
	if (stays)
		return reason;
	client->ahead.reason = REASON_OK;
	return client->ahead.until_ms > clock_ms() ? reason : REASON_OK;
}
