/*
 * step_hello: the client's handshake, in three parts: its ClientHello
 * (hello), a leaf certificate for the name it asks for (leaf), and the rest
 * of the handshake (shake).
 */
#include "proxy/exchange.h"

#include "proxy/leaves.h"

static enum step_ret
failed(struct exchange *x)
{
	const struct tls_info *info = io_tls_info(x->client->io);
	const char *why = info->alert;

	if (why == NULL)
		why = x->client->failed ? io_error(x->client->io)
					: "closed during the handshake";
	return exchange_refuse(x, REASON_CLIENT_TLS, why);
}

static bool
is_over(const struct client *client)
{
	return client->failed || io_end(client->io) != IO_END_NONE;
}

enum step_ret
step_hello(struct exchange *x)
{
	struct client *client = x->client;
	const struct tls_hello *hello;

	if (is_over(client))
		return failed(x);
	hello = io_hello(client->io);
	if (hello == NULL)
		return STEP_RET_WAIT;
	client->sni = hello->has_sni && !hello->sni_bad ? hello->sni : x->host;
	exchange_go(x, STEP_LEAF);
	return STEP_RET_NEXT;
}

static void
on_leaf(const union msg_body *body, void *arg)
{
	struct exchange *x = arg;
	struct client *client = x->client;
	struct tls_leaf *leaf = NULL;

	x->leaf_id = 0;
	if (body != NULL && body->leaf_done.ok)
		leaf = leaves_keep(client->worker->leaves, &client->sni,
		    body->leaf_done.chain_der);
	if (leaf != NULL)
		x->leaf = tls_leaf_ref(leaf);
	exchange_run(x);
}

enum step_ret
step_leaf(struct exchange *x)
{
	struct client *client = x->client;
	struct tls_leaf *leaf;

	if (is_over(client))
		return failed(x);
	if (!x->asked) {
		x->asked = true;
		leaf = leaves_get(client->worker->leaves, &client->sni);
		if (leaf != NULL)
			x->leaf = tls_leaf_ref(leaf);
		else
			x->leaf_id = leaves_ask(
			    client->worker, &client->sni, on_leaf, x);
	}
	if (x->leaf_id != 0)
		return STEP_RET_WAIT;
	if (x->leaf == NULL)
		return exchange_refuse(x, REASON_NO_SIGNER, NULL);
	io_tls_present(client->io, x->leaf);
	exchange_go(x, STEP_SHAKE);
	return STEP_RET_NEXT;
}

enum step_ret
step_shake(struct exchange *x)
{
	struct client *client = x->client;

	if (is_over(client))
		return failed(x);
	if (!io_is_secure(client->io))
		return STEP_RET_WAIT;
	client->worker->handshakes--;
	client->handshaking = false;
	client_deadline(client, 0, REASON_OK);
	client_go_inside(client, &x->host, x->port, true);
	exchange_go(x, STEP_RECORD);
	return STEP_RET_NEXT;
}
