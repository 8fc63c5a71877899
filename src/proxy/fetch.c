/*
 * fetch: one GET, one answer of 200, no redirects. What it brings is not
 * trusted: net/verify.h has to make a chain of it.
 */
#include "proxy/fetch.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/reach.h"
#include "http/h1_read.h"
#include "proxy/account.h"

struct fetches {
	struct issuers *issuers; /* owned */
	struct lists *lists;     /* owned */
	struct map *asked;       /* owned; of uint64_t: clock_ms() */
	size_t running;
};

struct fetch {
	struct exchange *x;      /* borrowed: it owns us */
	struct fetches *fetches; /* borrowed from the worker */
	struct arena *arena;     /* owned, as all below */
	struct target target;
	struct dial *dial;
	struct tags_asks tags; /* about sockets of the dial */
	struct io *io;
	struct h1_reader *reader;
	struct head head;
	bool have_head;
	struct evbuffer *body;
	struct event *timer;
	bool over, found;
	const char *url; /* in the arena */
	bool is_list;
};

struct fetches *
fetches_new(void)
{
	struct fetches *fetches = mem_zalloc(sizeof(*fetches));

	fetches->issuers = issuers_new();
	fetches->lists = lists_new();
	fetches->asked = map_new(FETCHES_REMEMBERED, free);
	return fetches;
}

void
fetches_free(struct fetches *fetches)
{
	if (fetches == NULL)
		return;
	issuers_free(fetches->issuers);
	lists_free(fetches->lists);
	map_free(fetches->asked);
	free(fetches);
}

void
fetches_forget(struct fetches *fetches)
{
	map_free(fetches->asked);
	fetches->asked = map_new(FETCHES_REMEMBERED, free);
}

const struct issuers *
fetches_issuers(const struct fetches *fetches)
{
	return fetches->issuers;
}

struct lists *
fetches_lists(const struct fetches *fetches)
{
	return fetches->lists;
}

/* --- the answer ------------------------------------------------------------ */

static uint32_t
number_of(const struct exchange *x)
{
	return x->account != NULL ? x->account->number : 0;
}

static void
end(struct fetch *fetch, bool found)
{
	if (fetch->over)
		return;
	fetch->over = true;
	fetch->found = found;
	if (fetch->is_list && !found)
		lists_failed(fetch->fetches->lists, fetch->url,
		    number_of(fetch->x), clock_ms());
	fetch->fetches->running--;
	event_del(fetch->timer);
	exchange_run(fetch->x);
}

static void
take_body(struct fetch *fetch)
{
	size_t n = evbuffer_get_length(fetch->body);
	const char *p = (const char *)evbuffer_pullup(fetch->body, -1);

	struct slice body = slice_from(p, n);

	if (n == 0)
		end(fetch, false);
	else if (fetch->is_list)
		end(fetch,
		    lists_add(fetch->fetches->lists, fetch->url, body,
			(int64_t)(clock_wall_us() / 1000000)));
	else
		end(fetch, issuers_add(fetch->fetches->issuers, body));
}

static void
read_body(struct fetch *fetch, bool eof)
{
	size_t max = fetch->is_list ? LISTS_BODY_MAX : ISSUERS_BODY_MAX;
	enum h1_ret ret;

	do
		ret = h1_read_body(
		    fetch->reader, io_input(fetch->io), eof, fetch->body, max);
	while (ret == H1_BODY && evbuffer_get_length(fetch->body) <= max);
	if (ret == H1_END)
		take_body(fetch);
	else if (ret != H1_MORE || eof)
		end(fetch, false);
}

static void
read_answer(struct fetch *fetch)
{
	bool eof = io_end(fetch->io) != IO_END_NONE;

	if (!fetch->have_head) {
		switch (h1_read_head(fetch->reader, io_input(fetch->io), eof,
		    fetch->arena, METHOD_GET, &fetch->head)) {
		case H1_HEAD:
			fetch->have_head = true;
			break;
		case H1_MORE:
			if (eof)
				end(fetch, false);
			return;
		case H1_BODY:
		case H1_END:
		case H1_ERROR:
			end(fetch, false);
			return;
		}
		if (fetch->head.status != 200) {
			end(fetch, false);
			return;
		}
	}
	read_body(fetch, eof);
}

static void
on_io(struct io *io, enum io_event event, void *arg)
{
	struct fetch *fetch = arg;

	if (fetch->over)
		return;
	if (event == IO_ERROR)
		end(fetch, false);
	else
		read_answer(fetch);
}

/* --- the question ---------------------------------------------------------- */

static bool
is_allowed(struct fetch *fetch, const struct addr *addr)
{
	struct worker *worker = fetch->x->client->worker;
	struct subject subject;

	exchange_subject(fetch->x, addr, &subject);
	subject.host = &fetch->target.host;
	subject.port = fetch->target.port;
	subject.method = SLICE("GET");
	subject.path = fetch->target.path;
	subject.path_loose = fetch->target.path_loose;
	subject.final = true;
	return !worker_is_self(worker, addr) &&
	    policy_decide(worker->rules->policy, &subject).verdict ==
	    VERDICT_ALLOW;
}

