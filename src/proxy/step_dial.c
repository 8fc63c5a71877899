/*
 * step_dial: a connection to the origin that belongs to the account: an idle
 * one of the same account, or a new one. Every address is judged right
 * before its connect; step_secure makes it TLS.
 */
#include "proxy/exchange.h"

#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/reach.h"
#include "proxy/account.h"
#include "proxy/origins.h"
#include "proxy/pool.h"
#include "proxy/scout.h"
#include "proxy/upstream.h"

/* A client that went in by one name or address and shows another name in its
 * handshake is for that place, under that name. */
static const struct host *
dial_host(const struct exchange *x)
{
	return x->client->inside ? &x->client->host : &x->host;
}

/* What was decrypted for one address is not carried to another that must not
 * be: the place that CONNECT named has moved, or the rules are others. */
static bool
may_be_decrypted(struct exchange *x, const struct addr *addr)
{
	const struct client *client = x->client;
	struct subject subject;

	if (!client->inside || !client->secure)
		return true;
	exchange_subject(x, addr, &subject);
	subject.host = &client->host;
	return policy_decrypts(client->worker->rules->policy, &subject);
}

/* The program is to come again: the look before its next handshake sees that
 * address, and gives it a tunnel. */
static void
send_away(struct exchange *x)
{
	const struct client *client = x->client;

	origins_forget(
	    client->worker->origins, &client->host, &client->sni, client->port);
	x->keep = false;
	x->skipped = REASON_MISDIRECTED;
	x->detail = "this address is not to be decrypted: connect again";
}

static bool
set_marks(int fd, const struct addr *addr, const struct packet_marks *marks)
{
	bool v4 = addr_is_v4(addr);
	struct sockaddr_storage ss;
	int tos = marks->dscp << 2;
	uint32_t mark = marks->mark;
	socklen_t len;

	if (marks->has_mark &&
	    setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) != 0)
		return false;
	if (marks->has_dscp &&
	    setsockopt(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6,
		v4 ? IP_TOS : IPV6_TCLASS, &tos, sizeof(tos)) != 0)
		return false;
	for (size_t i = 0; i < marks->sources.n; i++) {
		if (addr_is_v4(&marks->sources.v[i]) != v4)
			continue;
		len = addr_to_sockaddr(&marks->sources.v[i], &ss);
		if (bind(fd, (struct sockaddr *)&ss, len) != 0)
			return false;
	}
	return true;
}

/* The account's marks are what lets a firewall tell people apart: without
 * them the connection is not made. */
bool
exchange_mark_socket(struct exchange *x, int fd, const struct addr *addr)
{
	static struct log_limit limit;
	struct worker *worker = x->client->worker;
	const struct packet_marks *marks;
	struct subject subject;
	unsigned missed;

	exchange_subject(x, addr, &subject);
	marks = policy_marks(worker->rules->policy, &subject);
	if (marks == NULL || set_marks(fd, addr, marks))
		return true;
	if (log_allowed(&limit, 5, &missed))
		log_error("can't set mark, dscp or source of account %s: %s "
			  "(mark needs CAP_NET_ADMIN; %u more not shown)",
		    x->account->name, strerror(errno), missed);
	x->skipped = REASON_CONNECT_FAILED;
	x->detail = "the account's packet marks can't be set";
	return false;
}

static void
on_tagged(int fd, const char *wrong, bool denied, void *arg)
{
	struct exchange *x = arg;

	if (wrong != NULL) {
		x->skipped = denied ? REASON_DENIED : REASON_CONNECT_FAILED;
		x->detail = wrong;
	}
	dial_candidate_ready(x->dial, fd, wrong == NULL);
}

/* The kernel drops what no guard has seen, so there is no going without. */
static enum dial_candidate
tag_socket(struct exchange *x, int fd, const struct addr *addr)
{
	if (!x->client->worker->tagging)
		return DIAL_GO;
	if (tags_ask(x->client->worker, &x->tags, x->account, addr, fd,
		on_tagged, x))
		return DIAL_LATER;
	x->skipped = REASON_CONNECT_FAILED;
	x->detail = "the guard can't be asked";
	return DIAL_SKIP;
}

static bool
address_allowed(struct exchange *x, const struct addr *addr)
{
	if (x->scout)
		return scout_may(x, addr);
	if (exchange_decide(x, addr, true) != VERDICT_ALLOW) {
		x->skipped = x->decision.internal ? REASON_DENIED_INTERNAL
						  : REASON_DENIED;
		return false;
	}
	if (may_be_decrypted(x, addr))
		return true;
	send_away(x);
	return false;
}

static enum dial_candidate
on_candidate(const struct addr *addr, int fd, void *arg)
{
	struct exchange *x = arg;
	struct addr real = addr_unfold(*addr);

	x->detail = NULL;
	if (worker_is_self(x->client->worker, &real)) {
		x->skipped = REASON_LOOP;
		x->detail = "the address is this proxy's own";
		return DIAL_SKIP;
	}
	if (!address_allowed(x, &real))
		return DIAL_SKIP;
	return exchange_mark_socket(x, fd, &real) ? tag_socket(x, fd, &real)
						  : DIAL_SKIP;
}

