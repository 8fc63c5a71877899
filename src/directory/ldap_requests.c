/*
 * ldap_requests: who waits for which answer.
 *
 * Runs in the directory process.  Each is told once: by what came, or that
 * nothing does.
 */
#include "directory/ldap_requests.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"

struct ldap_requests {
	struct event_base *base; /* borrowed */
	ldap_late_fn *on_late;
	struct ldap_link *link; /* borrowed: it owns us */
	struct map *map;        /* owned: from message id */
};

struct request {
	struct ldap_requests *requests; /* borrowed: it owns us */
	int msgid;
	ldap_reply_fn *on_reply;
	void *arg;           /* borrowed */
	struct event *timer; /* owned */
};

static void
request_free(void *arg)
{
	struct request *request = arg;

	event_free(request->timer);
	free(request);
}

static struct slice
key_of(const int *msgid)
{
	return slice_from(msgid, sizeof(*msgid));
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct request *request = arg;
	struct ldap_requests *requests = request->requests;

	requests->on_late(requests->link, request->msgid);
}

static void
arm(struct event *timer, uint64_t ms)
{
	struct timeval after = {
		.tv_sec = (time_t)(ms / 1000),
		.tv_usec = (suseconds_t)(ms % 1000 * 1000),
	};

	event_add(timer, &after);
}

void
ldap_requests_add(struct ldap_requests *requests, int msgid, uint64_t ms,
    ldap_reply_fn *on_reply, void *arg)
{
	struct request *request = mem_zalloc(sizeof(*request));

	request->requests = requests;
	request->msgid = msgid;
	request->on_reply = on_reply;
	request->arg = arg;
	request->timer = evtimer_new(requests->base, on_timer, request);
	if (!request->timer)
		fatal("cannot make a timer");
	arm(request->timer, ms);
	map_set(requests->map, key_of(&msgid), request);
}

void
ldap_requests_forget(struct ldap_requests *requests, int msgid)
{
	map_del(requests->map, key_of(&msgid));
}

/* The callback may free the link, and us with it. */
static void
end_with(struct ldap_requests *requests, int msgid, LDAPMessage *msg)
{
	struct request *request = map_take(requests->map, key_of(&msgid));

	if (!request)
		return;
	request->on_reply(requests->link, msg, request->arg);
	request_free(request);
}

void
ldap_requests_end(struct ldap_requests *requests, int msgid)
{
	end_with(requests, msgid, NULL);
}

void
ldap_requests_deliver(struct ldap_requests *requests, LDAPMessage *msg)
{
	int msgid = ldap_msgid(msg), type = ldap_msgtype(msg);
	struct request *request;

	switch (type) {
	case LDAP_RES_SEARCH_REFERENCE:
	case LDAP_RES_INTERMEDIATE:
		break;
	case LDAP_RES_SEARCH_ENTRY:
		request = map_peek(requests->map, key_of(&msgid));
		if (request)
			request->on_reply(requests->link, msg, request->arg);
		break;
	default:
		end_with(requests, msgid, msg);
		break;
	}
}

static int
pick_id(struct slice key, void *value, void *arg)
{
	memcpy(arg, key.p, sizeof(int));
	return 1;
}

bool
ldap_requests_any(struct ldap_requests *requests, int *msgid)
{
	return map_each(requests->map, pick_id, msgid) != 0;
}

struct ldap_requests *
ldap_requests_new(
    struct event_base *base, ldap_late_fn *on_late, struct ldap_link *link)
{
	struct ldap_requests *requests = mem_zalloc(sizeof(*requests));

	requests->base = base;
	requests->on_late = on_late;
	requests->link = link;
	requests->map = map_new(0, request_free);
	return requests;
}

void
ldap_requests_free(struct ldap_requests *requests)
{
	map_free(requests->map);
	free(requests);
}
