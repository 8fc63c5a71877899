/*
 * step_open: answers a CONNECT and, where it is to be decrypted, looks at
 * what the client says first (step_peek): TLS, HTTP in clear, or neither.
 */
#include "proxy/exchange.h"

#include <string.h>

#include "http/field.h"
#include "net/io_tls.h"

/* How long a program may keep silent before it is taken for one that waits
 * for the origin to speak first. */
#define PEEK_MS 3000

#define METHOD_MAX 64           /* a longer word is none */
#define TLS_HANDSHAKE_BYTE 0x16 /* RFC 8446 section 5.1: ContentType */

static bool
is_full(const struct worker *worker)
{
	return worker->handshakes >= worker->rules->conf->limits.handshakes;
}

/* While a CONNECT can still be refused with words, it is. */
enum step_ret
step_open(struct exchange *x)
{
	if (!x->tunnel && is_full(x->client->worker))
		return exchange_refuse(
		    x, REASON_OVERLOADED, "too many handshakes");
	evbuffer_add_printf(io_output(x->client->io),
	    "HTTP/1.1 200 Connection established\r\n%s\r\n",
	    exchange_leg_field(x));
	x->status = 200;
	x->opened = true;
	exchange_go(x, x->tunnel ? STEP_TUNNEL : STEP_PEEK);
	return STEP_RET_NEXT;
}

static bool
is_start_of(struct slice text, struct slice word)
{
	size_t n = text.n < word.n ? text.n : word.n;

	return slice_eq(slice_sub(text, 0, n), slice_sub(word, 0, n));
}

/* What stands behind a method: "/…", "*" or a URL. */
static enum first_words
is_target(struct slice text)
{
	static const char *const starts[] = { "/", "* ", "http:", "https:" };

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (is_start_of(text, slice_of(starts[i])))
			return text.n < strlen(starts[i]) ? FIRST_UNSURE
							  : FIRST_HTTP;
	return FIRST_FOREIGN;
}

/* "GET /…": HTTP in clear inside a CONNECT (ws: and some tools do that) is
 * read like any other. Any word may be a method, and servers pass over empty
 * lines in front of it, so both count. */
enum first_words
exchange_first_words(struct evbuffer *in)
{
	char start[METHOD_MAX + 8];
	ev_ssize_t n = evbuffer_copyout(in, start, sizeof(start));
	struct slice text = slice_from(start, n > 0 ? (size_t)n : 0);
	size_t word = 0;

	if (text.n > 0 && text.p[0] == TLS_HANDSHAKE_BYTE)
		return FIRST_TLS;
	while (text.n > 0 && (text.p[0] == '\r' || text.p[0] == '\n'))
		text = slice_from_idx(text, 1);
	while (word < text.n && token_ok(slice_sub(text, word, 1)))
		word++;
	if (word == text.n)
		return word < METHOD_MAX ? FIRST_UNSURE : FIRST_FOREIGN;
	if (word == 0 || text.p[word] != ' ')
		return FIRST_FOREIGN;
	return is_target(slice_from_idx(text, word + 1));
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

	if (is_full(worker))
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
	switch (exchange_first_words(in)) {
	case FIRST_TLS:
		return start_handshake(x);
	case FIRST_HTTP:
		client_go_inside(x->client, &x->host, x->port, false);
		client_deadline(x->client, 0, REASON_OK);
		exchange_go(x, STEP_RECORD);
		return STEP_RET_NEXT;
	case FIRST_UNSURE:
		return x->late ? exchange_refuse(x, REASON_FOREIGN, NULL)
			       : STEP_RET_WAIT;
	case FIRST_FOREIGN:
		break;
	}
	return foreign(x);
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
	x->silent = x->late;
	if (x->late)
		return foreign(x);
	if (!x->asked) {
		x->asked = true;
		client_deadline(client, PEEK_MS, REASON_FOREIGN);
	}
	return STEP_RET_WAIT;
}
