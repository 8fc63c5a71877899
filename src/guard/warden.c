/*
 * warden: the process that marks the workers' sockets as their accounts'.
 *
 * It holds descriptors of the kernel's maps and nothing else: no privilege,
 * no file, no network.  A worker shows it the directory's word for a login
 * (ipc/proof.h), a socket and where it is to go; only what the rules don't
 * forbid is marked, and only for that one place.
 */
#include "guard/warden.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/reach.h"
#include "base/sink.h"
#include "conf/given.h"
#include "guard/denial.h"
#include "guard/events.h"
#include "guard/bearers.h"
#include "guard/tags.h"
#include "ipc/peers.h"
#include "ipc/roleloop.h"

#define EVERY_S 60 /* rules with times are looked at anew */
#define PLACES_MAX 32

struct warden {
	struct roleloop *loop; /* borrowed */
	int fds[GUARD_MAPS];   /* owned */
	struct tables *tables; /* owned, as all below */
	struct bearers *bearers;
	struct events *events;
	struct event *on_ring, *on_minute;
	struct peers *workers;
	struct keyed *proof;
	struct given given;               /* in force; owned */
	struct prefix places[PLACES_MAX]; /* for sockets without an account */
	uint16_t ports[PLACES_MAX];
	size_t nplaces;
	bool places_taken; /* by a configuration: the next one begins anew */
	struct log_limit refused;
	struct sink sink;  /* of records */
	struct json lines; /* not written yet */
	struct {
		uint64_t done, denied, unknown, failed;
	} counts;
};

/* --- before the start ------------------------------------------------------------- */

static void
on_map(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct warden *warden = arg;
	uint8_t map = body->setup_map.map;

	if (map >= GUARD_MAPS || fd < 0 || warden->fds[map] >= 0)
		fatal("corrupt channel: a map that is none");
	warden->fds[map] = fd;
}

static void
on_place(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct warden *warden = arg;
	struct addr addr = addr_unfold(body->setup_place.addr);

	if (warden->places_taken)
		warden->nplaces = 0;
	warden->places_taken = false;
	if (warden->nplaces == PLACES_MAX)
		return;
	memcpy(warden->places[warden->nplaces].ip, addr.ip, sizeof(addr.ip));
	warden->places[warden->nplaces].len = 128;
	warden->ports[warden->nplaces++] = addr.port;
}

static void
on_record(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct warden *warden = arg;

	if (body->setup_record.sink > RECORD_OFF)
		fatal("corrupt channel: a sink that is none");
	sink_set(&warden->sink, body->setup_record.sink, fd);
}

static void
on_proof_key(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct warden *warden = arg;

	keyed_free(warden->proof);
	warden->proof = keyed_new_from(body->setup_proof_key.key);
}

static const char *
open_maps(struct warden *warden)
{
	if (warden->tables)
		return NULL;
	for (int i = 0; i < GUARD_MAPS; i++)
		if (warden->fds[i] < 0)
			return "a map did not come along";
	warden->tables = tables_new(warden->fds);
	if (!warden->tables)
		return "the maps can't be used";
	warden->bearers = bearers_new(warden->tables);
	return NULL;
}

/* --- rules ---------------------------------------------------------------------------- */

static const char *
load(struct warden *warden, const struct conf *conf)
{
	struct tables_places self = { warden->places, warden->ports,
		warden->nplaces };

	warden->places_taken = true;
	return bearers_load(warden->bearers, conf, &self, time(NULL));
}

static const char *
on_conf(struct roleloop *loop, struct slice path, int fd, void *arg)
{
	struct warden *warden = arg;
	struct given given;
	const char *why = given_take(&given, fd, path);

	if (!why)
		why = open_maps(warden);
	if (!why)
		why = load(warden, given.conf);
	if (why) {
		given_clear(&given);
		return why;
	}
	given_clear(&warden->given);
	warden->given = given;
	return NULL;
}

