/*
 * watch: taking over filter, key and names; memory of names; questions.
 *
 * Runs in the worker. It never keeps a value that might be a password.
 */
#include "proxy/watch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/glob.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"
#include "proxy/worker.h"

#define POOL_FACTOR 8    /* decoded bytes for one of a body */
#define NAME_CHARS_MIN 2 /* shorter names of accounts are not known again */
#define WORK_FACTOR 32   /* bytes read for one of a body */

struct recent {
	char *names[WATCH_RECENT_MAX]; /* owned; the newest first */
	size_t n;
	uint64_t expires_ms;
};

static void
recent_free(void *arg)
{
	struct recent *recent = arg;

	for (size_t i = 0; i < recent->n; i++)
		free(recent->names[i]);
	free(recent);
}

struct watch *
watch_new(void)
{
	struct watch *watch = mem_zalloc(sizeof(*watch));

	watch->table = names_new();
	watch->names = names_source(watch->table);
	watch->recent = map_new(WATCH_CLIENTS_MAX, recent_free);
	return watch;
}

void
watch_start(struct watch *watch, const struct limits *limits)
{
	struct credential_limits scanning = CREDENTIAL_LIMITS_DEFAULT;

	scanning.body = limits->inspect_bytes;
	scanning.pool = limits->inspect_bytes * POOL_FACTOR;
	scanning.min_chars = NAME_CHARS_MIN;
	scanning.work = limits->inspect_bytes * WORK_FACTOR;
	watch->scan = scan_new(&scanning);
}

static void
drop_watched(struct watch *watch)
{
	while (watch->nwatched)
		free(watch->watched[--watch->nwatched]);
}

static void
drop_filter(struct watch *watch)
{
	filter_close(watch->filter);
	mapping_close(&watch->mapping);
	token_key_free(watch->key);
	watch->filter = NULL;
	watch->key = NULL;
}

void
watch_free(struct watch *watch)
{
	if (watch == NULL)
		return;
	drop_filter(watch);
	token_key_free(watch->fresh_key);
	names_free(watch->table);
	mapping_close(&watch->lines);
	drop_watched(watch);
	map_free(watch->recent);
	scan_free(watch->scan);
	free(watch);
}

/* --- filter and key ------------------------------------------------------------ */

void
watch_set_key(struct watch *watch, struct slice key)
{
	token_key_free(watch->fresh_key);
	watch->fresh_key = token_key_new_lookup(key, &watch->why);
}

/* NULL, or why this filter is refused. */
static const char *
open_filter(struct watch *watch, int fd)
{
	struct mapping mapping = { NULL, 0 };
	struct token_key *key = watch->fresh_key;
	struct filter *filter;
	const char *why;

	if (key == NULL)
		return watch->why ? watch->why
				  : "the key of the filter did not come";
	if (fd < 0 || mapping_open(&mapping, fd, false) < 0)
		return "the filter can't be mapped";
	why = filter_open(mapping.p, mapping.n, key, FILTER_READ, &filter);
	if (why != NULL) {
		mapping_close(&mapping);
		return why;
	}
	drop_filter(watch);
	watch->filter = filter;
	watch->mapping = mapping;
	watch->key = key;
	watch->fresh_key = NULL;
	return NULL;
}

void
watch_set_filter(struct watch *watch, int fd)
{
	watch->why = open_filter(watch, fd);
	if (watch->why != NULL)
		log_error("filter: %s%s", watch->why,
		    watch->filter ? "; the one before stays in force" : "");
	if (fd >= 0)
		close(fd);
}

/* --- names of accounts --------------------------------------------------------- */

static void
add_watched(struct watch *watch, struct slice name)
{
	char buf[CREDENTIAL_NAME_MAX];
	struct slice account = slice_from(buf, name_canonical(name, buf));

	name_find(&watch->names, account, &account);
	for (size_t i = 0; i < watch->nwatched; i++)
		if (slice_eq_str(account, watch->watched[i]))
			return;
	if (account.n > 0 && watch->nwatched < WATCH_WATCHED_MAX)
		watch->watched[watch->nwatched++] = slice_dup(account);
}

/* The next line of the table's source. */
static bool
next_name(struct slice *rest, struct slice *name, struct slice *account)
{
	struct slice line;

	while (slice_split(rest, '\n', &line)) {
		size_t tab = slice_find(line, '\t');

		if (tab == line.n)
			continue;
		*name = slice_sub(line, 0, tab);
		*account = slice_from_idx(line, tab + 1);
		return true;
	}
	return false;
}

static void
find_watched(struct watch *watch, struct slice pattern)
{
	struct slice rest = slice_from(watch->lines.p, watch->lines.n);
	struct slice name, account;

	if (slice_find(pattern, '*') == pattern.n) {
		add_watched(watch, pattern);
		return;
	}
	while (watch->nwatched < WATCH_WATCHED_MAX &&
	    next_name(&rest, &name, &account))
		if (name.p[0] != '@' && glob_matches(pattern, account))
			add_watched(watch, account);
}

