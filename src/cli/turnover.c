/*
 * turnover: from SIGHUP or `sallyport reload` to everybody's answer.
 *
 * Runs in the supervisor, one at a time.  The configuration in force is
 * replaced at once and kept aside until all have answered, so that a process
 * which is started meanwhile gets the new one, too.
 */
#include "cli/turnover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/children.h"
#include "cli/setup.h"
#include "cli/supervisor.h"

#define ANSWER_S 10

struct turnover {
	struct supervisor *supervisor; /* borrowed */
	struct config *previous;       /* owned; NULL: none under way */
	struct event *timer;           /* owned */
	turnover_fn *on_done;
	void *arg;   /* borrowed */
	char *words; /* owned: what on_done will be told */
	size_t nwords;
	FILE *out; /* owned: writes words */
};

/* --- telling ---------------------------------------------------------------- */

static void
words_open(struct turnover *turnover)
{
	turnover->out = open_memstream(&turnover->words, &turnover->nwords);
	if (!turnover->out)
		fatal("out of memory (a reload's answer)");
}

static void
finish(struct turnover *turnover, bool ok)
{
	turnover_fn *on_done = turnover->on_done;
	void *arg = turnover->arg;
	char *words;

	(void)fclose(turnover->out);
	words = turnover->words;
	turnover->out = NULL;
	turnover->words = NULL;
	turnover->on_done = NULL;
	notify_reloaded(&turnover->supervisor->notify);
	if (on_done)
		on_done(ok, words, arg);
	free(words);
}

/* Said twice: to the log and to whoever asked. */
static void
refuse(struct turnover *turnover, const char *why)
{
	log_error("reload refused: %s; the old configuration stays", why);
	fprintf(turnover->out, "%s\nthe old configuration stays\n", why);
	finish(turnover, false);
}

/* --- before: may it be? --------------------------------------------------------- */

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void
warn_of_restart(struct turnover *turnover, const char *what)
{
	log_warn("%s changed: that takes a restart", what);
	fprintf(turnover->out, "%s changed: that takes a restart\n", what);
}

/* What is decided once, when the processes are made. */
static void
look_for_fixed(struct turnover *turnover, const struct conf *next)
{
	const struct supervisor *supervisor = turnover->supervisor;
	const struct conf *old = supervisor->config->conf;

	if (!same_text(next->run_user, old->run_user))
		warn_of_restart(turnover, "the user to run as");
	if (next->workers != old->workers)
		warn_of_restart(turnover, "the number of workers");
	if ((next->guarding.packets == PACKETS_OFF) !=
	    (old->guarding.packets == PACKETS_OFF))
		warn_of_restart(turnover, "the kernel's part (guard packets)");
	if (!same_text(next->control_path, old->control_path))
		warn_of_restart(turnover, "the control socket");
	if (!same_text(next->alert_command, old->alert_command) ||
	    !next->alert_spool != !old->alert_spool)
		warn_of_restart(turnover, "the way alerts go");
	if (next->limits.inspect_bytes != old->limits.inspect_bytes)
		warn_of_restart(turnover, "the limit inspect-bytes");
	if (supervisor->identity.change && !supervisor->identity.mark &&
	    identity_wants_mark(next))
		warn_of_restart(turnover, "the use of marks on packets");
}

/* Opens what the new one needs besides the old; NULL or why not. */
static const char *
open_for(struct supervisor *supervisor, const struct conf *next)
{
	const char *why = secrets_check(next, supervisor->why);

	if (!why)
		why = sockets_open(supervisor->sockets, next);
	if (!why) {
		why = records_open(&supervisor->records, next);
		if (why) /* what was opened for nothing */
			sockets_keep_only(
			    supervisor->sockets, supervisor->config->conf);
	}
	return why;
}

static struct config *
read_next(struct turnover *turnover)
{
	struct supervisor *supervisor = turnover->supervisor;
	struct diags diags = { .v = NULL };
	struct config *next = config_load(supervisor->path, &diags);
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	if (!out)
		fatal("out of memory (findings)");
	diags_print(&diags, out);
	(void)fclose(out);
	fputs(text, stderr); /* lines with carets: not for the log's escaping */
	fputs(text, turnover->out);
	free(text);
	diags_clear(&diags);
	return next;
}

/* --- during and after --------------------------------------------------------------- */

static void
put_in_force(struct turnover *turnover, struct config *next)
{
	struct supervisor *supervisor = turnover->supervisor;
	struct timeval limit = { .tv_sec = ANSWER_S };

	next->generation = supervisor->config->generation + 1;
	turnover->previous = supervisor->config;
	supervisor->config = next;
	supervisor_watch_files(supervisor);
	setup_configuration(supervisor);
	event_add(turnover->timer, &limit);
	turnover_check(turnover);
}

