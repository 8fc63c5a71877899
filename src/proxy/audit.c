/*
 * audit: builds records in a buffer and writes it when it is full or a
 * moment has passed. A disk that is full costs records, said once a minute,
 * never requests.
 */
#include "proxy/audit.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/io_tls.h"
#include "proxy/account.h"
#include "proxy/alert.h"
#include "proxy/client.h"
#include "proxy/exchange.h"
#include "proxy/inspect.h"
#include "proxy/judge.h"
#include "proxy/upstream.h"
#include "proxy/way.h"

#define FLUSH_BYTES (32u << 10)
#define FLUSH_MS 200
/* While whoever reads syslog is behind. */
#define AGAIN_MS 10
#define KEPT_MAX (1u << 20)

struct audit {
	struct worker *worker; /* borrowed */
	struct sink sink;
	struct json line;    /* the records not yet written */
	struct event *timer; /* owned */
	bool armed;
};

static void
on_flush(evutil_socket_t fd, short what, void *arg)
{
	audit_flush(arg);
}

static void
lose_rest(struct audit *audit)
{
	sink_lose(&audit->sink, slice_from(audit->line.p, audit->line.n));
	json_reset(&audit->line);
}

struct audit *
audit_new(struct worker *worker)
{
	struct audit *audit = mem_zalloc(sizeof(*audit));

	audit->worker = worker;
	sink_init(&audit->sink);
	json_init(&audit->line);
	audit->timer = event_new(worker->base, -1, 0, on_flush, audit);
	return audit;
}

void
audit_free(struct audit *audit)
{
	if (audit == NULL)
		return;
	audit_flush(audit);
	lose_rest(audit);
	sink_clear(&audit->sink);
	event_free(audit->timer);
	json_clear(&audit->line);
	free(audit);
}

void
audit_set_sink(struct audit *audit, enum record_sink sink, int fd)
{
	audit_flush(audit);
	if (sink == RECORD_OFF)
		lose_rest(audit);
	sink_set(&audit->sink, sink, fd);
}

uint64_t
audit_lost(const struct audit *audit)
{
	return audit->sink.lost;
}

static void
flush_in(struct audit *audit, unsigned ms)
{
	struct timeval tv = { .tv_usec = ms * 1000 };

	audit->armed = true;
	event_add(audit->timer, &tv);
}

void
audit_flush(struct audit *audit)
{
	struct json *line = &audit->line;
	size_t done = sink_write(&audit->sink, slice_from(line->p, line->n));

	audit->armed = false;
	if (done == line->n) {
		json_reset(line);
		return;
	}
	line->n -= done;
	memmove(line->p, line->p + done, line->n);
	if (line->n > KEPT_MAX)
		lose_rest(audit);
	else
		flush_in(audit, AGAIN_MS);
}

static void
finish(struct audit *audit)
{
	json_close(&audit->line);
	json_line_end(&audit->line);
	if (audit->line.n >= FLUSH_BYTES)
		audit_flush(audit);
	else if (!audit->armed)
		flush_in(audit, FLUSH_MS);
}

static void
put_start(struct json *json, const char *type, uint64_t wall_us)
{
	char stamp[CLOCK_STAMP_SIZE];

	json_open(json, NULL);
	json_u64(json, "v", RECORD_VERSION);
	json_str(json, "type", slice_of(type));
	json_str(json, "time", slice_of(clock_stamp(stamp, wall_us)));
}

static void
start(struct audit *audit, const char *type, uint64_t wall_us)
{
	put_start(&audit->line, type, wall_us);
}

static void
put_opt(struct json *json, const char *key, struct slice value)
{
	if (value.n > 0)
		json_str(json, key, value);
}

static void
put_addr(struct json *json, const char *key, const struct addr *addr)
{
	char text[ADDR_TEXT_SIZE];

	json_str(json, key, slice_of(addr_text_port(text, addr)));
}

static void
put_what(struct json *json, const struct exchange *x)
{
	put_opt(json, "method", x->request.method_text);
	if (x->host.len > 0) {
		json_str(json, "scheme",
		    x->is_connect   ? SLICE("connect")
			: x->secure ? SLICE("https")
				    : SLICE("http"));
		json_str(json, "host", host_slice(&x->host));
		json_u64(json, "port", x->port);
	}
	if (x->have_request && !x->is_connect &&
	    (x->inspect == NULL || !x->inspect->hides_path))
		put_opt(json, "path", x->request.target.path);
	if (x->have_addr)
		put_addr(json, "address", &x->addr);
}

