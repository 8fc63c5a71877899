/*
 * ldap_link: a connection's way up, and its end.
 *
 * Runs in the directory process's loop.  A certificate is verified by the
 * context that net/tls.c makes, or there is no connection; what libldap gets
 * is in ldap_stream.h.
 */
#define LDAP_DEPRECATED 0
#include "directory/ldap_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/reach.h"
#include "directory/ldap_stream.h"
#include "net/dial.h"
#include "net/io.h"
#include "net/io_tls.h"

struct ldap_link {
	const struct ldap_env *env; /* borrowed */
	const struct ldap_url *url; /* borrowed from env's conf */
	bool service;
	ldap_link_fn *on_change;
	void *arg; /* borrowed */
	enum ldap_link_step step, failed_at;
	struct dial *dial;   /* owned */
	struct io *io;       /* owned */
	struct addr addr;    /* of io */
	LDAP *ld;            /* owned */
	struct event *timer; /* owned: of the way up, then nothing */
	struct ldap_stream stream;
	struct ldap_requests *requests; /* owned */
	unsigned busy;                  /* calls of ours on the stack */
	bool freed;
	char why[LDAP_WORDS_SIZE + 64];
};

char *
ldap_link_words(
    char buf[LDAP_WORDS_SIZE], LDAP *ld, int code, const char *diagnostic)
{
	char quoted[LOG_QUOTE_SIZE];

	snprintf(buf, LDAP_WORDS_SIZE, "%s (%d)%s%s", ldap_err2string(code),
	    code, diagnostic && *diagnostic ? ": " : "",
	    diagnostic ? log_quote(quoted, slice_of(diagnostic)) : "");
	return buf;
}

/* --- the end ----------------------------------------------------------------------- */

static void
destroy(struct ldap_link *link)
{
	if (link->dial)
		dial_free(link->dial);
	/* its unbind goes nowhere: closing says the same */
	if (link->ld)
		(void)ldap_unbind_ext(link->ld, NULL, NULL);
	io_free(link->io);
	event_free(link->timer);
	ldap_requests_free(link->requests);
	free(link);
}

static void
leave(struct ldap_link *link)
{
	if (--link->busy == 0 && link->freed)
		destroy(link);
}

void
ldap_link_free(struct ldap_link *link)
{
	if (!link)
		return;
	link->freed = true;
	if (link->busy == 0)
		destroy(link);
}

/* Whoever waits hears that nothing comes, then the owner. */
static void
fail(struct ldap_link *link, const char *why)
{
	int msgid;

	if (link->step == LDAP_LINK_DOWN || link->freed)
		return;
	snprintf(link->why, sizeof(link->why), "%s", why);
	link->failed_at = link->step;
	link->step = LDAP_LINK_DOWN;
	link->stream.closed = true;
	event_del(link->timer);
	link->busy++;
	while (!link->freed && ldap_requests_any(link->requests, &msgid))
		ldap_requests_end(link->requests, msgid);
	if (!link->freed)
		link->on_change(link, link->arg);
	leave(link);
}

/* --- answers --------------------------------------------------------------------- */

static void
on_late(struct ldap_link *link, int msgid)
{
	(void)ldap_abandon_ext(link->ld, msgid, NULL, NULL);
	link->busy++;
	ldap_requests_end(link->requests, msgid);
	leave(link);
}

void
ldap_link_expect(struct ldap_link *link, int msgid, uint64_t ms,
    ldap_reply_fn *on_reply, void *arg)
{
	ldap_requests_add(link->requests, msgid, ms, on_reply, arg);
}

void
ldap_link_abandon(struct ldap_link *link, int msgid)
{
	ldap_requests_forget(link->requests, msgid);
	if (link->step != LDAP_LINK_DOWN)
		(void)ldap_abandon_ext(link->ld, msgid, NULL, NULL);
}

