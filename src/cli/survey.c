/*
 * survey: one question, many answers, a time limit.
 *
 * Runs in the supervisor.  What a process says is passed on line by line
 * under the process's name, which is ours to give; it is not parsed here.
 */
#include "cli/survey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#define ANSWER_MS 3000

struct survey {
	struct supervisor *supervisor; /* borrowed */
	enum status_what what;
	uint64_t id;
	bool *waiting;          /* owned: by child */
	struct evbuffer *lines; /* owned */
	struct event *timer;    /* owned: the limit, or now */
	survey_fn *on_done;
	void *arg; /* borrowed */
};

static const char *const state_names[] = {
	[CHILD_DOWN] = "down",
	[CHILD_STARTING] = "starting",
	[CHILD_READY] = "ready",
	[CHILD_ENDING] = "ending",
};

static const char *const part_kinds[] = {
	[STATUS_SUMMARY] = "counters",
	[STATUS_CONNECTIONS] = "connection",
	[STATUS_PINNED] = "pinned",
};

/* --- what the supervisor knows by itself ---------------------------------------- */

static void
add_line(struct survey *survey, const char *kind, enum role role,
    unsigned index, struct slice json)
{
	if (evbuffer_get_length(survey->lines) + json.n > SURVEY_MAX)
		return;
	evbuffer_add_printf(
	    survey->lines, "%s %s %u ", kind, role_info(role)->name, index);
	evbuffer_add(survey->lines, json.p, json.n);
	evbuffer_add(survey->lines, "\n", 1);
}

static void
add_supervisor(struct survey *survey)
{
	const struct supervisor *supervisor = survey->supervisor;
	char where[1024];
	struct json json;

	supervisor_where(supervisor, where, sizeof(where));
	json_init(&json);
	json_open(&json, NULL);
	json_str(&json, "version", SLICE(PACKAGE_VERSION));
	json_u64(&json, "pid", (uint64_t)getpid());
	json_u64(
	    &json, "uptime_s", (clock_ms() - supervisor->started_ms) / 1000);
	json_str(&json, "file", slice_of(supervisor->path));
	json_u64(&json, "configuration", supervisor->config->generation);
	json_str(&json, "listening", slice_of(where));
	json_bool(&json, "draining", supervisor->draining);
	json_close(&json);
	add_line(survey, "supervisor", ROLE_SUPERVISOR, 0,
	    slice_from(json.p, json.n));
	json_clear(&json);
}

static void
add_process(struct survey *survey, const struct child *child)
{
	struct json json;

	json_init(&json);
	json_open(&json, NULL);
	json_u64(&json, "pid", (uint64_t)child->pid);
	json_str(&json, "state", slice_of(state_names[child->state]));
	if (child->pid != 0)
		json_u64(
		    &json, "uptime_s", (clock_ms() - child->started_ms) / 1000);
	json_u64(&json, "restarts", child->restarts);
	json_u64(&json, "configuration", child->generation);
	json_close(&json);
	add_line(survey, "process", child->role, child->index,
	    slice_from(json.p, json.n));
	json_clear(&json);
}

/* --- asking and gathering ---------------------------------------------------------- */

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct survey *survey = arg;
	size_t n = evbuffer_get_length(survey->lines);
	const void *p = evbuffer_pullup(survey->lines, -1);

	survey->on_done(slice_from(p, p ? n : 0), survey->arg);
}

/* From the loop, so that nobody is called back from within a call. */
static void
finish_if_complete(struct survey *survey)
{
	struct timeval now = { .tv_sec = 0 };

	for (size_t i = 0; i < children_count(survey->supervisor->children);
	     i++)
		if (survey->waiting[i])
			return;
	event_add(survey->timer, &now);
}

struct survey *
survey_new(struct supervisor *supervisor, enum status_what what,
    survey_fn *on_done, void *arg)
{
	struct survey *survey = mem_zalloc(sizeof(*survey));
	size_t n = children_count(supervisor->children);
	struct timeval limit = { .tv_sec = ANSWER_MS / 1000 };
	struct msg_status_ask ask = { .what = (uint8_t)what };

	survey->supervisor = supervisor;
	survey->what = what;
	survey->on_done = on_done;
	survey->arg = arg;
	survey->id = ask.id = ++supervisor->last_survey;
	survey->waiting = mem_zalloc(n * sizeof(*survey->waiting));
	survey->lines = evbuffer_new();
	survey->timer = evtimer_new(supervisor->base, on_timer, survey);
	if (!survey->lines || !survey->timer)
		fatal("out of memory (a status)");
	event_add(survey->timer, &limit);
	add_supervisor(survey);
	for (size_t i = 0; i < n; i++) {
		struct child *child = children_at(supervisor->children, i);

		add_process(survey, child);
		survey->waiting[i] = child->state == CHILD_READY;
		if (survey->waiting[i])
			child_send(child, MSG_status_ask, &ask, -1);
	}
	finish_if_complete(survey);
	return survey;
}

void
survey_free(struct survey *survey)
{
	if (!survey)
		return;
	event_free(survey->timer);
	evbuffer_free(survey->lines);
	free(survey->waiting);
	free(survey);
}

void
survey_part(struct survey *survey, const struct child *child,
    const struct msg_status_part *part)
{
	struct children *children = survey->supervisor->children;
	struct slice rest = part->json, line;

	if (part->id != survey->id)
		return;
	while (slice_split(&rest, '\n', &line))
		if (line.n > 0)
			add_line(survey, part_kinds[survey->what], child->role,
			    child->index, line);
	if (!part->last)
		return;
	for (size_t i = 0; i < children_count(children); i++)
		if (children_at(children, i) == child)
			survey->waiting[i] = false;
	finish_if_complete(survey);
}
