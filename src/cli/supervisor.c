/*
 * supervisor: putting the proxy together, keeping it together, taking it
 * apart.
 *
 * The first process and the only one that may be root.  It opens what others
 * need and hands it to them; it reads no byte of anybody's traffic, and
 * while all is well it sleeps.
 */
#include "cli/supervisor.h"

#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/children.h"
#include "cli/control.h"
#include "cli/filter_gate.h"
#include "cli/setup.h"
#include "cli/turnover.h"

/* --- signals and timers ------------------------------------------------------ */

static void
on_stop(evutil_socket_t signal_number, short what, void *arg)
{
	supervisor_stop(arg);
}

static void
on_hangup(evutil_socket_t signal_number, short what, void *arg)
{
	struct supervisor *supervisor = arg;

	turnover_start(supervisor->turnover, NULL, NULL);
}

static void
on_reopen(evutil_socket_t signal_number, short what, void *arg)
{
	struct supervisor *supervisor = arg;
	const char *why = records_open(
	    &supervisor->records, supervisor->config->conf);

	if (why) {
		log_error("records go on as they did: %s", why);
		return;
	}
	log_info("records are opened anew");
	setup_records(supervisor);
}

static void
on_child(evutil_socket_t signal_number, short what, void *arg)
{
	struct supervisor *supervisor = arg;

	children_reap(supervisor->children);
}

static const struct {
	int number;
	event_callback_fn on_signal;
} handled[SUPERVISOR_SIGNALS] = {
	{ SIGTERM, on_stop },
	{ SIGINT, on_stop },
	{ SIGHUP, on_hangup },
	{ SIGUSR1, on_reopen },
	{ SIGCHLD, on_child },
};

static void
on_ticket_time(evutil_socket_t fd, short what, void *arg)
{
	struct supervisor *supervisor = arg;

	keys_renew_tickets(&supervisor->keys);
	setup_tickets(supervisor);
}

static void
on_accounts(void *arg)
{
	struct supervisor *supervisor = arg;

	log_info("the account file changed");
	setup_accounts(supervisor);
}

static void
on_filter(void *arg)
{
	struct supervisor *supervisor = arg;

	log_info("there is a new filter");
	setup_filter(supervisor);
}

static void
on_secrets(void *arg)
{
	struct supervisor *supervisor = arg;

	log_info("a secret of a directory changed");
	setup_secrets(supervisor);
}

static void
watch(struct supervisor *supervisor)
{
	struct timeval life = { .tv_sec = KEYS_TICKET_LIFE_S };

	(void)signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < SUPERVISOR_SIGNALS; i++) {
		supervisor->signals[i] = evsignal_new(supervisor->base,
		    handled[i].number, handled[i].on_signal, supervisor);
		if (!supervisor->signals[i] ||
		    event_add(supervisor->signals[i], NULL) < 0)
			fatal("cannot watch a signal");
	}
	supervisor->ticket_timer = event_new(
	    supervisor->base, -1, EV_PERSIST, on_ticket_time, supervisor);
	if (!supervisor->ticket_timer ||
	    event_add(supervisor->ticket_timer, &life) < 0)
		fatal("cannot make a timer");
}

/* --- the beginning ------------------------------------------------------------- */

static unsigned
count_workers(const struct conf *conf)
{
	cpu_set_t set;

	if (conf->workers > 0)
		return conf->workers;
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (unsigned)CPU_COUNT(&set);
	return 1;
}

/* Without the socket that the file names nothing works as it says; without
 * the default one, which an ordinary user can't make, all but two verbs do. */
static const char *
open_control(struct supervisor *supervisor)
{
	const char *path = supervisor->config->conf->control_path;
	const char *why = NULL;

	if (path)
		supervisor->control = control_open(supervisor, path, &why);
	if (!path || supervisor->control)
		return NULL;
	if (strcmp(path, SUPERVISOR_CONTROL_DEFAULT) != 0)
		return why;
	log_warn("no reload and no status by command: %s", why);
	return NULL;
}

/* Everything that may be refused, before any process is made. */
static const char *
open_all(struct supervisor *supervisor)
{
	const struct conf *conf = supervisor->config->conf;
	const char *why = identity_choose(&supervisor->identity, conf);

	if (!why)
		why = secrets_check(conf, supervisor->why);
	if (!why)
		why = sockets_open(supervisor->sockets, conf);
	if (!why)
		why = records_open(&supervisor->records, conf);
	if (!why)
		why = open_control(supervisor);
	if (!why)
		supervisor->enforce = enforce_start(
		    supervisor->base, conf, &why);
	return why;
}

