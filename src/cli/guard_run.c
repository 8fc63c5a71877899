/*
 * guard_run: brings the filter into the kernel, keeps its rules as the
 * configuration says, and tells what it denies.
 *
 * Starts with the capabilities that loading needs and drops all of them
 * before the first event: rules are reloaded through map descriptors.  When
 * it ends, in whatever way, the filter stays with the rules it had.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/log.h"
#include "cli/caps.h"
#include "cli/closer.h"
#include "cli/feed.h"
#include "cli/guard.h"
#include "cli/hostconf.h"
#include "cli/loginlock.h"
#include "cli/notify.h"
#include "cli/records.h"
#include "cli/verb.h"
#include "guard/asker.h"
#include "guard/events.h"
#include "guard/hostguard.h"

#define NAMES_MS 3000 /* is waited for them at the start */
#define EVERY_S 60    /* rules with times are looked at anew */

struct watch {
	const struct guard_args *args; /* borrowed */
	struct event_base *base;       /* owned, as all below */
	struct hostconf *config;
	struct asker *asker;     /* NULL: names stand for nothing */
	struct namepins *pinned; /* as asker */
	struct guard *guard;
	struct tables *tables;
	struct hostguard *host;
	struct events *events;
	struct closer *closer; /* NULL: none */
	struct feed *feed;     /* NULL: none */
	struct records records;
	struct sink sink; /* writes to a copy of theirs */
	struct json line;
	struct notify notify;
	struct event *on_stop[2], *on_reload, *on_reopen, *on_ring, *on_minute;
	int fds[GUARD_MAPS]; /* borrowed from the guard */
};

/* --- records ------------------------------------------------------------------- */

/* The filter matters more than its records: without them it goes on. */
static void
open_records(struct watch *watch)
{
	const char *why = records_open(&watch->records, watch->config->conf);
	int fd = -1;

	if (why) {
		log_error("no new place for records: %s", why);
		return;
	}
	if (watch->records.fd >= 0)
		fd = fcntl(watch->records.fd, F_DUPFD_CLOEXEC, 0);
	sink_set(&watch->sink, fd >= 0 ? watch->records.sink : RECORD_OFF, fd);
}

/* --- rules ------------------------------------------------------------------- */

static const char *
load(
    struct watch *watch, const struct conf *conf, const struct namepins *pinned)
{
	return hostguard_load(watch->host, conf, pinned, time(NULL));
}

/* Names have other addresses, or a minute other rules. */
static void
refresh(struct watch *watch)
{
	const char *why = load(watch, watch->config->conf, watch->pinned);

	if (why)
		log_error("the rules of this minute are not in force: %s", why);
	else
		closer_ask(watch->closer);
}

static void
on_names(void *arg)
{
	struct watch *watch = arg;

	/* not before the first rules are there */
	if (!watch->host)
		return;
	refresh(watch);
	log_info("names have other addresses, generation %u",
	    tables_generation(watch->tables));
}

/* From now on it is the names of the configuration that are asked for, where
 * it says. */
static void
take_names(struct watch *watch, struct namepins *pinned)
{
	struct namepins *former = watch->pinned;

	asker_free(watch->asker);
	watch->asker = NULL;
	watch->pinned = pinned;
	namepins_free(former);
	if (!pinned)
		return;
	watch->asker = asker_new(
	    watch->base, watch->config->conf, on_names, watch);
	asker_take(watch->asker, pinned);
}

static struct namepins *
names_of(const struct watch *watch, const struct conf *conf)
{
	return conf->guarding.names_pinned ? namepins_new(conf, watch->pinned)
					   : NULL;
}

static void
reload(struct watch *watch)
{
	struct namepins *pinned;
	struct hostconf *config = hostconf_load(watch->args->file), *former;
	const char *why;

	if (!config) {
		log_error("the rules stay as they are");
		return;
	}
	pinned = names_of(watch, config->conf);
	why = load(watch, config->conf, pinned);
	if (why) {
		log_error("the rules stay as they are: %s", why);
		namepins_free(pinned);
		hostconf_free(config);
		return;
	}
	former = watch->config;
	watch->config = config;
	take_names(watch, pinned);
	hostconf_free(former);
	open_records(watch);
	closer_ask(watch->closer);
	log_info("%zu rules for %zu accounts are in force, generation %u",
	    config->conf->rules.n, hostguard_accounts(watch->host),
	    tables_generation(watch->tables));
}