static void
on_tagged(int fd, const char *wrong, bool denied, void *arg)
{
	struct fetch *fetch = arg;

	dial_candidate_ready(fetch->dial, fd, wrong == NULL);
}

/* As the account's: the kernel drops what no guard has seen. */
static enum dial_candidate
tag(struct fetch *fetch, int fd, const struct addr *addr)
{
	struct worker *worker = fetch->x->client->worker;

	if (!worker->tagging)
		return DIAL_GO;
	return tags_ask(worker, &fetch->tags, fetch->x->account, addr, fd,
		   on_tagged, fetch)
	    ? DIAL_LATER
	    : DIAL_SKIP;
}

static enum dial_candidate
on_candidate(const struct addr *addr, int fd, void *arg)
{
	struct fetch *fetch = arg;
	struct addr real = addr_unfold(*addr);

	return is_allowed(fetch, &real) &&
		exchange_mark_socket(fetch->x, fd, &real)
	    ? tag(fetch, fd, &real)
	    : DIAL_SKIP;
}

static void
ask(struct fetch *fetch)
{
	struct slice host = authority_text(
	    fetch->arena, &fetch->target.host, fetch->target.port, 80);

	evbuffer_add_printf(io_output(fetch->io),
	    "GET %.*s HTTP/1.1\r\nHost: %.*s\r\nAccept: */*\r\n"
	    "Connection: close\r\n\r\n",
	    SLICE_ARG(fetch->target.path_query), SLICE_ARG(host));
	io_kick(fetch->io);
}

static void
on_dialled(struct dial *dial, enum dial_ret ret, int fd,
    const struct addr *addr, void *arg)
{
	struct fetch *fetch = arg;

	tags_cancel(fetch->x->client->worker, &fetch->tags);
	if (ret != DIAL_OK) {
		end(fetch, false);
		return;
	}
	fetch->io = io_new(fetch->x->client->worker->base, fd, on_io, fetch);
	ask(fetch);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	end(arg, false);
}

/* Is it worth a try, now? It counts as asked then. Of lists net/lists.h
 * knows, and several may want one before the first has it. */
static bool
may_ask(struct fetches *fetches, struct slice key, bool is_list)
{
	uint64_t now = clock_ms(), *asked;

	if (fetches->running >= FETCHES_MAX)
		return false;
	if (is_list)
		return true;
	asked = map_get(fetches->asked, key);
	if (asked != NULL && *asked + FETCH_AGAIN_MS > now)
		return false;
	asked = mem_alloc(sizeof(*asked));
	*asked = now;
	map_set(fetches->asked, key, asked);
	return true;
}

static void
start(struct fetch *fetch)
{
	struct worker *worker = fetch->x->client->worker;
	struct timeval tv = { FETCH_MS / 1000, FETCH_MS % 1000 * 1000 };

	fetch->fetches->running++;
	fetch->reader = h1_reader_new(false, &worker->h1);
	fetch->body = evbuffer_new();
	fetch->timer = evtimer_new(worker->base, on_timer, fetch);
	must(fetch->body != NULL && fetch->timer != NULL);
	evtimer_add(fetch->timer, &tv);
	fetch->dial = dial_start(worker->base, worker->resolver,
	    &fetch->target.host, fetch->target.port, FETCH_MS, on_candidate,
	    on_dialled, fetch);
}

struct fetch *
fetch_new(struct exchange *x, const char *url, bool is_list)
{
	struct fetch *fetch = mem_zalloc(sizeof(*fetch));
	struct slice text = slice_of(url), key;

	fetch->x = x;
	fetch->fetches = x->client->worker->fetches;
	fetch->arena = arena_new(4096);
	head_init(&fetch->head, fetch->arena);
	text = arena_dup(fetch->arena, text);
	/* what one account may not ask for another may */
	key = arena_printf(fetch->arena, "%u %s", number_of(x), url);
	fetch->url = arena_str(fetch->arena, text);
	fetch->is_list = is_list;
	if (target_parse(text, false, false, fetch->arena, &fetch->target) !=
		NULL ||
	    fetch->target.form != TARGET_ABSOLUTE ||
	    fetch->target.scheme != SCHEME_HTTP ||
	    !may_ask(fetch->fetches, key, is_list)) {
		fetch->over = true;
		fetch_free(fetch);
		return NULL;
	}
	start(fetch);
	return fetch;
}

void
fetch_free(struct fetch *fetch)
{
	if (fetch == NULL)
		return;
	if (!fetch->over)
		fetch->fetches->running--;
	tags_cancel(fetch->x->client->worker, &fetch->tags);
	dial_free(fetch->dial);
	io_free(fetch->io);
	h1_reader_free(fetch->reader);
	if (fetch->body != NULL)
		evbuffer_free(fetch->body);
	if (fetch->timer != NULL)
		event_free(fetch->timer);
	arena_free(fetch->arena);
	free(fetch);
}

bool
fetch_is_over(const struct fetch *fetch)
{
	return fetch->over;
}

bool
fetch_found(const struct fetch *fetch)
{
	return fetch->found;
}