void
supervisor_watch_files(struct supervisor *supervisor)
{
	const struct conf *conf = supervisor->config->conf;

	account_file_watch(supervisor->accounts, conf->accounts_file);
	account_file_watch_name(supervisor->filter, conf->filter_path);
	secret_files_watch(supervisor->secrets, conf);
}

static void
init(struct supervisor *supervisor, const struct supervisor_opts *opts)
{
	supervisor->path = opts->path;
	supervisor->started_ms = clock_ms();
	supervisor->base = event_base_new();
	if (!supervisor->base)
		fatal("cannot make an event loop");
	supervisor->config->generation = 1;
	supervisor->workers = count_workers(supervisor->config->conf);
	notify_init(&supervisor->notify, opts->ready_fd);
	keys_init(&supervisor->keys);
	records_init(&supervisor->records);
	supervisor->sockets = sockets_new(supervisor->workers);
	supervisor->whois = whois_new();
	supervisor->accounts = account_file_new(
	    supervisor->base, on_accounts, supervisor);
	supervisor->secrets = secret_files_new(
	    supervisor->base, on_secrets, supervisor);
	supervisor->filter = account_file_new(
	    supervisor->base, on_filter, supervisor);
	supervisor->gate = filter_gate_new();
	supervisor->aging = aging_new(supervisor);
	supervisor->turnover = turnover_new(supervisor);
	watch(supervisor);
}

static void
clear(struct supervisor *supervisor)
{
	control_close(supervisor->control);
	children_free(supervisor->children);
	enforce_stop(supervisor->enforce);
	turnover_free(supervisor->turnover);
	account_file_free(supervisor->accounts);
	secret_files_free(supervisor->secrets);
	account_file_free(supervisor->filter);
	filter_gate_free(supervisor->gate);
	aging_free(supervisor->aging);
	sockets_free(supervisor->sockets);
	whois_free(supervisor->whois);
	records_clear(&supervisor->records);
	keys_clear(&supervisor->keys);
	notify_clear(&supervisor->notify);
	config_free(supervisor->config);
	for (int i = 0; i < SUPERVISOR_SIGNALS; i++)
		event_free(supervisor->signals[i]);
	event_free(supervisor->ticket_timer);
	event_base_free(supervisor->base);
}

int
supervisor_run(const struct supervisor_opts *opts)
{
	struct supervisor supervisor = { .status = 0 };
	const char *why;

	supervisor.config = config_load_and_tell(opts->path);
	if (!supervisor.config)
		return 1;
	log_init("supervisor", log_get_level());
	init(&supervisor, opts);
	why = open_all(&supervisor);
	if (why) {
		log_error("%s", why);
		supervisor.status = 1;
	} else {
		supervisor_watch_files(&supervisor);
		supervisor.children = children_new(
		    &supervisor, supervisor.workers);
		children_start(supervisor.children);
		event_base_dispatch(supervisor.base);
		log_info("stopped");
	}
	clear(&supervisor);
	return supervisor.status;
}

/* --- the end ---------------------------------------------------------------------- */

static void
stop_listening(struct supervisor *supervisor)
{
	for (unsigned i = 0; i < supervisor->workers; i++)
		sockets_close_worker(supervisor->sockets, i);
}

void
supervisor_stop(struct supervisor *supervisor)
{
	uint64_t drain = supervisor->config->conf->timeouts.drain;

	if (supervisor->draining) {
		log_warn("stopping at once");
		children_kill(supervisor->children);
		return;
	}
	supervisor->draining = true;
	log_info("stopping: what is under way has %" PRIu64 " s", drain / 1000);
	notify_stopping(&supervisor->notify);
	stop_listening(supervisor);
	children_drain(supervisor->children, clock_ms() + drain);
}

void
supervisor_fail(struct supervisor *supervisor, const char *why)
{
	if (why)
		log_error("%s", why);
	supervisor->status = 1;
	supervisor->draining = true;
	children_kill(supervisor->children);
	if (children_all_gone(supervisor->children))
		event_base_loopbreak(supervisor->base);
}

void
supervisor_where(const struct supervisor *supervisor, char *buf, size_t size)
{
	const struct sockets *sockets = supervisor->sockets;
	char text[ADDR_TEXT_SIZE];
	size_t n = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < sockets_count(sockets) && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s",
		    i > 0 ? ", " : "",
		    addr_text_port(text, sockets_bound(sockets, i)));
}