static void
read_answers(struct ldap_link *link)
{
	struct timeval now = { 0, 0 };
	LDAPMessage *msg = NULL;
	int type = 0;

	while (!link->freed && link->step != LDAP_LINK_DOWN &&
	    evbuffer_get_length(io_input(link->io)) > 0) {
		type = ldap_result(
		    link->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &now, &msg);
		if (type <= 0)
			break;
		ldap_requests_deliver(link->requests, msg);
		ldap_msgfree(msg);
	}
	if (type < 0 && !link->freed)
		fail(link, "the server says what is not LDAP");
}

/* --- the way up ------------------------------------------------------------------- */

static void
go_up(struct ldap_link *link)
{
	link->step = LDAP_LINK_UP;
	event_del(link->timer);
	link->on_change(link, link->arg);
}

static void
on_bound(struct ldap_link *link, LDAPMessage *msg, void *arg)
{
	char words[LDAP_WORDS_SIZE], why[LDAP_WORDS_SIZE + 64];
	char *diagnostic = NULL;
	int code = LDAP_OTHER;

	if (!msg) {
		fail(link, "the bind got no answer");
		return;
	}
	(void)ldap_parse_result(
	    link->ld, msg, &code, NULL, &diagnostic, NULL, NULL, 0);
	if (code == LDAP_SUCCESS) {
		go_up(link);
	} else {
		snprintf(why, sizeof(why), "bind as the service: %s",
		    ldap_link_words(words, link->ld, code, diagnostic));
		fail(link, why);
	}
	ldap_memfree(diagnostic);
}

/* Nothing that a password could follow goes over a stream that others read,
 * whatever led here. */
static bool
is_private(const struct ldap_link *link)
{
	return io_is_secure(link->io) || addr_is_loopback(&link->addr) ||
	    link->env->conf->cleartext;
}

static void
bind_service(struct ldap_link *link)
{
	const struct ldap_env *env = link->env;
	struct berval cred = {
		.bv_len = env->password.n,
		.bv_val = (char *)(uintptr_t)env->password.p,
	};
	int msgid = -1, code;

	if (!is_private(link)) {
		fail(link, "the connection is not encrypted");
		return;
	}
	if (!link->service || !env->conf->bind_dn) {
		go_up(link);
		return;
	}
	link->step = LDAP_LINK_BINDING;
	if (env->password.n == 0) { /* it would be an anonymous bind */
		fail(link, "the password of the service is not known");
		return;
	}
	code = ldap_sasl_bind(link->ld, env->conf->bind_dn, LDAP_SASL_SIMPLE,
	    &cred, NULL, NULL, &msgid);
	if (code != LDAP_SUCCESS)
		fail(link, ldap_err2string(code));
	else
		ldap_link_expect(
		    link, msgid, env->conf->times.bind, on_bound, NULL);
}

static void
secure(struct ldap_link *link)
{
	struct tls_connect_opts opts = { .host = &link->url->host };

	link->step = LDAP_LINK_SECURING;
	io_tls_connect(link->io, link->env->ctx, &opts);
}

static void
on_starttls(struct ldap_link *link, LDAPMessage *msg, void *arg)
{
	int code = LDAP_OTHER;

	if (msg)
		(void)ldap_parse_result(
		    link->ld, msg, &code, NULL, NULL, NULL, NULL, 0);
	if (!msg)
		fail(link, "StartTLS got no answer");
	else if (code != LDAP_SUCCESS)
		fail(link, "the server refuses StartTLS");
	else if (evbuffer_get_length(io_input(link->io)) > 0)
		/* put there to be taken for what comes over TLS */
		fail(link, "the server says more before StartTLS");
	else
		secure(link);
}

static void
start_tls(struct ldap_link *link)
{
	int msgid = -1, code;

	link->step = LDAP_LINK_SECURING;
	code = ldap_extended_operation(
	    link->ld, LDAP_EXOP_START_TLS, NULL, NULL, NULL, &msgid);
	if (code != LDAP_SUCCESS)
		fail(link, ldap_err2string(code));
	else
		ldap_link_expect(link, msgid, link->env->conf->times.connect,
		    on_starttls, NULL);
}