/* --- what workers ask -------------------------------------------------------------------- */

/* NULL, or why that login can't have connections. */
static const char *
enter(
    struct warden *warden, const struct login_words *login, struct slice proof)
{
	if (!warden->proof || login->session == 0 ||
	    !proof_holds(warden->proof, login, proof))
		return "no login that the directory knows of";
	return bearers_enter(warden->bearers, login);
}

static enum tag_verdict
mark(struct warden *warden, const struct msg_tag_ask *ask, int fd)
{
	struct login_words login = { ask->number, ask->session, ask->account,
		ask->groups };
	struct tag tag = {
		.account = ask->number, .session = ask->session, .pin = &ask->to
	};
	const char *why;
	unsigned missed;

	if (fd < 0)
		return TAG_FAILED;
	why = enter(warden, &login, ask->proof);
	if (why) {
		if (log_allowed(&warden->refused, 10, &missed))
			log_warn("a socket was not marked: %s", why);
		return TAG_UNKNOWN;
	}
	/* observing denies nothing */
	if (tables_mode(warden->tables) == GUARD_MODE_ENFORCE &&
	    !bearers_allow(warden->bearers, ask->number, &ask->to))
		return TAG_DENIED;
	if (tags_set(warden->fds[GUARD_MAP_TAGS], fd, &tag) < 0) {
		if (log_allowed(&warden->refused, 10, &missed))
			log_error("a socket was not marked: %m");
		return TAG_FAILED;
	}
	return TAG_DONE;
}

static void
on_tag_ask(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct warden *warden = peer->arg;
	enum tag_verdict verdict = mark(warden, &body->tag_ask, fd);
	struct msg_tag_done done = { .id = body->tag_ask.id,
		.verdict = (uint8_t)verdict };

	if (fd >= 0)
		close(fd);
	warden->counts.done += verdict == TAG_DONE;
	warden->counts.denied += verdict == TAG_DENIED;
	warden->counts.unknown += verdict == TAG_UNKNOWN;
	warden->counts.failed += verdict == TAG_FAILED;
	(void)peers_send(warden->workers, peer->id, MSG_tag_done, &done);
}

static void
on_login_note(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct warden *warden = peer->arg;
	const struct msg_login_note *note = &body->login_note;
	struct login_words login = { note->number, note->session, note->account,
		note->groups };

	(void)enter(warden, &login, note->proof);
}

static const struct chan_ops worker_ops = {
	.on = { [MSG_tag_ask] = on_tag_ask, [MSG_login_note] = on_login_note },
	.on_closed = peers_on_closed,
};

static void
on_peer(
    struct roleloop *loop, enum role other, unsigned index, int fd, void *arg)
{
	struct warden *warden = arg;

	peers_set(warden->workers, other, index, fd);
}

/* --- what the kernel tells ------------------------------------------------------------------ */

static void
on_event(const struct guard_event *event, void *arg)
{
	struct warden *warden = arg;
	struct denial denial = { .event = event };
	char text[DENIAL_SIZE];

	if (event->account != GUARD_NOBODY)
		denial.account = bearers_name(warden->bearers, event->account);
	if (event->why == GUARD_WHY_RULE && warden->given.conf &&
	    event->generation == tables_generation(warden->tables))
		denial.label = compile_label(warden->given.conf, event->rule);
	log_warn("%s", denial_text(text, &denial));
	denial_json(&warden->lines, &denial);
}

static void
write_records(struct warden *warden)
{
	sink_write_once(
	    &warden->sink, slice_from(warden->lines.p, warden->lines.n));
	json_reset(&warden->lines);
}

static void
on_left_out(uint32_t account, uint32_t left_out, void *arg)
{
	struct guard_event event = denial_left_out(account, left_out);

	on_event(&event, arg);
}