/* --- what happens ---------------------------------------------------------------- */

static void
on_signal(evutil_socket_t number, short what, void *arg)
{
	struct watch *watch = arg;

	event_base_loopbreak(watch->base);
}

static void
on_reopen(evutil_socket_t number, short what, void *arg)
{
	open_records(arg);
}

static void
on_hangup(evutil_socket_t number, short what, void *arg)
{
	struct watch *watch = arg;

	notify_reloading(&watch->notify);
	reload(watch);
	notify_reloaded(&watch->notify);
}

static void
on_event(const struct guard_event *event, void *arg)
{
	struct watch *watch = arg;
	struct denial denial = hostguard_denial(watch->host, event);
	char text[DENIAL_SIZE];
	struct slice line;

	if (event->why == GUARD_WHY_NO_ACCOUNT) {
		hostguard_learn(watch->host, event->uid);
		if (event->loginuid != GUARD_NOBODY)
			hostguard_learn(watch->host, event->loginuid);
	}
	log_info("%s", denial_text(text, &denial));
	json_reset(&watch->line);
	denial_json(&watch->line, &denial);
	line = slice_from(watch->line.p, watch->line.n);
	sink_write_once(&watch->sink, line);
	if (watch->feed)
		feed_say(watch->feed, line);
}

static void
on_left_out(uint32_t account, uint32_t left_out, void *arg)
{
	struct guard_event event = denial_left_out(account, left_out);

	on_event(&event, arg);
}

static void
tell_left_out(struct watch *watch)
{
	tables_take_left_out(watch->tables, on_left_out, watch);
}

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	struct watch *watch = arg;

	tell_left_out(watch);
	if (compile_has_times(watch->config->conf))
		refresh(watch);
}

static void
on_ring(evutil_socket_t fd, short what, void *arg)
{
	struct watch *watch = arg;

	events_drain(watch->events);
}

/* --- the beginning ------------------------------------------------------------------- */

/* Who can't be asked now is denied what needs it, and asked again. */
static void
learn_names(struct watch *watch)
{
	if (!watch->config->conf->guarding.names_pinned)
		return;
	take_names(watch, names_of(watch, watch->config->conf));
	asker_wait(watch->asker, NAMES_MS);
}

/* Rules come before the programs are attached: at no moment is anybody
 * denied for want of them. */
static const char *
bring(struct watch *watch)
{
	struct guard_opts opts = { .form = GUARD_FORM_HOST,
		.pins = watch->args->pins };
	const char *cgroup = watch->args->cgroup, *why = NULL;

	if (!cgroup)
		cgroup = guard_cgroup_root();
	if (!cgroup)
		return "there is no cgroup2 on this system";
	watch->guard = guard_load(&opts, &why);
	if (!watch->guard)
		return why;
	for (int i = 0; i < GUARD_MAPS; i++)
		watch->fds[i] = guard_map_fd(watch->guard, (enum guard_map)i);
	watch->tables = tables_new(watch->fds);
	if (!watch->tables)
		return strerror(errno);
	watch->host = hostguard_new(watch->tables);
	why = load(watch, watch->config->conf, watch->pinned);
	/* before anything is held that would stay */
	if (!why && watch->args->lock_logins)
		why = loginlock_set();
	if (!why)
		why = guard_attach(watch->guard, cgroup);
	if (!why && !guard_has_families(watch->guard, &why)) {
		log_warn("sockets of other families than IP are not refused:"
			 " %s",
		    why);
		why = NULL;
	}
	return why;
}

static void
must_add(struct event *event, const struct timeval *each)
{
	if (!event || event_add(event, each) < 0)
		fatal("cannot watch for events");
}