static void
renew_watched(struct watch *watch)
{
	drop_watched(watch);
	if (watch->conf == NULL)
		return;
	for (size_t i = 0; i < watch->conf->watched.n; i++)
		find_watched(watch, watch->conf->watched.v[i]);
}

void
watch_set_names(struct watch *watch, int fd)
{
	struct mapping lines = { NULL, 0 };
	struct slice rest, name, account;

	if (fd < 0 || mapping_open(&lines, fd, false) < 0) {
		log_error("the names of accounts can't be mapped");
		goto out;
	}
	mapping_close(&watch->lines);
	names_free(watch->table);
	watch->lines = lines;
	watch->table = names_new();
	watch->names = names_source(watch->table);
	rest = slice_from(lines.p, lines.n);
	while (next_name(&rest, &name, &account))
		if (!names_add(watch->table, name, account))
			log_debug("a name that can't be one");
	renew_watched(watch);
	log_debug("%zu names of accounts", names_count(watch->table));
out:
	if (fd >= 0)
		close(fd);
}

size_t
watch_watched(const struct watch *watch, struct slice out[WATCH_WATCHED_MAX])
{
	for (size_t i = 0; i < watch->nwatched; i++)
		out[i] = slice_of(watch->watched[i]);
	return watch->nwatched;
}

const char *
watch_apply(struct watch *watch, const struct conf *conf)
{
	if (watch->why != NULL)
		return watch->why;
	if (watch->filter == NULL)
		return "the filter did not come";
	watch->conf = conf;
	renew_watched(watch);
	return NULL;
}

/* --- names given a short time ago ------------------------------------------------ */

#define PLACE_MAX 600 /* who, NUL, site; longer ones are not remembered */

static struct slice
place_key(char buf[PLACE_MAX], struct slice who, struct slice site)
{
	if (who.n + 1 + site.n > PLACE_MAX)
		return SLICE_EMPTY;
	memcpy(buf, who.p, who.n);
	buf[who.n] = '\0';
	memcpy(buf + who.n + 1, site.p, site.n);
	return slice_from(buf, who.n + 1 + site.n);
}

/* NULL where there is none that still counts. */
static struct recent *
find_recent(struct watch *watch, struct slice key)
{
	struct recent *recent = key.n ? map_get(watch->recent, key) : NULL;

	if (recent == NULL || recent->expires_ms > clock_ms())
		return recent;
	map_del(watch->recent, key);
	return NULL;
}

/* To the front; the oldest leaves. */
static void
put_first(struct recent *recent, struct slice account)
{
	char *name = NULL;
	size_t i = 0;

	while (i < recent->n && !slice_eq_str(account, recent->names[i]))
		i++;
	if (i < recent->n)
		name = recent->names[i];
	else if (recent->n < WATCH_RECENT_MAX)
		recent->n++;
	else
		free(recent->names[--i]);
	memmove(recent->names + 1, recent->names, i * sizeof(*recent->names));
	recent->names[0] = name ? name : slice_dup(account);
}

void
watch_remember_name(struct watch *watch, struct slice who, struct slice site,
    struct slice account)
{
	char buf[PLACE_MAX];
	struct slice key = place_key(buf, who, site);
	struct recent *recent = find_recent(watch, key);

	if (key.n == 0)
		return;
	if (recent == NULL) {
		recent = mem_zalloc(sizeof(*recent));
		map_set(watch->recent, key, recent);
	}
	recent->expires_ms = clock_ms() + WATCH_RECENT_MS;
	put_first(recent, account);
}

size_t
watch_recent_names(struct watch *watch, struct slice who, struct slice site,
    struct slice out[WATCH_RECENT_MAX])
{
	char buf[PLACE_MAX];
	struct recent *recent = find_recent(watch, place_key(buf, who, site));

	if (recent == NULL)
		return 0;
	for (size_t i = 0; i < recent->n; i++)
		out[i] = slice_of(recent->names[i]);
	return recent->n;
}

/* --- questions -------------------------------------------------------------------- */

static uint64_t
ask(struct worker *worker, uint64_t timeout_ms, struct msg_credential_ask *ask,
    pending_fn *on_answer, void *arg)
{
	if (worker->directory == NULL)
		return 0;
	ask->client.port = 0;
	ask->id = pending_add(
	    worker->pending, ROLE_DIRECTORY, timeout_ms, on_answer, arg);
	if (ask->id == 0)
		return 0;
	if (chan_send(worker->directory, MSG_credential_ask, ask, -1) != 0) {
		pending_cancel(worker->pending, ask->id);
		return 0;
	}
	return ask->id;
}

uint64_t
watch_ask(struct worker *worker, const struct addr *client,
    struct slice account, struct slice value, pending_fn *on_answer, void *arg)
{
	struct msg_credential_ask what = {
		.client = *client, .account = account, .value = value
	};

	return ask(worker, worker->rules->conf->timeouts.credential, &what,
	    on_answer, arg);
}

uint64_t
watch_take_time(struct worker *worker, const struct addr *client,
    pending_fn *on_time, void *arg)
{
	struct msg_credential_ask what = { .client = *client };

	return ask(worker, WATCH_TIME_MS, &what, on_time, arg);
}
