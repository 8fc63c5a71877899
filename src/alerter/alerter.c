/*
 * alerter: stores alerts, then tells them, each way on its own, until it is
 * heard.
 *
 * What fails is tried again after a second, then twice as long each time, up
 * to five minutes.  Given up are alerts that a webhook refuses (4xx) and
 * those for which the command has failed twenty times.
 */
#include "alerter/alerter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alerter/post.h"
#include "alerter/runner.h"
#include "alerter/spool.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/given.h"
#include "ipc/peers.h"
#include "ipc/roleloop.h"

#define POST_MS 30000
#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS (5u * 60 * 1000)
#define COMMAND_TRIES 20
#define LAST_WORDS_MS 200 /* of workers that have just ended */
#define ANCHORS_MAX 64
#define ARENA_BYTES 4096

struct way {
	struct alerter *alerter; /* borrowed */
	enum spool_way which;
	struct event *retry; /* owned */
	uint64_t id;         /* under way; 0: none */
	uint64_t wait_ms;    /* before the next try; 0: none failed */
	unsigned tries;      /* of the oldest */
	uint64_t told, failed, given_up;
};

struct alerter {
	struct roleloop *loop; /* borrowed */
	struct peers *workers; /* owned, as all below */
	struct spool *spool;
	const char *why; /* the spool that came can't be used */
	struct way ways[SPOOL_WAYS];
	struct resolver *resolver;
	SSL_CTX *ctx;
	struct arena *arena; /* of url */
	struct target url;
	bool has_url;
	struct post *post;
	char *command;
	struct runner *runner;
	struct event *end;
	uint64_t refused;
};

static const char *const way_names[SPOOL_WAYS] = { "webhook", "command" };

/* --- telling ------------------------------------------------------------------- */

static void go_on(struct way *way);

static void
try_later(struct way *way)
{
	struct timeval in;

	way->wait_ms = way->wait_ms ? way->wait_ms * 2 : RETRY_FIRST_MS;
	if (way->wait_ms > RETRY_MAX_MS)
		way->wait_ms = RETRY_MAX_MS;
	in.tv_sec = (time_t)(way->wait_ms / 1000);
	in.tv_usec = 0;
	event_add(way->retry, &in);
}

static void
finish(struct way *way)
{
	spool_done(way->alerter->spool, way->which, way->id);
	way->id = 0;
	way->wait_ms = 0;
	way->tries = 0;
	go_on(way);
}

static void
succeed(struct way *way)
{
	way->told++;
	finish(way);
}

static void
give_up(struct way *way, const char *why)
{
	log_error(
	    "alert %s: an alert is given up: %s", way_names[way->which], why);
	way->given_up++;
	finish(way);
}

static void
fail(struct way *way, const char *why)
{
	way->failed++;
	way->tries++;
	way->id = 0;
	try_later(way);
	log_warn("alert %s: %s; next try in %u s", way_names[way->which], why,
	    (unsigned)(way->wait_ms / 1000));
}

static void
on_posted(int status, const char *why, void *arg)
{
	struct alerter *alerter = arg;
	struct way *way = &alerter->ways[SPOOL_WEBHOOK];
	char words[64];

	post_free(alerter->post);
	alerter->post = NULL;
	if (status >= 200 && status < 300) {
		succeed(way);
		return;
	}
	if (status != 0) {
		snprintf(words, sizeof(words), "it answers %d", status);
		why = words;
	}
	if (status >= 400 && status < 500 && status != 408 && status != 429)
		give_up(way, why);
	else
		fail(way, why);
}

static void
on_ran(bool ok, const char *why, void *arg)
{
	struct alerter *alerter = arg;
	struct way *way = &alerter->ways[SPOOL_COMMAND];

	if (way->id == 0)
		return;
	if (ok)
		succeed(way);
	else if (way->tries + 1 >= COMMAND_TRIES)
		give_up(way, why);
	else
		fail(way, why);
}

static void
tell(struct alerter *alerter, enum spool_way which, struct slice json)
{
	struct post_opts opts = { .base = roleloop_base(alerter->loop),
		.resolver = alerter->resolver,
		.ctx = alerter->ctx,
		.url = &alerter->url,
		.json = json,
		.timeout_ms = POST_MS };

	switch (which) {
	case SPOOL_WEBHOOK:
		alerter->post = post_start(&opts, on_posted, alerter);
		return;
	case SPOOL_COMMAND:
		if (runner_run(alerter->runner, json) < 0)
			fatal("the process that runs the alert command is "
			      "gone");
		return;
	case SPOOL_WAYS:
		return;
	}
}

