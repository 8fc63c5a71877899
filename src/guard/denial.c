/*
 * denial: what administrators read of packets that didn't pass.
 */
#include "guard/denial.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "base/clock.h"
#include "base/log.h"
#include "guard/events.h"

static char *
target(char buf[ADDR_TEXT_SIZE], const struct guard_event *event)
{
	struct addr addr = { .port = event->port };

	memcpy(addr.ip, event->ip, sizeof(addr.ip));
	return event->port ? addr_text_port(buf, &addr) : addr_text(buf, &addr);
}

static bool
has_target(const struct guard_event *event)
{
	return event->hook != GUARD_HOOK_CREATE;
}

static struct slice
comm(const struct guard_event *event)
{
	return slice_from(
	    event->comm, strnlen(event->comm, sizeof(event->comm)));
}

static const char *
verb(const struct guard_event *event)
{
	return event->observed ? "would deny" : "denied";
}

static struct slice
reason(const struct denial *denial)
{
	if (denial->label.n > 0)
		return denial->label;
	return slice_of(events_why_word((enum guard_why)denial->event->why));
}

static size_t append(char *buf, size_t n, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static size_t
append(char *buf, size_t n, const char *fmt, ...)
{
	va_list args;
	int added;

	va_start(args, fmt);
	added = vsnprintf(buf + n, DENIAL_SIZE - n, fmt, args);
	va_end(args);
	if (added < 0)
		return n;
	n += (size_t)added;
	return n < DENIAL_SIZE ? n : DENIAL_SIZE - 1;
}

char *
denial_text(char buf[DENIAL_SIZE], const struct denial *denial)
{
	const struct guard_event *event = denial->event;
	char quoted[LOG_QUOTE_SIZE], text[ADDR_TEXT_SIZE];
	char protocol[EVENTS_PROTOCOL_SIZE];
	size_t n = 0;

	if (denial->account.n > 0)
		n = append(buf, n, "%s %.64s", verb(event),
		    log_quote(quoted, denial->account));
	else if (event->account == GUARD_NOBODY)
		n = append(buf, n, "%s a socket of nobody", verb(event));
	else
		n = append(
		    buf, n, "%s account %" PRIu32, verb(event), event->account);
	if (event->session != 0)
		n = append(
		    buf, n, ", session %" PRIu64, (uint64_t)event->session);
	if (event->pid != 0)
		n = append(buf, n, ", pid %" PRIu32 " \"%s\"", event->pid,
		    log_quote(quoted, comm(event)));
	if (has_target(event))
		n = append(buf, n, ", to %s %s", target(text, event),
		    events_protocol(protocol, event->protocol));
	else
		n = append(buf, n, ", a socket of family %u", event->family);
	n = append(buf, n, ": %.100s", log_quote(quoted, reason(denial)));
	if (event->lost != 0)
		append(buf, n, " (and %" PRIu32 " more before)", event->lost);
	return buf;
}

/* Event times are those of CLOCK_MONOTONIC. */
static uint64_t
wall_us(const struct guard_event *event)
{
	return clock_wall_us() - clock_us() + event->when_ns / 1000;
}

void
denial_json(struct json *json, const struct denial *denial)
{
	const struct guard_event *event = denial->event;
	char stamp[CLOCK_STAMP_SIZE], text[ADDR_TEXT_SIZE];
	char protocol[EVENTS_PROTOCOL_SIZE];

	json_open(json, NULL);
	json_str(json, "time", slice_of(clock_stamp(stamp, wall_us(event))));
	json_str(
	    json, "event", slice_of(event->observed ? "observed" : "denied"));
	json_str(json, "account", denial->account);
	if (event->account != GUARD_NOBODY)
		json_u64(json, "number", event->account);
	if (event->uid != GUARD_NOBODY)
		json_u64(json, "uid", event->uid);
	if (event->loginuid != GUARD_NOBODY)
		json_u64(json, "loginuid", event->loginuid);
	json_u64(json, "session", event->session);
	json_u64(json, "pid", event->pid);
	json_str(json, "program", comm(event));
	if (has_target(event)) {
		json_str(json, "to", slice_of(target(text, event)));
		json_str(json, "protocol",
		    slice_of(events_protocol(protocol, event->protocol)));
	} else {
		json_u64(json, "family", event->family);
	}
	json_str(json, "hook",
	    slice_of(events_hook_word((enum guard_hook)event->hook)));
	json_str(
	    json, "why", slice_of(events_why_word((enum guard_why)event->why)));
	json_str(json, "rule", denial->label);
	json_u64(json, "left_out", event->lost);
	json_close(json);
	json_line_end(json);
}
