/*
 * events: reads the ring buffer, and has the words for what it says.
 */
#include "guard/events.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include <bpf/libbpf.h>

#include "base/mem.h"
#include "base/must.h"

struct events {
	struct ring_buffer *ring; /* owned */
	events_fn *on_event;
	void *arg; /* borrowed */
};

static int
on_record(void *arg, void *data, size_t size)
{
	struct events *events = arg;

	if (size >= sizeof(struct guard_event))
		events->on_event(data, events->arg);
	return 0;
}

struct events *
events_new(int ring, events_fn *on_event, void *arg)
{
	struct events *events = mem_zalloc(sizeof(*events));
	int saved;

	events->on_event = on_event;
	events->arg = arg;
	events->ring = ring_buffer__new(ring, on_record, events, NULL);
	if (events->ring)
		return events;
	saved = errno;
	free(events);
	errno = saved;
	return NULL;
}

void
events_free(struct events *events)
{
	if (!events)
		return;
	ring_buffer__free(events->ring);
	free(events);
}

int
events_fd(const struct events *events)
{
	return ring_buffer__epoll_fd(events->ring);
}

void
events_drain(struct events *events)
{
	(void)ring_buffer__consume(events->ring);
}

const char *
events_why_word(enum guard_why why)
{
	static const char *const words[GUARD_WHY_COUNT] = {
		[GUARD_WHY_RULE] = "rule",
		[GUARD_WHY_NO_RULES] = "no-rules",
		[GUARD_WHY_NO_TAG] = "no-tag",
		[GUARD_WHY_NO_ACCOUNT] = "no-account",
		[GUARD_WHY_PIN] = "other-place",
		[GUARD_WHY_HEADERS] = "headers",
		[GUARD_WHY_FAMILY] = "family",
		[GUARD_WHY_CONTAINER] = "container",
	};

	return why < GUARD_WHY_COUNT ? words[why] : "left-out";
}

const char *
events_hook_word(enum guard_hook hook)
{
	switch (hook) {
	case GUARD_HOOK_PACKET:
		return "packet";
	case GUARD_HOOK_CONNECT:
		return "connect";
	case GUARD_HOOK_SENDMSG:
		return "send";
	case GUARD_HOOK_CREATE:
		return "socket";
	}
	return "unknown";
}

const char *
events_protocol(char buf[EVENTS_PROTOCOL_SIZE], unsigned protocol)
{
	static const struct {
		unsigned number;
		const char *word;
	} known[] = { { IPPROTO_TCP, "tcp" }, { IPPROTO_UDP, "udp" },
		{ IPPROTO_ICMP, "icmp" }, { IPPROTO_ICMPV6, "icmp6" },
		{ IPPROTO_SCTP, "sctp" }, { IPPROTO_IGMP, "igmp" } };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].number == protocol)
			return known[i].word;
	snprintf(buf, EVENTS_PROTOCOL_SIZE, "%u", protocol);
	return buf;
}