/* Can alerts go this way now? */
static bool
is_open(const struct way *way)
{
	const struct alerter *alerter = way->alerter;

	if (!alerter->resolver || !alerter->spool)
		return false;
	return way->which == SPOOL_WEBHOOK ? alerter->has_url
					   : alerter->runner != NULL;
}

static void
go_on(struct way *way)
{
	struct slice json;

	if (way->id != 0 || !is_open(way) ||
	    event_pending(way->retry, EV_TIMEOUT, NULL))
		return;
	way->id = spool_next(way->alerter->spool, way->which, &json);
	if (way->id != 0)
		tell(way->alerter, way->which, json);
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	go_on(arg);
}

/* --- what workers say ----------------------------------------------------------- */

static void
on_alert(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct alerter *alerter = peer->arg;
	struct slice json = body->alert.json;
	unsigned ways = 0;
	const char *why;

	for (int i = 0; i < SPOOL_WAYS; i++)
		if (is_open(&alerter->ways[i]))
			ways |= 1u << i;
	if (ways == 0 || slice_find(json, '\n') < json.n)
		return;
	if (spool_add(alerter->spool, json, ways, &why) < 0) {
		if (alerter->refused++ % 100 == 0)
			log_error("an alert is lost: %s", why);
		return;
	}
	for (int i = 0; i < SPOOL_WAYS; i++)
		go_on(&alerter->ways[i]);
}

static const struct chan_ops worker_ops = {
	.on = { [MSG_alert] = on_alert },
	.on_closed = peers_on_closed,
};

/* --- setup -------------------------------------------------------------------------- */

static void
replace_spool(struct alerter *alerter, struct spool *fresh)
{
	if (alerter->spool)
		spool_move(fresh, alerter->spool);
	/* ids are another file's now */
	post_free(alerter->post);
	alerter->post = NULL;
	for (int i = 0; i < SPOOL_WAYS; i++)
		alerter->ways[i].id = 0;
	spool_free(alerter->spool);
	alerter->spool = fresh;
}

static void
on_spool(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct alerter *alerter = arg;
	struct spool *fresh;

	alerter->why = "the spool did not come";
	if (fd < 0)
		return;
	if (alerter->spool && spool_is(alerter->spool, fd)) {
		alerter->why = NULL;
		close(fd);
		return;
	}
	fresh = spool_open(fd, &alerter->why);
	if (fresh)
		replace_spool(alerter, fresh);
}

static const char *
make_context(struct bundle *bundle, const struct conf *conf, SSL_CTX **out)
{
	struct slice anchors[ANCHORS_MAX];
	size_t n = 0;
	const char *why = NULL;

	if (conf->trust_system &&
	    bundle_get(bundle, CONF_SYSTEM_TRUST, &anchors[n]) == 0)
		n++;
	for (size_t i = 0; i < conf->trust.n && n < ANCHORS_MAX; i++)
		if (bundle_get(bundle, conf->trust.v[i].path, &anchors[n]) == 0)
			n++;
	*out = tls_client_ctx(anchors, n, &why);
	return *out ? NULL : why;
}

static const char *
take_url(struct alerter *alerter, const char *url)
{
	const char *why = NULL;

	post_free(alerter->post);
	alerter->post = NULL;
	alerter->ways[SPOOL_WEBHOOK].id = 0;
	arena_free(alerter->arena);
	alerter->arena = arena_new(ARENA_BYTES);
	alerter->has_url = false;
	if (url) /* the target borrows from the text */
		why = target_parse(arena_dup(alerter->arena, slice_of(url)),
		    false, false, alerter->arena, &alerter->url);
	alerter->has_url = url && !why;
	return why;
}

static const char *
apply(struct alerter *alerter, struct bundle *bundle, const struct conf *conf)
{
	SSL_CTX *ctx;
	const char *why = alerter->why;

	if (!why)
		why = make_context(bundle, conf, &ctx);
	if (why)
		return why;
	SSL_CTX_free(alerter->ctx);
	alerter->ctx = ctx;
	why = take_url(alerter, conf->alert_webhook);
	/* the command is made once, before the sandbox */
	if (!why && roleloop_generation(alerter->loop) == 0) {
		alerter->command = conf->alert_command
		    ? mem_dup(conf->alert_command)
		    : NULL;
		alerter->resolver = resolver_new(roleloop_base(alerter->loop),
		    conf->resolvers.v, conf->resolvers.n,
		    conf->timeouts.resolve);
	}
	return why;
}

