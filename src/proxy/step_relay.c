/*
 * step_relay: a WebSocket behind its 101, looked into message by message. A
 * message that must not pass ends it with a close frame that says so.
 */
#include "proxy/exchange.h"

#include <string.h>

#include "proxy/audit.h"
#include "proxy/inspect.h"
#include "proxy/notices.h"
#include "proxy/relay.h"
#include "proxy/upstream.h"

#define WS_FIN_CLOSE 0x88        /* RFC 6455 section 5.2 */
#define WS_POLICY_VIOLATION 1008 /* section 7.4.1 */

static void
say_close(struct exchange *x, const char *words)
{
	struct evbuffer *out = io_output(x->client->io);
	size_t n = strlen(words);
	unsigned char head[4] = { WS_FIN_CLOSE, (unsigned char)(n + 2),
		WS_POLICY_VIOLATION >> 8, WS_POLICY_VIOLATION & 0xff };

	evbuffer_add(out, head, sizeof(head));
	evbuffer_add(out, words, n);
}

static enum step_ret
end(struct exchange *x, enum reason reason)
{
	x->reason = reason;
	x->keep = false;
	exchange_go(x, STEP_RECORD);
	return STEP_RET_NEXT;
}

static enum step_ret
stop(struct exchange *x)
{
	struct worker *worker = x->client->worker;

	exchange_name_incident(x);
	worker->counts.refused++;
	if (x->hit == NULL) {
		say_close(x, "this could not be checked");
		return end(x, REASON_CREDENTIAL_UNREAD);
	}
	audit_credential(worker->audit, x, x->hit);
	notices_add(x);
	say_close(x, "work passwords stay here");
	return end(x, REASON_CREDENTIAL);
}

enum step_ret
step_relay(struct exchange *x)
{
	struct client *client = x->client;

	if (!x->asked) {
		x->asked = true;
		x->relay = relay_new(x);
	}
	client_deadline(
	    client, client->worker->rules->conf->timeouts.tunnel, REASON_IDLE);
	switch (relay_run(x->relay, x)) {
	case RELAY_WAIT:
		return STEP_RET_WAIT;
	case RELAY_DONE:
		return end(x, REASON_OK);
	case RELAY_STOPPED:
		return stop(x);
	case RELAY_BROKEN:
		break;
	}
	return end(x, REASON_TUNNEL_ERROR);
}
