/*
 * guard_ask: the verbs that look at the filter, and the one that lifts it.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "cli/guard.h"
#include "cli/hostconf.h"
#include "cli/verb.h"
#include "guard/asker.h"
#include "guard/events.h"
#include "guard/hostguard.h"

#define NAMES_MS 3000

static int
fail(const char *what, const char *why)
{
	log_error("%s: %s", what, why);
	return VERB_FAILED;
}

/* --- status ---------------------------------------------------------------------- */

struct state {
	unsigned links;
	uint32_t generation;
	bool observes;
	uint64_t counts[GUARD_COUNT_MAX];
};

static int
read_state(const struct guard_args *args, struct state *out)
{
	int fds[GUARD_MAPS];
	struct tables *tables;

	if (guard_open_pins(args->pins, GUARD_FORM_HOST, fds) < 0)
		return -1;
	tables = tables_new(fds);
	if (tables) {
		out->links = guard_count_pins(args->pins, GUARD_FORM_HOST);
		out->generation = tables_generation(tables);
		out->observes = tables_mode(tables) == GUARD_MODE_OBSERVE;
		tables_counts(tables, out->counts);
		tables_free(tables);
	}
	for (int i = 0; i < GUARD_MAPS; i++)
		close(fds[i]);
	return tables ? 0 : -1;
}

static void
print_state(const struct state *state)
{
	printf("the filter is %s: %u programs at the cgroup, rules of"
	       " generation %" PRIu32 "\n",
	    state->observes ? "observing" : "in force", state->links,
	    state->generation);
	for (int i = 0; i < GUARD_WHY_COUNT; i++)
		if (state->counts[i] > 0)
			printf("%-12s %" PRIu64 " denials\n",
			    events_why_word((enum guard_why)i),
			    state->counts[i]);
	if (state->counts[GUARD_COUNT_LOST] > 0)
		printf("%-12s %" PRIu64 " denials were only counted\n", "lost",
		    state->counts[GUARD_COUNT_LOST]);
}

static void
print_state_json(const struct state *state)
{
	struct json json;

	json_init(&json);
	json_open(&json, NULL);
	json_u64(&json, "programs", state->links);
	json_u64(&json, "generation", state->generation);
	json_bool(&json, "observing", state->observes);
	json_open(&json, "denials");
	for (int i = 0; i < GUARD_WHY_COUNT; i++)
		json_u64(&json, events_why_word((enum guard_why)i),
		    state->counts[i]);
	json_close(&json);
	json_u64(&json, "left_out", state->counts[GUARD_COUNT_LOST]);
	json_close(&json);
	json_line_end(&json);
	fwrite(json.p, 1, json.n, stdout);
	json_clear(&json);
}

int
guard_verb_status(const struct guard_args *args)
{
	struct state state = { .links = 0 };
	int error = read_state(args, &state) < 0 ? errno : 0;

	if (error != 0 && error != ENOENT)
		return fail(args->pins, strerror(error));
	if (error != 0 || state.links == 0) {
		puts(args->json ? "{\"programs\":0}" : "there is no filter");
		return VERB_FAILED;
	}
	if (args->json)
		print_state_json(&state);
	else
		print_state(&state);
	return VERB_OK;
}

/* --- check and explain ----------------------------------------------------------------- */

int
guard_verb_check(const struct guard_args *args)
{
	struct hostconf *config = hostconf_load(args->file);

	if (!config)
		return VERB_FAILED;
	printf("%s is good for a host: %zu rule%s\n", args->file,
	    config->conf->rules.n, config->conf->rules.n == 1 ? "" : "s");
	hostconf_free(config);
	return VERB_OK;
}

/* "10.0.0.1", "10.0.0.1:22", "[::1]:22", "::1" */
static int
read_target(const char *text, struct addr *addr, uint16_t *port)
{
	struct slice s = slice_of(text);
	size_t colon = slice_rfind(s, ':');
	uint64_t number;

	*port = 0;
	if (addr_parse(s, addr) == 0)
		return 0;
	if (colon == s.n ||
	    slice_to_u64(slice_from_idx(s, colon + 1), 65535, &number) < 0)
		return -1;
	*port = (uint16_t)number;
	return addr_parse(slice_sub(s, 0, colon), addr);
}