static void
take_socket(struct exchange *x, int fd, const struct addr *addr)
{
	char buf[UPSTREAM_KEY_SIZE];
	const struct host *name = scout_name(x);
	struct addr real = addr_unfold(*addr);
	struct slice key;

	if (x->scout)
		scout_took(x, &real);
	x->addr = *addr;
	x->have_addr = true;
	x->detail = NULL;
	key = upstream_key(buf, x->client->worker->rules, x->account,
	    dial_host(x), name, x->port, x->secure);
	x->up = upstream_new(x->client->worker, fd, x->account, key, name,
	    x->port, x->secure, addr);
	x->up->x = x;
	x->at.connected_us = clock_us();
}

static void
on_dialled(struct dial *dial, enum dial_ret ret, int fd,
    const struct addr *addr, void *arg)
{
	struct exchange *x = arg;

	tags_cancel(x->client->worker, &x->tags); /* sockets that lost */
	x->dial_ret = ret;
	x->dial_done = true;
	x->at.resolve_us = dial_resolve_us(dial);
	/* since this address was judged another candidate may have been, or the
	 * rules may have changed: what counts and is recorded holds now */
	if (ret == DIAL_OK && address_allowed(x, addr)) {
		take_socket(x, fd, addr);
	} else if (ret == DIAL_OK) {
		close(fd);
		x->dial_ret = DIAL_REFUSED;
	}
	exchange_run(x);
}

static enum step_ret
start_dial(struct exchange *x)
{
	struct worker *worker = x->client->worker;

	x->asked = true;
	x->dial_done = false;
	x->dial = dial_start(worker->base, worker->resolver, dial_host(x),
	    x->port, worker->rules->conf->timeouts.connect, on_candidate,
	    on_dialled, x);
	return STEP_RET_WAIT;
}

/* An idle connection of this account, if the rules of this moment let this
 * very request use it. */
static bool
take_idle(struct exchange *x)
{
	struct pool *pool = x->client->worker->pool;
	char buf[UPSTREAM_KEY_SIZE];
	struct upstream *up;
	struct pool_want want = {
		.owner = x->client->owns ? x->client->id : "",
		.once = !head_is_repeatable(&x->request),
	};

	if (x->is_connect || x->retried)
		return false;
	want.key = upstream_key(buf, x->client->worker->rules, x->account,
	    dial_host(x), &x->host, x->port, x->secure);
	up = pool_take(pool, &want);
	if (up == NULL)
		return false;
	if (exchange_decide(x, &up->addr, true) != VERDICT_ALLOW ||
	    !may_be_decrypted(x, &up->addr)) {
		pool_give(pool, up);
		return false;
	}
	x->up = up;
	up->x = x;
	x->addr = up->addr;
	x->have_addr = true;
	x->at.connected_us = clock_us();
	return true;
}

static enum step_ret
resolve_failed(struct exchange *x)
{
	switch (dial_resolve_ret(x->dial)) {
	case RESOLVE_NO_NAME:
		return exchange_refuse(x, REASON_NO_NAME, NULL);
	case RESOLVE_NO_ADDR:
		return exchange_refuse(x, REASON_NO_ADDRESS, NULL);
	case RESOLVE_TIMEOUT:
		return exchange_refuse(x, REASON_RESOLVE_TIMEOUT, NULL);
	case RESOLVE_OK:
	case RESOLVE_FAILED:
		break;
	}
	return exchange_refuse(x, REASON_RESOLVE_FAILED, dial_error(x->dial));
}

static enum step_ret
dial_failed(struct exchange *x)
{
	switch (x->dial_ret) {
	case DIAL_RESOLVE:
		return resolve_failed(x);
	case DIAL_REFUSED:
		return exchange_refuse(x, x->skipped, x->detail);
	case DIAL_TIMEOUT:
		return exchange_refuse(x, REASON_CONNECT_TIMEOUT, NULL);
	case DIAL_OK:
	case DIAL_CONNECT:
		break;
	}
	return exchange_refuse(x, REASON_CONNECT_FAILED, dial_error(x->dial));
}

static enum step_ret
connected(struct exchange *x)
{
	if (x->scout)
		return scout_connected(x);
	if (x->is_connect)
		exchange_go(x, x->opened ? STEP_TUNNEL : STEP_OPEN);
	else if (!x->up->ready)
		exchange_go(x, STEP_SECURE);
	else
		exchange_go(x, STEP_SEND);
	return STEP_RET_NEXT;
}

enum step_ret
step_dial(struct exchange *x)
{
	if (x->scout && exchange_hello_over(x))
		return exchange_hello_failed(x);
	if (!x->asked)
		return take_idle(x) ? connected(x) : start_dial(x);
	if (!x->dial_done)
		return STEP_RET_WAIT;
	if (x->dial_ret != DIAL_OK)
		return dial_failed(x);
	dial_free(x->dial);
	x->dial = NULL;
	return connected(x);
}