void
turnover_start(struct turnover *turnover, turnover_fn *on_done, void *arg)
{
	struct supervisor *supervisor = turnover->supervisor;
	struct config *next;
	const char *why;

	if (turnover->out || !supervisor->announced || supervisor->draining) {
		why = turnover->out ? "a reload is under way"
				    : "the proxy is starting or stopping";
		log_warn("reload refused: %s", why);
		if (on_done)
			on_done(false, why, arg);
		return;
	}
	log_info("reading %s anew", supervisor->path);
	notify_reloading(&supervisor->notify);
	words_open(turnover);
	turnover->on_done = on_done;
	turnover->arg = arg;
	next = read_next(turnover);
	if (!next) {
		refuse(turnover, "the file has errors");
		return;
	}
	why = open_for(supervisor, next->conf);
	if (why) {
		config_free(next);
		refuse(turnover, why);
		return;
	}
	look_for_fixed(turnover, next->conf);
	put_in_force(turnover, next);
}

/* All that run have the newest; the old one and what only it needed goes. */
static void
complete(struct turnover *turnover)
{
	struct supervisor *supervisor = turnover->supervisor;

	event_del(turnover->timer);
	sockets_keep_only(supervisor->sockets, supervisor->config->conf);
	config_free(turnover->previous);
	turnover->previous = NULL;
	enforce_changed(supervisor->enforce);
	log_info("reloaded: configuration %u is in force",
	    supervisor->config->generation);
	fprintf(turnover->out, "configuration %u is in force\n",
	    supervisor->config->generation);
	finish(turnover, true);
}

static bool
has_newest(const struct child *child, uint32_t generation)
{
	/* one that starts was given the newest, or will be */
	return child->state != CHILD_READY || child->generation == generation;
}

void
turnover_check(struct turnover *turnover)
{
	struct supervisor *supervisor = turnover->supervisor;

	if (!turnover->previous)
		return;
	for (size_t i = 0; i < children_count(supervisor->children); i++)
		if (!has_newest(children_at(supervisor->children, i),
			supervisor->config->generation))
			return;
	complete(turnover);
}

void
turnover_refused(struct turnover *turnover, const char *name,
    uint32_t generation, const char *why)
{
	struct supervisor *supervisor = turnover->supervisor;
	struct config *refused = supervisor->config;
	char words[LOG_QUOTE_SIZE + 64];

	if (!turnover->previous || generation != refused->generation) {
		log_error(
		    "%s refused configuration %u: %s", name, generation, why);
		return;
	}
	event_del(turnover->timer);
	supervisor->config = turnover->previous;
	turnover->previous = NULL;
	/* a number of its own, so that answers can't be mistaken */
	supervisor->config->generation = refused->generation + 1;
	sockets_keep_only(supervisor->sockets, supervisor->config->conf);
	if (records_open(&supervisor->records, supervisor->config->conf))
		log_error("the old sink of records can't be opened again");
	supervisor_watch_files(supervisor);
	setup_configuration(supervisor);
	config_free(refused);
	snprintf(words, sizeof(words), "%s: %s", name, why);
	refuse(turnover, words);
}

static void
on_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct turnover *turnover = arg;
	struct supervisor *supervisor = turnover->supervisor;
	uint32_t generation = supervisor->config->generation;

	for (size_t i = 0; i < children_count(supervisor->children); i++) {
		struct child *child = children_at(supervisor->children, i);

		if (has_newest(child, generation))
			continue;
		log_error("%s did not take the new configuration in %d s:"
			  " it is ended",
		    child->name, ANSWER_S);
		child_kill(child);
	}
}

/* --- life --------------------------------------------------------------------- */

struct turnover *
turnover_new(struct supervisor *supervisor)
{
	struct turnover *turnover = mem_zalloc(sizeof(*turnover));

	turnover->supervisor = supervisor;
	turnover->timer = evtimer_new(supervisor->base, on_timeout, turnover);
	if (!turnover->timer)
		fatal("cannot make a timer");
	return turnover;
}

void
turnover_free(struct turnover *turnover)
{
	if (!turnover)
		return;
	if (turnover->out)
		(void)fclose(turnover->out);
	free(turnover->words);
	config_free(turnover->previous);
	event_free(turnover->timer);
	free(turnover);
}

void
turnover_forget(struct turnover *turnover, const void *arg)
{
	if (turnover->arg == arg)
		turnover->on_done = NULL;
}