static void
tell_left_out(struct warden *warden)
{
	tables_take_left_out(warden->tables, on_left_out, warden);
	write_records(warden);
}

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	struct warden *warden = arg;
	const char *why;

	tell_left_out(warden);
	if (!compile_has_times(warden->given.conf))
		return;
	why = load(warden, warden->given.conf);
	if (why)
		log_error("the rules of this minute are not in force: %s", why);
}

static void
on_ring(evutil_socket_t fd, short what, void *arg)
{
	struct warden *warden = arg;

	events_drain(warden->events);
	write_records(warden);
}

/* --- life -------------------------------------------------------------------------------------- */

static void
on_init(struct roleloop *loop, void *arg)
{
	struct warden *warden = arg;

	warden->loop = loop;
	warden->workers = peers_new(roleloop_base(loop), ROLE_GUARD, ROLE_PROXY,
	    &worker_ops, NULL, warden);
}

static const char *
on_start(struct roleloop *loop, void *arg)
{
	struct warden *warden = arg;
	struct event_base *base = roleloop_base(loop);
	struct timeval each = { .tv_sec = EVERY_S };

	warden->events = events_new(
	    warden->fds[GUARD_MAP_EVENTS], on_event, warden);
	if (!warden->events)
		return "the kernel's events can't be read";
	warden->on_ring = event_new(base, events_fd(warden->events),
	    EV_READ | EV_PERSIST, on_ring, warden);
	warden->on_minute = event_new(base, -1, EV_PERSIST, on_time, warden);
	if (!warden->on_ring || !warden->on_minute ||
	    event_add(warden->on_ring, NULL) < 0 ||
	    event_add(warden->on_minute, &each) < 0)
		return "cannot watch for events";
	return NULL;
}

static void
on_counters(struct json *json, void *arg)
{
	struct warden *warden = arg;
	uint64_t counts[GUARD_COUNT_MAX];

	tables_counts(warden->tables, counts);
	json_u64(json, "accounts", bearers_count(warden->bearers));
	json_u64(json, "prefixes", tables_entries(warden->tables));
	json_u64(json, "tagged", warden->counts.done);
	json_u64(json, "tags_denied", warden->counts.denied);
	json_u64(json, "tags_unknown", warden->counts.unknown);
	json_u64(json, "tags_failed", warden->counts.failed);
	for (int i = 0; i < GUARD_WHY_COUNT; i++)
		json_u64(json, events_why_word((enum guard_why)i), counts[i]);
	json_u64(json, "events_left_out", counts[GUARD_COUNT_LOST]);
	json_u64(json, "records_lost", warden->sink.lost);
}

static void
on_leave(struct roleloop *loop, void *arg)
{
	struct warden *warden = arg;

	if (warden->tables)
		tell_left_out(warden);
	sink_clear(&warden->sink);
	json_clear(&warden->lines);
	peers_free(warden->workers);
	if (warden->on_ring)
		event_free(warden->on_ring);
	if (warden->on_minute)
		event_free(warden->on_minute);
	events_free(warden->events);
	bearers_free(warden->bearers);
	tables_free(warden->tables);
	keyed_free(warden->proof);
	given_clear(&warden->given);
	for (int i = 0; i < GUARD_MAPS; i++)
		if (warden->fds[i] >= 0)
			close(warden->fds[i]);
}

static const struct roleloop_ops ops = {
	.on_init = on_init,
	.on_conf = on_conf,
	.on_peer = on_peer,
	.on_start = on_start,
	.on_counters = on_counters,
	.on_exit = on_leave,
	.on = { [MSG_setup_map] = on_map,
	    [MSG_setup_place] = on_place,
	    [MSG_setup_record] = on_record,
	    [MSG_setup_proof_key] = on_proof_key },
};

int
guard_main(unsigned index)
{
	struct warden warden = { .loop = NULL };

	for (int i = 0; i < GUARD_MAPS; i++)
		warden.fds[i] = -1;
	sink_init(&warden.sink);
	json_init(&warden.lines);
	return roleloop_run(ROLE_GUARD, index, &ops, &warden);
}