static void
put_verdict(struct json *json, const struct exchange *x)
{
	const char *verdict = "none";

	if (x->reason == REASON_LOCAL)
		verdict = "local";
	else if (x->label.n > 0)
		verdict = x->decision.verdict == VERDICT_DENY ? "deny"
		    : x->report.n > 0                         ? "report"
							      : "allow";
	json_str(json, "verdict", slice_of(verdict));
	put_opt(json, "rule", x->label);
	put_opt(json, "report", x->report);
	json_str(json, "reason", slice_of(reason_info(x->reason)->word));
	put_opt(
	    json, "detail", slice_of(x->detail != NULL ? x->detail : x->note));
	if (x->status != 0)
		json_u64(json, "status", x->status);
}

static void
put_span(struct json *json, const char *key, uint64_t from, uint64_t to)
{
	if (from != 0 && to >= from)
		json_u64(json, key, to - from);
}

static void
put_times(struct json *json, const struct exchange *x)
{
	uint64_t now = clock_us();

	json_open(json, "us");
	put_span(json, "head", x->started_us, x->at.head_us);
	put_span(json, "decide", x->at.head_us, x->at.decided_us);
	if (x->at.resolve_us != 0)
		json_u64(json, "resolve", x->at.resolve_us);
	put_span(json, "connect", x->at.decided_us, x->at.connected_us);
	put_span(json, "secure", x->at.connected_us, x->at.sent_us);
	put_span(json, "wait", x->at.sent_us, x->at.first_us);
	put_span(json, "total", x->started_us, now);
	json_close(json);
}

/* As `accept certificate … error` has them. */
static void
put_accepted(struct json *json, unsigned faults)
{
	const char *word;

	json_array(json, "accepted_errors");
	for (unsigned i = 0; (word = conf_fault_word(i)) != NULL; i++)
		if (faults & 1u << i)
			json_str(json, NULL, slice_of(word));
	json_array_end(json);
}

static void
put_tls(struct json *json, const struct exchange *x)
{
	const struct tls_info *info;

	if (x->client->io != NULL && io_is_secure(x->client->io)) {
		info = io_tls_info(x->client->io);
		json_str(json, "tls_client", slice_of(info->version));
	}
	if (x->up_tls != NULL)
		json_str(json, "tls_origin", slice_of(x->up_tls));
	if (x->up_accepted != 0)
		put_accepted(json, x->up_accepted);
}

void
audit_request(struct audit *audit, const struct exchange *x)
{
	struct json *json = &audit->line;

	if (audit->sink.kind == RECORD_OFF)
		return;
	start(audit, "request", x->wall_us);
	put_opt(json, "incident", slice_of(x->incident));
	json_str(json, "connection", slice_of(x->client->id));
	put_opt(json, "account",
	    x->account != NULL ? slice_of(x->account->name) : SLICE_EMPTY);
	put_opt(json, "claimed", x->account == NULL ? x->claimed : SLICE_EMPTY);
	put_addr(json, "client", &x->client->addr);
	put_what(json, x);
	put_verdict(json, x);
	json_u64(json, "bytes_in", x->body_in);
	json_u64(json, "bytes_out", x->body_out);
	put_tls(json, x);
	put_times(json, x);
	finish(audit);
}

void
audit_connection(struct audit *audit, const struct client *client)
{
	struct json *json = &audit->line;
	const struct io_stats *stats;
	uint64_t in = client->tunnel_in, out = client->tunnel_out;

	if (audit->sink.kind == RECORD_OFF)
		return;
	start(audit, "connection", clock_wall_us());
	json_str(json, "connection", slice_of(client->id));
	if (client->account != NULL)
		json_str(json, "account", slice_of(client->account->name));
	put_addr(json, "client", &client->addr);
	put_addr(json, "local", &client->local);
	if (client->inside) {
		json_str(json, "host", host_slice(&client->host));
		json_u64(json, "port", client->port);
	}
	json_u64(json, "requests", client->exchanges);
	json_str(json, "reason", slice_of(reason_info(client->end)->word));
	if (client->io != NULL) {
		stats = io_stats(client->io);
		in += stats->in;
		out += stats->out;
	}
	json_u64(json, "bytes_in", in);
	json_u64(json, "bytes_out", out);
	json_open(json, "us");
	put_span(json, "total", client->started_us, clock_us());
	json_close(json);
	finish(audit);
}

