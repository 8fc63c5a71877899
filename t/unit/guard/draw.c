/*
 * draw: few prefixes and few ports, so that rules overlap much.
 */
#include "draw.h"

#include <stdio.h>
#include <string.h>

#include "conf/list.h"

#define ARENA_CHUNK 65536

const char *const draw_accounts[DRAW_ACCOUNTS] = { "a0", "a1", "a2", "a3", "a4",
	"a5" };

/* Beginnings of addresses, of every kind that is unfolded or internal. */
static const char *const stems[] = { "10.1.2.3", "10.1.2.200", "192.0.2.7",
	"8.8.8.8", "8.8.4.4", "127.0.0.1", "100.64.1.1", "2001:db8::1",
	"2001:db8:1:2::3", "2606:4700::1111", "fe80::1", "::1",
	"::", "::ffff:0:10.1.2.3", "64:ff9b::8.8.8.8",
	"64:ff9b:1:a01:2:300::", "64:ff9b:1::a01:203",
	"64:ff9b:1:808:8:800::", "2002:a01:203::1", "2002:808:808::1",
	"2001:0:1:2:3:4:f7f7:f7f7", "::8.8.8.8", "fc00::5", "ff02::1",
	"224.0.0.1" };
static const uint16_t ports[] = { 1, 22, 25, 53, 79, 80, 81, 443, 444, 8000,
	8443, 8999, 9000, 65534, 65535 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t
next(struct draw *draw)
{
	draw->state ^= draw->state << 13;
	draw->state ^= draw->state >> 7;
	draw->state ^= draw->state << 17;
	return draw->state;
}

unsigned
draw_below(struct draw *draw, unsigned n)
{
	return (unsigned)(next(draw) >> 33) % n;
}

static bool
one_in(struct draw *draw, unsigned n)
{
	return draw_below(draw, n) == 0;
}

static struct addr
stem(struct draw *draw)
{
	struct addr addr = { .port = 0 };

	addr_parse(slice_of(stems[draw_below(draw, COUNT(stems))]), &addr);
	return addr;
}

static void
cut(struct prefix *prefix)
{
	for (unsigned i = prefix->len; i < 128; i++)
		prefix->ip[i / 8] &= (uint8_t) ~(0x80u >> i % 8);
}

/* Lengths around which something changes, and all others. */
static struct prefix
new_prefix(struct draw *draw)
{
	static const uint8_t v4[] = { 96, 100, 104, 112, 119, 120, 128 };
	static const uint8_t v6[] = { 0, 3, 7, 10, 16, 32, 48, 64, 96, 127,
		128 };
	struct addr addr = stem(draw);
	struct prefix prefix = { .len = 0 };

	memcpy(prefix.ip, addr.ip, sizeof(prefix.ip));
	if (addr_is_v4(&addr))
		prefix.len = one_in(draw, 3)
		    ? (uint8_t)(96 + draw_below(draw, 33))
		    : v4[draw_below(draw, COUNT(v4))];
	else
		prefix.len = one_in(draw, 3) ? (uint8_t)draw_below(draw, 129)
					     : v6[draw_below(draw, COUNT(v6))];
	cut(&prefix);
	return prefix;
}

void
draw_init(struct draw *draw, uint64_t number)
{
	*draw = (struct draw){ .state = number * 0x9e3779b97f4a7c15u + 1 };
	for (int i = 0; i < 8; i++)
		next(draw);
	draw->arena = arena_new(ARENA_CHUNK);
	draw->nprefixes = 2 + draw_below(draw, COUNT(draw->prefixes) - 2);
	for (size_t i = 0; i < draw->nprefixes; i++)
		draw->prefixes[i] = new_prefix(draw);
}

void
draw_clear(struct draw *draw)
{
	arena_free(draw->arena);
}

uint16_t
draw_port(struct draw *draw)
{
	if (one_in(draw, 8))
		return 0;
	if (one_in(draw, 8))
		return (uint16_t)draw_below(draw, 65536);
	return ports[draw_below(draw, COUNT(ports))];
}

struct addr
draw_addr(struct draw *draw)
{
	struct addr addr = stem(draw);
	const struct prefix *prefix;

	if (one_in(draw, 3))
		return addr;
	prefix = &draw->prefixes[draw_below(draw, (unsigned)draw->nprefixes)];
	memcpy(addr.ip, prefix->ip, sizeof(addr.ip));
	for (unsigned i = prefix->len; i < 128; i++)
		if (one_in(draw, 2))
			addr.ip[i / 8] |= (uint8_t)(0x80u >> i % 8);
	if (one_in(draw, 8))
		addr.ip[draw_below(draw, 16)] ^= (uint8_t)(1u
		    << draw_below(draw, 8));
	return addr;
}

/* --- rules -------------------------------------------------------------------- */

static struct port_range
range(struct draw *draw)
{
	uint16_t a = ports[draw_below(draw, COUNT(ports))];
	uint16_t b = one_in(draw, 2) ? a
				     : ports[draw_below(draw, COUNT(ports))];

	return a < b ? (struct port_range){ a, b }
		     : (struct port_range){ b, a };
}

static struct dest
dest_of(struct draw *draw, bool with_names)
{
	struct dest dest = { .kind = DEST_PREFIX };

	if (one_in(draw, 12))
		dest.kind = DEST_ANY;
	else if (one_in(draw, 8))
		dest.kind = DEST_INTERNAL;
	else if (one_in(draw, 6))
		dest.kind = DEST_PORT;
	else if (with_names && one_in(draw, 5))
		dest.kind = DEST_NAME;
	dest.prefix =
	    draw->prefixes[draw_below(draw, (unsigned)draw->nprefixes)];
	dest.port = range(draw);
	if (dest.kind == DEST_NAME)
		pattern_parse(SLICE("www.example"), &dest.name);
	return dest;
}

static struct slice
name_of(struct draw *draw, char letter, unsigned n)
{
	return arena_printf(draw->arena, "%c%u", letter, draw_below(draw, n));
}

static void
draw_who(struct draw *draw, struct who *who)
{
	unsigned n = draw_below(draw, 3);

	who->negated = n && one_in(draw, 4);
	for (unsigned i = 0; i < n; i++) {
		bool group = one_in(draw, 2);
		struct who_item item = { .is_group = group,
			.pattern = group ? name_of(draw, 'g', 3)
					 : name_of(draw, 'a', DRAW_ACCOUNTS) };

		LIST_PUSH(draw->arena, &who->items, item);
	}
}

static struct rule
draw_rule(struct draw *draw, bool with_names)
{
	struct rule rule = { .action = one_in(draw, 2) ? ACTION_ALLOW
						       : ACTION_DENY };

	if (one_in(draw, 10))
		rule.action = ACTION_REPORT;
	draw_who(draw, &rule.who);
	for (unsigned n = draw_below(draw, 4); n > 0; n--)
		LIST_PUSH(draw->arena, &rule.to, dest_of(draw, with_names));
	rule.to_negated = rule.to.n && one_in(draw, 4);
	if (one_in(draw, 2))
		for (unsigned n = draw_below(draw, 4); n > 0; n--)
			LIST_PUSH(draw->arena, &rule.ports, range(draw));
	if (with_names && one_in(draw, 6))
		LIST_PUSH(draw->arena, &rule.methods, SLICE("GET"));
	if (with_names && one_in(draw, 6))
		LIST_PUSH(draw->arena, &rule.paths, SLICE("/a"));
	if (one_in(draw, 10))
		LIST_PUSH(draw->arena, &rule.times,
		    ((struct time_range){ 0x7f, 600, 720 }));
	rule.label = arena_printf(draw->arena, "r%u", draw_below(draw, 1000));
	return rule;
}

struct conf *
draw_conf(struct draw *draw, bool with_names)
{
	struct conf *conf = arena_zalloc(draw->arena, sizeof(*conf));

	conf->arena = draw->arena;
	for (unsigned i = 0; i < 3; i++) {
		struct group group = { .name = arena_printf(
					   draw->arena, "g%u", i) };

		for (unsigned n = draw_below(draw, 4); n > 0; n--)
			LIST_PUSH(draw->arena, &group.members,
			    name_of(draw, 'a', DRAW_ACCOUNTS));
		LIST_PUSH(draw->arena, &conf->groups, group);
	}
	conf->internal_given = one_in(draw, 3);
	for (unsigned n = conf->internal_given ? draw_below(draw, 3) : 0; n > 0;
	     n--) {
		struct dest dest = { .kind = with_names && one_in(draw, 4)
			    ? DEST_NAME
			    : DEST_PREFIX };

		dest.prefix =
		    draw->prefixes[draw_below(draw, (unsigned)draw->nprefixes)];
		pattern_parse(SLICE("in.example"), &dest.name);
		LIST_PUSH(draw->arena, &conf->internal, dest);
	}
	for (unsigned n = 1 + draw_below(draw, 8); n > 0; n--)
		LIST_PUSH(
		    draw->arena, &conf->rules, draw_rule(draw, with_names));
	return conf;
}