/* What the kernel itself would say, if there is a filter. */
static void
print_kernel(const struct guard_args *args, const struct conf *conf,
    const struct person *person, const struct addr *addr, uint16_t port)
{
	int fds[GUARD_MAPS];
	struct tables *tables;
	uint32_t rule;

	if (guard_open_pins(args->pins, GUARD_FORM_HOST, fds) < 0)
		return;
	tables = tables_new(fds);
	if (tables && tables_find(tables, person->uid, addr, port, &rule) == 0)
		printf("the filter in force: %s\n",
		    rule & GUARD_RULE_ALLOW ? "allowed" : "denied");
	else
		puts("the filter in force doesn't know this account yet");
	tables_free(tables);
	for (int i = 0; i < GUARD_MAPS; i++)
		close(fds[i]);
}

static int
explain(const struct guard_args *args, const struct conf *conf,
    const struct namepins *pinned, struct people *people,
    const struct addr *addr, uint16_t port)
{
	const struct person *person = people_named(people, args->words[0]);
	struct hostguard_answer answer = { .allowed = false };
	const char *why;

	if (!person)
		return fail(args->words[0], "there is no such account");
	why = hostguard_explain(conf, pinned, person, addr, port, &answer);
	if (why)
		return fail(args->file, why);
	printf("%s: %s by %.*s\n", person->name,
	    answer.allowed ? "allowed" : "denied", SLICE_ARG(answer.label));
	if (answer.exempt)
		printf("%s is exempt: where nobody logged in, its programs are"
		       " not asked about\n",
		    person->name);
	print_kernel(args, conf, person, addr, port);
	return answer.allowed ? VERB_OK : VERB_FAILED;
}

static void
on_names(void *arg)
{
	/* they are looked at when the wait is over */
}

/* What the names of rules stand for at the moment; NULL where they stand for
 * nothing. */
static struct namepins *
ask_names(const struct conf *conf)
{
	struct event_base *base;
	struct namepins *pinned;
	struct asker *asker;

	if (!conf->guarding.names_pinned)
		return NULL;
	base = event_base_new();
	if (!base)
		fatal("cannot make an event loop");
	pinned = namepins_new(conf, NULL);
	asker = asker_new(base, conf, on_names, NULL);
	asker_take(asker, pinned);
	asker_wait(asker, NAMES_MS);
	asker_free(asker);
	event_base_free(base);
	return pinned;
}

int
guard_verb_explain(const struct guard_args *args)
{
	struct hostconf *config;
	struct namepins *pinned;
	struct people *people;
	struct addr addr;
	uint16_t port;
	int status;

	if (read_target(args->words[1], &addr, &port) < 0) {
		log_error("%s is no address", args->words[1]);
		return VERB_MISUSE;
	}
	config = hostconf_load(args->file);
	if (!config)
		return VERB_FAILED;
	people = people_new();
	pinned = ask_names(config->conf);
	status = explain(args, config->conf, pinned, people, &addr, port);
	namepins_free(pinned);
	people_free(people);
	hostconf_free(config);
	return status;
}

/* --- events and off --------------------------------------------------------------------- */

#define PACKET_RECORD "{\"v\":1,\"type\":\"packet\","

/* Ours begin like that, and others don't. */
static int
show_records(const char *path)
{
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;

	if (!in)
		return fail(path, strerror(errno));
	while (getline(&line, &cap, in) > 0)
		if (strncmp(line, PACKET_RECORD, strlen(PACKET_RECORD)) == 0)
			fputs(line, stdout);
	free(line);
	fclose(in);
	return VERB_OK;
}

static int
show_feed(const struct guard_args *args)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char buf[4096];
	ssize_t n;

	if (fd < 0 || strlen(args->socket) >= sizeof(at.sun_path))
		return fail(args->socket, "cannot make a socket");
	memcpy(at.sun_path, args->socket, strlen(args->socket));
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		close(fd);
		return fail(args->socket, strerror(errno));
	}
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (fwrite(buf, 1, (size_t)n, stdout) != (size_t)n ||
		    fflush(stdout) != 0)
			break;
	close(fd);
	return n == 0 ? VERB_OK : VERB_FAILED;
}

int
guard_verb_events(const struct guard_args *args)
{
	int status = VERB_OK;

	if (args->nrecords == 0)
		return show_feed(args);
	for (size_t i = 0; i < args->nrecords && status == VERB_OK; i++)
		status = show_records(args->records[i]);
	return status;
}

int
guard_verb_off(const struct guard_args *args)
{
	const char *why = guard_remove(args->pins, GUARD_FORM_HOST);

	if (why)
		return fail(args->pins, why);
	puts("there is no filter any more");
	return VERB_OK;
}