void
audit_turned_away(struct audit *audit, const struct addr *client)
{
	if (audit->sink.kind == RECORD_OFF)
		return;
	start(audit, "turned-away", clock_wall_us());
	put_addr(&audit->line, "client", client);
	json_str(&audit->line, "reason",
	    slice_of(reason_info(REASON_TOO_MANY)->word));
	finish(audit);
}

static void
put_who(struct json *json, const struct exchange *x)
{
	put_opt(json, "incident", slice_of(x->incident));
	json_str(json, "connection", slice_of(x->client->id));
	json_str(json, "account", slice_of(x->account->name));
	put_addr(json, "client", &x->client->addr);
	put_what(json, x);
}

static const char *const verdict_words[] = {
	[CREDENTIAL_VALID] = "valid",
	[CREDENTIAL_INVALID] = "invalid",
	[CREDENTIAL_UNANSWERED] = "unanswered",
	[CREDENTIAL_BUDGET] = "filter-only",
	[CREDENTIAL_OUTAGE_BLOCK] = "unanswered",
	[CREDENTIAL_OUTAGE_PASS] = "unanswered",
};

static const char *const action_words[] = {
	[CREDENTIAL_PERMIT] = "permit",
	[CREDENTIAL_BLOCK] = "block",
	[CREDENTIAL_CONTINUE] = "continue",
	[CREDENTIAL_REPORT] = "would-block",
};

static void
put_credential(
    struct json *json, const struct exchange *x, const struct inspect_hit *hit)
{
	put_start(json, "credential", x->wall_us);
	put_who(json, x);
	json_str(json, "submitted", slice_of(hit->account));
	json_str(json, "where", slice_of(hit->where));
	json_str(json, "verdict", slice_of(verdict_words[hit->verdict]));
	json_str(json, "action",
	    hit->granted ? SLICE("continued")
		: judge_lets(x, hit)
		? SLICE("pass")
		: slice_of(action_words[x->inspect->action]));
	json_str(json, "rule", x->inspect->label);
}

/* The record itself; told too when nobody asks the directory any more. */
static void
tell(const struct exchange *x, const struct inspect_hit *hit)
{
	struct json json;

	if (!x->inspect->alert && hit->verdict != CREDENTIAL_BUDGET)
		return;
	if (judge_lets(x, hit)) /* most of these are nobody's password */
		return;
	json_init(&json);
	put_credential(&json, x, hit);
	json_close(&json);
	alert_send(x->client->worker, slice_from(json.p, json.n));
	json_clear(&json);
}

void
audit_credential(struct audit *audit, const struct exchange *x,
    const struct inspect_hit *hit)
{
	tell(x, hit);
	if (audit->sink.kind == RECORD_OFF)
		return;
	put_credential(&audit->line, x, hit);
	finish(audit);
}

static const char *const unread_words[] = {
	[UNREAD_BODY] = "body",
	[UNREAD_ENCRYPTED] = "encrypted",
	[UNREAD_TUNNEL] = "tunnel",
};

void
audit_unread(struct audit *audit, const struct exchange *x, enum unread unread,
    const char *why, struct slice rule)
{
	struct json *json = &audit->line;

	audit->worker->counts.unread[unread]++;
	if (audit->sink.kind == RECORD_OFF)
		return;
	start(audit, "unread", x->wall_us);
	put_who(json, x);
	json_str(json, "unread", slice_of(unread_words[unread]));
	json_str(json, "why", slice_of(why));
	json_str(json, "rule", rule);
	finish(audit);
}

/* Speaks of the request that was stopped, whose incident it is. */
void
audit_continue(struct audit *audit, const struct exchange *x,
    const struct way_about *about, struct slice words)
{
	struct json *json = &audit->line;
	uint64_t port = 0;

	if (audit->sink.kind == RECORD_OFF)
		return;
	(void)slice_to_u64(about->port, UINT16_MAX, &port);
	start(audit, "continue", x->wall_us);
	put_opt(json, "incident", about->incident);
	json_str(json, "connection", slice_of(x->client->id));
	json_str(json, "account", slice_of(x->account->name));
	put_addr(json, "client", &x->client->addr);
	json_str(json, "scheme", about->scheme);
	json_str(json, "host", about->host);
	json_u64(json, "port", port);
	json_str(json, "path", about->path);
	json_str(json, "submitted", about->submitted);
	json_str(json, "where", about->where);
	json_str(json, "rule", about->rule);
	json_str(json, "words", words);
	finish(audit);
}
