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
#include "base/sink.h"
#include "guard/events.h"

static char *
target(char buf[ADDR_TEXT_SIZE], const struct guard_event *event)
{
	struct addr addr = { .port = event->port };

	memcpy(addr.ip, event->ip, sizeof(addr.ip));
	return event->port ? addr_text_port(buf, &addr) : addr_text(buf, &addr);
}

static bool
is_left_out(const struct guard_event *event)
{
	return event->why == GUARD_WHY_COUNT;
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

struct guard_event
denial_left_out(uint32_t account, uint32_t left_out)
{
	struct guard_event event;

	memset(&event, 0, sizeof(event));
	event.when_ns = clock_us() * 1000;
	event.account = account;
	event.uid = event.loginuid = GUARD_NOBODY;
	event.rule = GUARD_RULE_NONE;
	event.why = GUARD_WHY_COUNT;
	event.lost = left_out;
	return event;
}

static size_t
append_who(char *buf, size_t n, const struct denial *denial)
{
	char quoted[LOG_QUOTE_SIZE];

	if (denial->account.n > 0)
		return append(
		    buf, n, "%.64s", log_quote(quoted, denial->account));
	if (denial->event->account == GUARD_NOBODY)
		return append(buf, n, "a socket of nobody");
	return append(buf, n, "account %" PRIu32, denial->event->account);
}

char *
denial_text(char buf[DENIAL_SIZE], const struct denial *denial)
{
	const struct guard_event *event = denial->event;
	char quoted[LOG_QUOTE_SIZE], text[ADDR_TEXT_SIZE];
	char protocol[EVENTS_PROTOCOL_SIZE];
	size_t n = 0;

	if (is_left_out(event)) {
		n = append(buf, n, "%" PRIu32 " denials were not told of ",
		    event->lost);
		append_who(buf, n, denial);
		return buf;
	}
	n = append(buf, n, "%s ", verb(event));
	n = append_who(buf, n, denial);
	if (event->session != 0)
		n = append(
		    buf, n, ", session %" PRIu64, (uint64_t)event->session);
	if (event->pid != 0)
		n = append(buf, n, ", pid %" PRIu32, event->pid);
	if (event->comm[0] != '\0')
		n = append(buf, n, " \"%s\"", log_quote(quoted, comm(event)));
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

static void
put_opt(struct json *json, const char *key, struct slice value)
{
	if (value.n > 0)
		json_str(json, key, value);
}

static void
put_number(struct json *json, const char *key, uint32_t value)
{
	if (value != GUARD_NOBODY)
		json_u64(json, key, value);
}

/* Handles of logins need all of their 64 bits, which few readers of JSON
 * have for a number. */
static void
put_who(struct json *json, const struct denial *denial)
{
	const struct guard_event *event = denial->event;
	char session[24];

	put_opt(json, "account", denial->account);
	put_number(json, "number", event->account);
	put_number(json, "uid", event->uid);
	put_number(json, "loginuid", event->loginuid);
	snprintf(
	    session, sizeof(session), "%" PRIu64, (uint64_t)event->session);
	if (event->session != 0)
		json_str(json, "session", slice_of(session));
	if (event->pid != 0)
		json_u64(json, "pid", event->pid);
	put_opt(json, "program", comm(event));
}

static void
put_what(struct json *json, const struct guard_event *event)
{
	char text[ADDR_TEXT_SIZE], protocol[EVENTS_PROTOCOL_SIZE];

	if (is_left_out(event))
		return;
	if (has_target(event)) {
		json_str(json, "address", slice_of(target(text, event)));
		if (event->port != 0)
			json_u64(json, "port", event->port);
		json_str(json, "protocol",
		    slice_of(events_protocol(protocol, event->protocol)));
	} else {
		json_u64(json, "family", event->family);
	}
	json_str(json, "hook",
	    slice_of(events_hook_word((enum guard_hook)event->hook)));
}

void
denial_json(struct json *json, const struct denial *denial)
{
	const struct guard_event *event = denial->event;
	char stamp[CLOCK_STAMP_SIZE];

	json_open(json, NULL);
	json_u64(json, "v", RECORD_VERSION);
	json_str(json, "type", SLICE("packet"));
	json_str(json, "time", slice_of(clock_stamp(stamp, wall_us(event))));
	put_who(json, denial);
	put_what(json, event);
	json_str(
	    json, "verdict", event->observed ? SLICE("report") : SLICE("deny"));
	put_opt(json, "rule", denial->label);
	json_str(json, "reason",
	    slice_of(events_why_word((enum guard_why)event->why)));
	if (event->lost != 0)
		json_u64(json, "left_out", event->lost);
	json_close(json);
	json_line_end(json);
}
