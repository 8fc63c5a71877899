/*
 * resolve: libunbound in the worker's own loop, two questions a name.
 *
 * libunbound caches, retries, falls back to TCP and checks what it is sent.
 * Here are only its set-up, the wait for both families, and the promise that
 * the callback always comes from the loop (libunbound answers from its cache
 * within the call).  DNSSEC is the configured resolver's work: a validator
 * without a maintained trust anchor would only break names.
 *
 * A question that was asked is never taken back: libunbound always answers,
 * and the answer to a cancelled one is dropped on arrival.
 */
#include "net/resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <unbound-event.h>
#include <unbound.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/name.h"
#include "net/dns_answer.h"

/* RFC 8305 section 3: how long the first family waits for the other */
#define SECOND_MS 50

#define RCODE_NXDOMAIN 3
#define CLASS_IN 1

/* One of the two questions of a resolve. */
struct question {
	TAILQ_ENTRY(question) entry;
	struct resolver *resolver; /* borrowed */
	struct resolve *resolve;   /* borrowed; NULL: nobody waits any more */
	unsigned type;
};

struct resolve {
	TAILQ_ENTRY(resolve) entry;
	struct resolver *resolver; /* borrowed */
	struct event *timer;       /* owned; its firing is the end */
	resolve_fn *on_answer;
	void *arg;
	struct question *questions[2]; /* borrowed; NULL when answered */
	unsigned open;                 /* of them */
	unsigned nxdomain, failed;     /* answers of that kind */
	struct resolve_answer answer;
};

struct resolver {
	struct event_base *base; /* borrowed */
	struct ub_ctx *ub;       /* owned */
	uint64_t timeout_ms;
	TAILQ_HEAD(, resolve) resolves;   /* owned */
	TAILQ_HEAD(, question) questions; /* owned */
};

static const struct {
	const char *name, *value;
} options[] = {
	{ "module-config:", "iterator" },
	/* resolvers on this machine are as good as any */
	{ "do-not-query-localhost:", "no" },
	{ "unblock-lan-zones:", "yes" },
	/* the library's own defaults are those of a small program */
	{ "outgoing-range:", "256" },
	{ "outgoing-num-tcp:", "16" },
	{ "num-queries-per-thread:", "1024" },
	{ "msg-cache-size:", "4m" },
	{ "rrset-cache-size:", "8m" },
	/* a name that was just set up must not stay missing for an hour */
	{ "cache-max-negative-ttl:", "60" },
	/* a resolver that was down is tried again soon */
	{ "infra-host-ttl:", "30" },
	{ "infra-keep-probing:", "yes" },
};

/* --- set-up ---------------------------------------------------------------- */

static void
set_options(struct resolver *resolver)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		int error = ub_ctx_set_option(
		    resolver->ub, options[i].name, options[i].value);

		if (error != 0)
			fatal("libunbound: option %s %s: %s", options[i].name,
			    options[i].value, ub_strerror(error));
	}
}

static void
set_server(struct resolver *resolver, const struct addr *addr)
{
	char text[ADDR_TEXT_SIZE], server[ADDR_TEXT_SIZE + 8];
	int error;

	snprintf(server, sizeof(server), "%s@%u", addr_text(text, addr),
	    addr->port != 0 ? addr->port : 53u);
	error = ub_ctx_set_fwd(resolver->ub, server);
	if (error != 0)
		fatal("resolver %s: %s", server, ub_strerror(error));
}

static void
set_servers(
    struct resolver *resolver, const struct addr *servers, size_t nservers)
{
	int error;

	for (size_t i = 0; i < nservers; i++)
		set_server(resolver, &servers[i]);
	if (nservers == 0 &&
	    (error = ub_ctx_resolvconf(resolver->ub, NULL)) != 0)
		log_warn("/etc/resolv.conf: %s: asking the root servers",
		    ub_strerror(error));
	error = ub_ctx_hosts(resolver->ub, NULL);
	if (error != 0)
		log_warn("/etc/hosts: %s: not all of it is used",
		    ub_strerror(error));
}

/* libunbound denies these by itself, but the configured resolver may well
 * know them. Removing one starts libunbound's set-up: after the options. */
static void
unblock_zones(struct resolver *resolver)
{
	static const char *const zones[] = { "test.", "home.arpa." };

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		int error = ub_ctx_zone_remove(resolver->ub, zones[i]);

		if (error != 0)
			fatal("libunbound: zone %s: %s", zones[i],
			    ub_strerror(error));
	}
}

static void
on_first(void *arg, int rcode, void *packet, int len, int sec, char *why,
    int limited)
{
}

struct resolver *
resolver_new(struct event_base *base, const struct addr *servers,
    size_t nservers, uint64_t timeout_ms)
{
	struct resolver *resolver = mem_zalloc(sizeof(*resolver));
	int error;

	resolver->base = base;
	resolver->timeout_ms = timeout_ms;
	TAILQ_INIT(&resolver->resolves);
	TAILQ_INIT(&resolver->questions);
	resolver->ub = ub_ctx_create_event(base);
	if (resolver->ub == NULL)
		fatal("libunbound can't start: is it built with libevent?");
	ub_ctx_debugout(resolver->ub, NULL);
	set_options(resolver);
	set_servers(resolver, servers, nservers);
	unblock_zones(resolver);
	/* libunbound does its set-up at the first question: have it now, as
	 * long as files can be opened */
	error = ub_resolve_event(resolver->ub, "localhost", DNS_TYPE_A,
	    CLASS_IN, NULL, on_first, NULL);
	if (error != 0)
		fatal("libunbound can't start: %s", ub_strerror(error));
	return resolver;
}

