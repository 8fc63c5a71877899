/*
 * status: counters and connections as JSON lines, in parts that fit a
 * message.
 */
#include "proxy/status.h"

#include "base/clock.h"
#include "base/json.h"
#include "ipc/wire.h"
#include "proxy/account.h"
#include "proxy/audit.h"
#include "proxy/client.h"
#include "proxy/exchange.h"
#include "proxy/spared.h"
#include "proxy/pool.h"

/* A part is sent when the next object might not fit any more. */
#define PART_BYTES (WIRE_STR_MAX - 4096)

struct part {
	struct roleloop *loop;
	uint64_t id;
	struct json json;
};

static void
end_object(struct part *part)
{
	json_close(&part->json);
	json_line_end(&part->json);
	if (part->json.n < PART_BYTES)
		return;
	roleloop_status(part->loop, part->id, false,
	    slice_from(part->json.p, part->json.n));
	json_reset(&part->json);
}

static void
put_counters(struct worker *worker, struct part *part)
{
	struct json *json = &part->json;

	json_open(json, NULL);
	json_str(json, "role", SLICE("proxy"));
	json_u64(json, "index", worker->index);
	json_u64(json, "generation", worker->rules->generation);
	json_u64(json, "clients", worker->nclients);
	json_u64(json, "handshakes", worker->handshakes);
	json_u64(json, "upstreams_idle", pool_idle_count(worker->pool));
	json_u64(json, "connections", worker->counts.connections);
	json_u64(json, "requests", worker->counts.requests);
	json_u64(json, "refused", worker->counts.refused);
	json_u64(json, "tunnels", worker->counts.tunnels);
	json_u64(json, "upstreams", worker->counts.upstreams);
	json_u64(json, "upstreams_reused", worker->counts.upstreams_reused);
	json_u64(json, "origins_resumed", worker->counts.origins_resumed);
	json_u64(json, "bytes_in", worker->counts.bytes_in);
	json_u64(json, "bytes_out", worker->counts.bytes_out);
	json_u64(json, "inspected", worker->counts.inspected);
	json_u64(json, "lookups", worker->counts.lookups);
	json_u64(json, "unread_bodies", worker->counts.unread[UNREAD_BODY]);
	json_u64(
	    json, "unread_encrypted", worker->counts.unread[UNREAD_ENCRYPTED]);
	json_u64(json, "unread_tunnels", worker->counts.unread[UNREAD_TUNNEL]);
	json_u64(json, "records_lost", audit_lost(worker->audit));
	json_bool(json, "draining", worker->draining);
	end_object(part);
}

static void
put_account(struct json *json, const struct account *account)
{
	json_str(json, "account",
	    account != NULL ? slice_of(account->name) : SLICE_EMPTY);
}

static void
put_client(struct part *part, const struct client *client)
{
	struct json *json = &part->json;
	const struct exchange *x = client->x;
	char text[ADDR_TEXT_SIZE];
	uint64_t in = x->body_in, out = x->body_out;

	if (client->io != NULL) {
		in = io_stats(client->io)->in;
		out = io_stats(client->io)->out;
	} else if (x->pump != NULL) {
		in = pump_stats(x->pump)->to_b;
		out = pump_stats(x->pump)->to_a;
	}
	json_open(json, NULL);
	json_str(json, "kind", SLICE("client"));
	json_str(json, "connection", slice_of(client->id));
	put_account(json, client->account);
	json_str(json, "client", slice_of(addr_text_port(text, &client->addr)));
	if (client->inside || x->is_connect) {
		json_str(json, "host",
		    host_slice(client->inside ? &client->host : &x->host));
		json_u64(json, "port", client->inside ? client->port : x->port);
	}
	if (x->have_addr)
		json_str(
		    json, "upstream", slice_of(addr_text_port(text, &x->addr)));
	json_str(json, "step", slice_of(step_name(x->step)));
	json_u64(json, "in", in);
	json_u64(json, "out", out);
	json_u64(json, "age_ms", (clock_us() - client->started_us) / 1000);
	end_object(part);
}

static void
put_upstream(struct part *part, const struct upstream *up)
{
	struct json *json = &part->json;
	char text[ADDR_TEXT_SIZE];

	json_open(json, NULL);
	json_str(json, "kind", SLICE("upstream"));
	json_str(json, "connection", slice_of(up->id));
	put_account(json, up->account);
	json_str(json, "host", host_slice(&up->host));
	json_u64(json, "port", up->port);
	json_str(json, "upstream", slice_of(addr_text_port(text, &up->addr)));
	json_bool(json, "idle", up->x == NULL);
	if (up->x != NULL)
		json_str(json, "for", slice_of(up->x->client->id));
	if (up->io != NULL) {
		json_u64(json, "in", io_stats(up->io)->out);
		json_u64(json, "out", io_stats(up->io)->in);
	}
	json_u64(json, "requests", up->exchanges);
	json_u64(json, "age_ms", clock_ms() - up->started_ms);
	end_object(part);
}

static void
put_connections(struct worker *worker, struct part *part)
{
	struct client *client;
	struct upstream *up;

	TAILQ_FOREACH(client, &worker->clients, next)
	put_client(part, client);
	for (up = pool_first(worker->pool); up != NULL; up = pool_next(up))
		put_upstream(part, up);
}

void
status_answer(struct worker *worker, struct roleloop *loop, uint64_t id,
    enum status_what what)
{
	struct part part = { .loop = loop, .id = id };

	json_init(&part.json);
	switch (what) {
	case STATUS_SUMMARY:
		put_counters(worker, &part);
		break;
	case STATUS_PINNED:
		break; /* the signer knows */
	case STATUS_CONNECTIONS:
		put_connections(worker, &part);
		break;
	}
	roleloop_status(loop, id, true, slice_from(part.json.p, part.json.n));
	json_clear(&part.json);
}
