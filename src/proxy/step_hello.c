/*
 * step_hello: the client's handshake, in three parts: its ClientHello
 * (hello), a leaf certificate like the origin's (leaf), and the rest of the
 * handshake (shake). Between the first two the origin may be looked at.
 */
#include "proxy/exchange.h"

#include "net/io_tls.h"
#include "proxy/leaves.h"
#include "proxy/local.h"
#include "proxy/scout.h"

bool
exchange_hello_over(const struct exchange *x)
{
	const struct client *client = x->client;

	return client->failed || io_end(client->io) != IO_END_NONE;
}

enum step_ret
exchange_hello_failed(struct exchange *x)
{
	const struct tls_info *info = io_tls_info(x->client->io);
	const char *why = info->alert;

	if (why == NULL)
		why = x->client->failed ? io_error(x->client->io)
					: "closed during the handshake";
	x->scout = false;
	return exchange_refuse(x, REASON_CLIENT_TLS, why);
}

/* A program that breaks off at our certificates (proxy/spared.h) is given a
 * tunnel, if the rules allow one: to the name that it says in both places,
 * never to an address. */
static bool
may_leave_alone(struct exchange *x)
{
	struct client *client = x->client;

	if (x->local || client->refused || x->host.is_addr ||
	    !host_eq(&x->host, &client->sni) ||
	    !client_is_pinned(client, &x->host))
		return false;
	x->tunnel = true;
	if (exchange_decide(x, NULL, false) != VERDICT_DENY)
		return true;
	x->tunnel = false;
	return false;
}

static enum step_ret
leave_alone(struct exchange *x)
{
	struct client *client = x->client;

	io_tls_undo(client->io);
	client->worker->handshakes--;
	client->handshaking = false;
	client_deadline(client, 0, REASON_OK);
	x->note = "not decrypted: its program breaks off";
	exchange_go(x, STEP_DIAL);
	return STEP_RET_NEXT;
}

enum step_ret
step_hello(struct exchange *x)
{
	struct client *client = x->client;
	const struct tls_hello *hello;

	if (exchange_hello_over(x))
		return exchange_hello_failed(x);
	hello = io_hello(client->io);
	if (hello == NULL)
		return STEP_RET_WAIT;
	client->sni = hello->has_sni && !hello->sni_bad ? hello->sni : x->host;
	/* whoever asks for our own site has not logged in */
	if (x->local && !local_is_name(&client->sni))
		client->sni = x->host;
	if (may_leave_alone(x))
		return leave_alone(x);
	return scout_begin(x);
}

/* A certificate that the signer won't repeat is no reason to have none. */
static void
on_leaf(const union msg_body *body, void *arg)
{
	struct exchange *x = arg;
	struct client *client = x->client;
	struct tls_leaf *leaf = NULL;

	x->leaf_id = 0;
	if (body != NULL && body->leaf_done.ok)
		leaf = leaves_keep(client->worker->leaves, x->leaf_key,
		    body->leaf_done.chain_der);
	if (leaf != NULL) {
		x->leaf = tls_leaf_ref(leaf);
	} else if (body != NULL && !x->leaf_bare) {
		x->leaf_bare = true;
		x->asked = false;
	}
	exchange_run(x);
}

static void
ask(struct exchange *x)
{
	struct client *client = x->client;
	const struct facts *facts = x->leaf_bare ? NULL : scout_facts(x);
	struct tls_leaf *leaf;

	x->asked = true;
	x->leaf_bare = facts == NULL;
	x->leaf_key = leaves_key(x->arena, &client->sni, facts);
	leaf = leaves_get(client->worker->leaves, x->leaf_key);
	if (leaf != NULL)
		x->leaf = tls_leaf_ref(leaf);
	else
		x->leaf_id = leaves_ask(
		    client->worker, &client->sni, facts, on_leaf, x);
}

enum step_ret
step_leaf(struct exchange *x)
{
	struct client *client = x->client;

	if (exchange_hello_over(x))
		return exchange_hello_failed(x);
	if (!x->asked)
		ask(x);
	if (x->leaf_id != 0)
		return STEP_RET_WAIT;
	if (x->leaf == NULL)
		return exchange_refuse(x, REASON_NO_SIGNER, NULL);
	client->shown = true;
	client->shown_ms = clock_ms();
	io_tls_offer(client->io, scout_alpn(x));
	io_tls_present(client->io, x->leaf);
	exchange_go(x, STEP_SHAKE);
	return STEP_RET_NEXT;
}

enum step_ret
step_shake(struct exchange *x)
{
	struct client *client = x->client;

	if (exchange_hello_over(x)) {
		client_broke_off(client, &x->host, io_tls_info(client->io));
		return exchange_hello_failed(x);
	}
	if (!io_is_secure(client->io))
		return STEP_RET_WAIT;
	client->worker->handshakes--;
	client->handshaking = false;
	client_deadline(client, 0, REASON_OK);
	client_go_inside(client, &x->host, x->port, true);
	exchange_go(x, STEP_RECORD);
	return STEP_RET_NEXT;
}