static void
on_io(struct io *io, enum io_event event, void *arg)
{
	struct ldap_link *link = arg;
	const struct tls_info *info;

	link->busy++;
	switch (event) {
	case IO_DATA:
		read_answers(link);
		break;
	case IO_SECURE:
		bind_service(link);
		break;
	case IO_EOF:
		fail(link, "the server closed the connection");
		break;
	case IO_ERROR:
		info = io_is_tls(io) ? io_tls_info(io) : NULL;
		fail(link,
		    info && info->verify_error ? info->verify_text
					       : io_error(io));
		break;
	case IO_HELLO:
	case IO_DRAINED:
		break;
	}
	leave(link);
}

static const char *
dial_words(const struct dial *dial, enum dial_ret ret)
{
	switch (ret) {
	case DIAL_RESOLVE:
		switch (dial_resolve_ret(dial)) {
		case RESOLVE_NO_NAME:
			return "there is no such name";
		case RESOLVE_NO_ADDR:
			return "the name has no address";
		case RESOLVE_TIMEOUT:
			return "the name could not be looked up in time";
		case RESOLVE_OK:
		case RESOLVE_FAILED:
			break;
		}
		return "the name could not be looked up";
	case DIAL_TIMEOUT:
		return "it does not answer in time";
	case DIAL_OK:
	case DIAL_REFUSED:
	case DIAL_CONNECT:
		break;
	}
	return dial_error(dial);
}

static enum dial_candidate
on_candidate(const struct addr *addr, int fd, void *arg)
{
	return DIAL_GO;
}

static void
on_dialled(struct dial *dial, enum dial_ret ret, int fd,
    const struct addr *addr, void *arg)
{
	struct ldap_link *link = arg;
	const char *why = ret == DIAL_OK ? NULL : dial_words(dial, ret);

	link->busy++;
	if (!why) {
		link->addr = *addr;
		link->io = io_new(link->env->base, fd, on_io, link);
		link->stream.io = link->io;
		why = ldap_stream_open(&link->stream, &link->ld);
	}
	if (why)
		fail(link, why);
	else if (link->url->tls)
		secure(link);
	else if (link->env->conf->starttls)
		start_tls(link);
	else
		bind_service(link);
	leave(link);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	static const char *const words[] = {
		[LDAP_LINK_DIALLING] = "it does not answer in time",
		[LDAP_LINK_SECURING] = "TLS takes too long",
		[LDAP_LINK_BINDING] = "the bind takes too long",
		[LDAP_LINK_UP] = "",
		[LDAP_LINK_DOWN] = "",
	};
	struct ldap_link *link = arg;

	fail(link, words[link->step]);
}

struct ldap_link *
ldap_link_open(const struct ldap_env *env, const struct ldap_url *url,
    bool service, ldap_link_fn *on_change, void *arg)
{
	struct ldap_link *link = mem_zalloc(sizeof(*link));
	uint64_t ms = env->conf->times.connect;
	struct timeval limit = {
		.tv_sec = (time_t)(ms / 1000),
		.tv_usec = (suseconds_t)(ms % 1000 * 1000),
	};

	link->env = env;
	link->url = url;
	link->service = service;
	link->on_change = on_change;
	link->arg = arg;
	link->requests = ldap_requests_new(env->base, on_late, link);
	link->timer = evtimer_new(env->base, on_timer, link);
	if (!link->timer)
		fatal("cannot make a timer");
	event_add(link->timer, &limit);
	link->dial = dial_start(env->base, env->resolver, &url->host, url->port,
	    ms, on_candidate, on_dialled, link);
	return link;
}

enum ldap_link_step
ldap_link_step(const struct ldap_link *link)
{
	return link->step;
}

const char *
ldap_link_why(const struct ldap_link *link)
{
	return link->why;
}

enum ldap_link_step
ldap_link_failed_at(const struct ldap_link *link)
{
	return link->failed_at;
}

LDAP *
ldap_link_handle(struct ldap_link *link)
{
	return link->ld;
}

const struct tls_info *
ldap_link_tls(const struct ldap_link *link)
{
	return link->io && io_is_tls(link->io) ? io_tls_info(link->io) : NULL;
}

const struct addr *
ldap_link_addr(const struct ldap_link *link)
{
	return link->io ? &link->addr : NULL;
}