void
resolver_free(struct resolver *resolver)
{
	struct question *question;

	if (resolver == NULL)
		return;
	while (!TAILQ_EMPTY(&resolver->resolves))
		resolve_cancel(TAILQ_FIRST(&resolver->resolves));
	ub_ctx_delete(resolver->ub);
	while ((question = TAILQ_FIRST(&resolver->questions)) != NULL) {
		TAILQ_REMOVE(&resolver->questions, question, entry);
		free(question);
	}
	free(resolver);
}

/* --- answers --------------------------------------------------------------- */

static void
end_in(struct resolve *resolve, uint64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000),
		(suseconds_t)(ms % 1000 * 1000) };

	must(evtimer_add(resolve->timer, &tv) == 0);
}

static void
take_answer(
    struct resolve *resolve, unsigned type, int rcode, struct slice packet)
{
	struct resolve_answer *answer = &resolve->answer;

	resolve->open--;
	/* of an answer from the network, rcode tells only its failure */
	if (rcode == 0 && packet.n >= 4)
		rcode = packet.p[3] & 0x0f;
	if (rcode == RCODE_NXDOMAIN)
		resolve->nxdomain++;
	else if (rcode != 0 ||
	    dns_answer_addrs(packet, type, answer->addrs, RESOLVE_ADDR_MAX,
		&answer->n) == -1)
		resolve->failed++;
	if (resolve->open == 0)
		end_in(resolve, 0);
	else if (answer->n > 0)
		end_in(resolve, SECOND_MS);
}

static void
on_packet(void *arg, int rcode, void *packet, int len, int sec, char *why,
    int limited)
{
	struct question *question = arg;
	struct resolve *resolve = question->resolve;
	unsigned type = question->type;

	TAILQ_REMOVE(&question->resolver->questions, question, entry);
	free(question);
	if (resolve == NULL)
		return;
	resolve->questions[type == DNS_TYPE_A] = NULL;
	take_answer(resolve, type, rcode,
	    slice_from(packet, len > 0 ? (size_t)len : 0));
}

static enum resolve_ret
sum_up(const struct resolve *resolve)
{
	if (resolve->answer.n > 0)
		return RESOLVE_OK;
	if (resolve->open > 0)
		return RESOLVE_TIMEOUT;
	if (resolve->failed > 0)
		return RESOLVE_FAILED;
	/* some servers deny a name that has just no address of one family */
	return resolve->nxdomain == 2 ? RESOLVE_NO_NAME : RESOLVE_NO_ADDR;
}

static void
on_end(evutil_socket_t fd, short what, void *arg)
{
	struct resolve *resolve = arg;
	struct resolve_answer answer = resolve->answer;
	resolve_fn *on_answer = resolve->on_answer;
	void *owner = resolve->arg;

	answer.ret = sum_up(resolve);
	resolve_cancel(resolve);
	on_answer(&answer, owner);
}

/* --- questions ------------------------------------------------------------- */

static void
ask(struct resolve *resolve, const char *name, unsigned type)
{
	struct resolver *resolver = resolve->resolver;
	struct question *question = mem_zalloc(sizeof(*question));

	question->resolver = resolver;
	question->resolve = resolve;
	question->type = type;
	resolve->questions[type == DNS_TYPE_A] = question;
	resolve->open++;
	TAILQ_INSERT_TAIL(&resolver->questions, question, entry);
	if (ub_resolve_event(resolver->ub, name, (int)type, CLASS_IN, question,
		on_packet, NULL) != 0)
		on_packet(question, -1, NULL, 0, 0, NULL, 0);
}

/* What is cached is answered from within ask(): the first answer alone must
 * not look like the last one. */
static void
ask_both(struct resolve *resolve, const char *name)
{
	resolve->open++;
	ask(resolve, name, DNS_TYPE_AAAA);
	ask(resolve, name, DNS_TYPE_A);
	if (--resolve->open == 0)
		end_in(resolve, 0);
}

/* RFC 6761 section 6.3: never a question to anybody. */
static bool
is_localhost(struct slice name)
{
	return slice_eq_str(name, "localhost") ||
	    slice_ends(name, SLICE(".localhost"));
}

static void
answer_localhost(struct resolve *resolve)
{
	struct resolve_answer *answer = &resolve->answer;

	must(addr_parse(SLICE("::1"), &answer->addrs[0]) == 0);
	must(addr_parse(SLICE("127.0.0.1"), &answer->addrs[1]) == 0);
	answer->n = 2;
	end_in(resolve, 0);
}

struct resolve *
resolve_start(struct resolver *resolver, struct slice name,
    resolve_fn *on_answer, void *arg)
{
	struct resolve *resolve = mem_zalloc(sizeof(*resolve));
	char text[NAME_MAX_LEN + 1];

	must(name.n > 0 && name.n <= NAME_MAX_LEN);
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	resolve->resolver = resolver;
	resolve->on_answer = on_answer;
	resolve->arg = arg;
	resolve->timer = evtimer_new(resolver->base, on_end, resolve);
	must(resolve->timer != NULL);
	TAILQ_INSERT_TAIL(&resolver->resolves, resolve, entry);
	end_in(resolve, resolver->timeout_ms);
	if (is_localhost(name))
		answer_localhost(resolve);
	else
		ask_both(resolve, text);
	resolve->answer.cached = resolve->open == 0;
	return resolve;
}

void
resolve_cancel(struct resolve *resolve)
{
	for (size_t i = 0; i < 2; i++) {
		if (resolve->questions[i] != NULL)
			resolve->questions[i]->resolve = NULL;
	}
	TAILQ_REMOVE(&resolve->resolver->resolves, resolve, entry);
	event_free(resolve->timer);
	free(resolve);
}
