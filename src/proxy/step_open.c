/*
 * step_open: answers a CONNECT and, where it is to be decrypted, looks at
 * what the client says first (step_peek): TLS, HTTP in clear, or neither.
 */
#include "proxy/exchange.h"

#include <string.h>

/* How long a program may keep silent before it is taken for one that waits
 * for the origin to speak first. */
#define PEEK_MS 3000

#define TLS_HANDSHAKE_BYTE 0x16 /* RFC 8446 section 5.1: ContentType */

enum step_ret
step_open(struct exchange *x)
{
	static const char answer[] = "HTTP/1.1 200 Connection established\r\n"
				     "\r\n";

	evbuffer_add(io_output(x->client->io), answer, sizeof(answer) - 1);
	x->status = 200;
	x->opened = true;
	exchange_go(x, x->tunnel ? STEP_TUNNEL : STEP_PEEK);
	return STEP_RET_NEXT;
}

/* "GET /…": HTTP in clear inside a CONNECT (ws: and some tools do that) is
 * read like any other. 1 yes, 0 no, -1 not enough bytes to tell. */
static int
looks_like_http(struct evbuffer *in)
{
	static const char *const methods[] = { "GET ", "HEAD ", "POST ", "PUT ",
		"DELETE ", "OPTIONS ", "PATCH ", "TRACE " };
	char start[8];
	ev_ssize_t n = evbuffer_copyout(in, start, sizeof(start));
	bool maybe = false;

	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		size_t len = strlen(methods[i]);

		if (n >= (ev_ssize_t)len && memcmp(start, methods[i], len) == 0)
			return 1;
		maybe |= n < (ev_ssize_t)len &&
		    memcmp(start, methods[i], (size_t)n) == 0;
	}
	return maybe ? -1 : 0;
}

/* Neither TLS nor HTTP: nothing can be looked at, so it needs a word in the
 * configuration and a rule that allows the destination as a whole. */
static enum step_ret
foreign(struct exchange *x)
{
	struct client *client = x->client;

	client_deadline(client, 0, REASON_OK);
	if (!client->worker->rules->conf->foreign_allowed || client->refused ||
	    x->local)
		return exchange_refuse(x, REASON_FOREIGN, NULL);
	exchange_go(x, STEP_DIAL);
	return STEP_RET_NEXT;
}

static enum step_ret
start_handshake(struct exchange *x)
{
	struct client *client = x->client;
	struct worker *worker = client->worker;
	const struct conf *conf = worker->rules->conf;

	if (worker->handshakes >= conf->limits.handshakes)
		return exchange_refuse(
		    x, REASON_OVERLOADED, "too many handshakes");
	worker->handshakes++;
	client->handshaking = true;
	client_deadline(client, conf->timeouts.handshake, REASON_CLIENT_TLS);
	io_tls_accept(client->io, worker->client_ctx);
	exchange_go(x, STEP_HELLO);
	return STEP_RET_NEXT;
}

static enum step_ret
peeked(struct exchange *x, struct evbuffer *in)
{
	unsigned char first;

	evbuffer_copyout(in, &first, 1);
	if (first == TLS_HANDSHAKE_BYTE)
		return start_handshake(x);
	switch (looks_like_http(in)) {
	case 1:
		client_go_inside(x->client, &x->host, x->port, false);
		client_deadline(x->client, 0, REASON_OK);
		exchange_go(x, STEP_RECORD);
		return STEP_RET_NEXT;
	case -1:
		return x->late ? foreign(x) : STEP_RET_WAIT;
	default:
		return foreign(x);
	}
}

enum step_ret
step_peek(struct exchange *x)
{
	struct client *client = x->client;
	struct evbuffer *in = io_input(client->io);

	x->keep = true;
	if (evbuffer_get_length(in) > 0)
		return peeked(x, in);
	if (io_end(client->io) != IO_END_NONE)
		return exchange_refuse(x, REASON_CLIENT_CLOSED, NULL);
	if (x->late)
		return foreign(x);
	if (!x->asked) {
		x->asked = true;
		client_deadline(client, PEEK_MS, REASON_FOREIGN);
	}
	return STEP_RET_WAIT;
}