static void
listen_for(struct watch *watch)
{
	static const int stops[] = { SIGTERM, SIGINT };
	struct timeval each = { .tv_sec = EVERY_S };

	(void)signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < 2; i++) {
		watch->on_stop[i] = evsignal_new(
		    watch->base, stops[i], on_signal, watch);
		must_add(watch->on_stop[i], NULL);
	}
	watch->on_reload = evsignal_new(watch->base, SIGHUP, on_hangup, watch);
	must_add(watch->on_reload, NULL);
	watch->on_reopen = evsignal_new(watch->base, SIGUSR1, on_reopen, watch);
	must_add(watch->on_reopen, NULL);
	watch->on_ring = event_new(watch->base, events_fd(watch->events),
	    EV_READ | EV_PERSIST, on_ring, watch);
	must_add(watch->on_ring, NULL);
	watch->on_minute = event_new(
	    watch->base, -1, EV_PERSIST, on_time, watch);
	must_add(watch->on_minute, &each);
}

/* What was open before us, and is forbidden, ends now. */
static void
start_closer(struct watch *watch)
{
	const char *why = NULL;

	if (!watch->args->close_forbidden &&
	    !watch->config->conf->guarding.close)
		return;
	watch->closer = closer_start(watch->base, watch->guard, &why);
	if (!watch->closer)
		fatal("cannot start what closes connections: %s", why);
	closer_ask(watch->closer);
}

static void
begin(struct watch *watch)
{
	watch->events = events_new(
	    watch->fds[GUARD_MAP_EVENTS], on_event, watch);
	if (!watch->events)
		fatal("cannot read the kernel's events: %m");
	watch->feed = feed_open(watch->base, watch->args->socket);
	if (!watch->feed)
		log_warn(
		    "nobody can follow denials at %s: %m", watch->args->socket);
	open_records(watch);
	start_closer(watch);
	listen_for(watch);
	caps_keep(-1);
	log_info("%zu rules for %zu accounts are in force",
	    watch->config->conf->rules.n, hostguard_accounts(watch->host));
}

static void
end(struct watch *watch)
{
	struct event *events[] = { watch->on_stop[0], watch->on_stop[1],
		watch->on_reload, watch->on_reopen, watch->on_ring,
		watch->on_minute };

	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (events[i])
			event_free(events[i]);
	if (watch->tables)
		tell_left_out(watch);
	closer_stop(watch->closer);
	asker_free(watch->asker);
	namepins_free(watch->pinned);
	feed_close(watch->feed);
	sink_clear(&watch->sink);
	records_clear(&watch->records);
	events_free(watch->events);
	hostguard_free(watch->host);
	tables_free(watch->tables);
	guard_free(watch->guard);
	hostconf_free(watch->config);
	json_clear(&watch->line);
	notify_clear(&watch->notify);
	if (watch->base)
		event_base_free(watch->base);
}

int
guard_verb_run(const struct guard_args *args)
{
	struct watch watch = { .args = args };
	const char *why;

	json_init(&watch.line);
	records_init(&watch.records);
	sink_init(&watch.sink);
	notify_init(&watch.notify, args->ready_fd);
	log_init("guard", log_get_level());
	watch.base = event_base_new();
	if (!watch.base)
		fatal("cannot make an event loop");
	watch.config = hostconf_load(args->file);
	if (!watch.config) {
		end(&watch);
		return VERB_FAILED;
	}
	learn_names(&watch);
	why = bring(&watch);
	if (why) {
		log_error("%s", why);
		/* maps alone filter nothing */
		if (guard_count_pins(args->pins, GUARD_FORM_HOST) == 0)
			(void)guard_remove(args->pins, GUARD_FORM_HOST);
		end(&watch);
		return VERB_FAILED;
	}
	begin(&watch);
	notify_ready(&watch.notify, "the packets of this host");
	event_base_dispatch(watch.base);
	notify_stopping(&watch.notify);
	log_info("stopped; the filter stays until `sallyport guard off`");
	end(&watch);
	return VERB_OK;
}
