/*
 * asker: rounds of questions, one a name.
 */
#include "guard/asker.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/resolve.h"

#define EVERY_S 10
#define SOON_S 2 /* after the first: the family that was late is there */
#define TIMEOUT_MS 10000

/* A name's question under way. */
struct ask {
	struct asker *asker; /* borrowed */
	struct namepin *name;
	struct resolve *resolve; /* NULL: answered */
};

struct asker {
	struct event_base *base; /* borrowed */
	struct resolver *resolver;
	struct event *timer;
	struct namepins *pinned; /* borrowed */
	struct ask *asks;        /* owned, as many as names */
	size_t nasks, open;
	bool changed, again;
	asker_fn *on_change;
	void *arg;
};

static void
arm(struct asker *asker)
{
	struct timeval soon = { .tv_sec = asker->again ? EVERY_S : SOON_S };

	asker->again = true;
	(void)event_add(asker->timer, &soon);
}

static void
end_round(struct asker *asker)
{
	bool changed = asker->changed;

	asker->changed = false;
	arm(asker);
	if (changed)
		asker->on_change(asker->arg);
}

static void
on_answer(const struct resolve_answer *answer, void *arg)
{
	struct ask *ask = arg;
	struct asker *asker = ask->asker;
	bool was = ask->name->answered;
	size_t n = answer->ret == RESOLVE_OK ? answer->n : 0;

	ask->resolve = NULL;
	asker->changed |= namepins_set(ask->name, answer->addrs, n);
	if (n == 0 && (was || !asker->again))
		log_warn("%.*s has no address now: what allows it allows"
			 " nothing",
		    SLICE_ARG(ask->name->name));
	if (--asker->open == 0)
		end_round(asker);
}

static void
cancel(struct asker *asker)
{
	for (size_t i = 0; i < asker->nasks; i++)
		if (asker->asks[i].resolve)
			resolve_cancel(asker->asks[i].resolve);
	free(asker->asks);
	asker->asks = NULL;
	asker->nasks = asker->open = 0;
}

static void
begin_round(struct asker *asker)
{
	cancel(asker);
	if (!asker->pinned || asker->pinned->n == 0)
		return;
	asker->nasks = asker->open = asker->pinned->n;
	asker->asks = mem_zalloc(asker->nasks * sizeof(*asker->asks));
	for (size_t i = 0; i < asker->nasks; i++) {
		struct ask *ask = &asker->asks[i];

		*ask = (struct ask){ asker, &asker->pinned->names[i], NULL };
		ask->resolve = resolve_start(
		    asker->resolver, ask->name->name, on_answer, ask);
	}
}

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	begin_round(arg);
}

struct asker *
asker_new(struct event_base *base, const struct conf *conf, asker_fn *on_change,
    void *arg)
{
	struct asker *asker = mem_zalloc(sizeof(*asker));

	asker->base = base;
	asker->on_change = on_change;
	asker->arg = arg;
	asker->resolver = resolver_new(
	    base, conf->resolvers.v, conf->resolvers.n, TIMEOUT_MS);
	asker->timer = event_new(base, -1, 0, on_time, asker);
	if (!asker->timer)
		fatal("cannot watch for events");
	return asker;
}

void
asker_free(struct asker *asker)
{
	if (!asker)
		return;
	cancel(asker);
	event_free(asker->timer);
	resolver_free(asker->resolver);
	free(asker);
}

void
asker_take(struct asker *asker, struct namepins *pinned)
{
	cancel(asker);
	(void)event_del(asker->timer);
	asker->pinned = pinned;
	asker->again = false;
	begin_round(asker);
}

static void
on_alarm(evutil_socket_t fd, short what, void *arg)
{
	/* the loop has turned: that is all */
}

void
asker_wait(struct asker *asker, unsigned ms)
{
	struct event *alarm = event_new(asker->base, -1, 0, on_alarm, NULL);
	uint64_t end = clock_ms() + ms, now;

	if (!alarm)
		fatal("cannot watch for events");
	while (asker->open > 0 && (now = clock_ms()) < end) {
		struct timeval left = { .tv_sec = (time_t)(end - now) / 1000,
			.tv_usec = (suseconds_t)((end - now) % 1000) * 1000 };

		(void)event_add(alarm, &left);
		(void)event_base_loop(asker->base, EVLOOP_ONCE);
	}
	event_free(alarm);
}