static const char *
on_conf(struct roleloop *loop, struct slice path, int fd, void *arg)
{
	struct alerter *alerter = arg;
	struct given given;
	const char *why = given_take(&given, fd, path);

	if (!why)
		why = apply(alerter, given.bundle, given.conf);
	given_clear(&given);
	for (int i = 0; !why && i < SPOOL_WAYS; i++)
		go_on(&alerter->ways[i]);
	return why;
}

/* --- life ---------------------------------------------------------------------------- */

static void
on_end(evutil_socket_t fd, short what, void *arg)
{
	struct alerter *alerter = arg;

	roleloop_stop(alerter->loop);
}

static void
on_init(struct roleloop *loop, void *arg)
{
	struct alerter *alerter = arg;
	struct event_base *base = roleloop_base(loop);

	alerter->loop = loop;
	alerter->workers = peers_new(
	    base, ROLE_ALERTER, ROLE_PROXY, &worker_ops, NULL, alerter);
	alerter->end = evtimer_new(base, on_end, alerter);
	for (int i = 0; i < SPOOL_WAYS; i++) {
		struct way *way = &alerter->ways[i];

		way->alerter = alerter;
		way->which = (enum spool_way)i;
		way->retry = evtimer_new(base, on_retry, way);
		if (!way->retry || !alerter->end)
			fatal("cannot make a timer");
	}
}

static void
on_peer(
    struct roleloop *loop, enum role role, unsigned index, int fd, void *arg)
{
	struct alerter *alerter = arg;

	peers_set(alerter->workers, role, index, fd);
}

static const char *
on_start(struct roleloop *loop, void *arg)
{
	struct alerter *alerter = arg;

	if (!alerter->command)
		return NULL;
	alerter->runner = runner_start(
	    roleloop_base(loop), alerter->command, on_ran, alerter);
	if (!alerter->runner)
		return "the process for the alert command can't be made";
	go_on(&alerter->ways[SPOOL_COMMAND]);
	return NULL;
}

/* Nothing is lost: what waits is told by our successor. */
static void
on_drain(struct roleloop *loop, uint64_t deadline_ms, void *arg)
{
	struct alerter *alerter = arg;
	struct timeval in = { .tv_usec = LAST_WORDS_MS * 1000 };

	event_add(alerter->end, &in);
}

static void
put_way(const struct way *way, struct json *json)
{
	json_open(json, way_names[way->which]);
	json_u64(json, "waiting",
	    way->alerter->spool ? spool_waiting(way->alerter->spool, way->which)
				: 0);
	json_u64(json, "told", way->told);
	json_u64(json, "failed", way->failed);
	json_u64(json, "given_up", way->given_up);
	json_close(json);
}

static void
on_counters(struct json *json, void *arg)
{
	struct alerter *alerter = arg;

	for (int i = 0; i < SPOOL_WAYS; i++)
		put_way(&alerter->ways[i], json);
	json_u64(json, "lost", alerter->refused);
}

static void
on_leave(struct roleloop *loop, void *arg)
{
	struct alerter *alerter = arg;

	peers_free(alerter->workers);
	post_free(alerter->post);
	resolver_free(alerter->resolver);
	runner_free(alerter->runner);
	for (int i = 0; i < SPOOL_WAYS; i++)
		if (alerter->ways[i].retry)
			event_free(alerter->ways[i].retry);
	if (alerter->end)
		event_free(alerter->end);
}

static const struct roleloop_ops ops = {
	.on_init = on_init,
	.on_conf = on_conf,
	.on_peer = on_peer,
	.on_start = on_start,
	.on_drain = on_drain,
	.on_counters = on_counters,
	.on_exit = on_leave,
	.on = { [MSG_setup_spool] = on_spool },
};

int
alerter_main(unsigned index)
{
	struct alerter alerter = { .why = "the spool did not come" };
	int status = roleloop_run(ROLE_ALERTER, index, &ops, &alerter);

	spool_free(alerter.spool);
	SSL_CTX_free(alerter.ctx);
	arena_free(alerter.arena);
	free(alerter.command);
	return status;
}
