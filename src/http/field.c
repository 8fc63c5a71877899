/*
 * field: from a field's name to its number and back, by one table that
 * http/fields.def makes.  Runs once for every field of every message.
 */
#include "http/field.h"

#include <string.h>

#include "base/must.h"

enum {
	HOP = FIELD_IS_HOP,
	ONE = FIELD_IS_ONE,
	ALONE = FIELD_IS_ALONE,
	LIST = FIELD_IS_LIST,
	NOTRAILER = FIELD_NOT_IN_TRAILER
};

#define NAME_MAX_KNOWN 25

struct entry {
	const char *name;
	uint8_t len;
	uint8_t flags;
};

static const struct entry entries[FIELD_COUNT] = {
	[FIELD_OTHER] = { "", 0, 0 },
#define FIELD(id, text, flags)                                                 \
	[FIELD_##id] = { (text), sizeof(text) - 1, (flags) },
#include "http/fields.def"
#undef FIELD
};

/* The last field of each length of name: a later one of the same length
 * overrides, which is what is wanted here and a warning elsewhere. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const uint8_t last_of_length[NAME_MAX_KNOWN + 1] = {
#define FIELD(id, text, flags) [sizeof(text) - 1] = FIELD_##id,
#include "http/fields.def"
#undef FIELD
};
#pragma GCC diagnostic pop

_Static_assert(FIELD_COUNT <= 64, "sets of fields are 64 bits wide");

/* Token characters (RFC 9110 section 5.6.2), a bit each. */
static const uint32_t token_bits[8] = {
	[1] = 0x03ff6cfa, /* !#$%&'*+-. and digits */
	[2] = 0xc7fffffe, /* capitals, ^ and _ */
	[3] = 0x57ffffff, /* `, small letters, | and ~ */
};

enum field_id
field_lookup(struct slice name)
{
	unsigned id;

	if (name.n == 0 || name.n > NAME_MAX_KNOWN)
		return FIELD_OTHER;
	for (id = last_of_length[name.n]; entries[id].len == name.n; id--) {
		/* The first letter tells most of them apart. */
		if ((entries[id].name[0] | 0x20) == (name.p[0] | 0x20) &&
		    slice_caseeq(name, slice_from(entries[id].name, name.n)))
			return id;
	}
	return FIELD_OTHER;
}

struct slice
field_name(enum field_id id)
{
	must(id < FIELD_COUNT);
	return slice_from(entries[id].name, entries[id].len);
}

unsigned
field_flags(enum field_id id)
{
	must(id < FIELD_COUNT);
	return entries[id].flags;
}

bool
token_ok(struct slice s)
{
	uint32_t all = 1;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		all &= token_bits[c >> 5] >> (c & 31);
	}
	return s.n > 0 && all;
}

static bool
is_control(uint8_t c)
{
	return (c < ' ' && c != '\t') || c == 0x7f;
}

/* May one of eight bytes be below 0x20, or 0x7f? Never wrong with "no". */
static bool
has_control(const char *p)
{
	const uint64_t ones = UINT64_MAX / 255;
	uint64_t x, del;

	memcpy(&x, p, sizeof(x));
	del = x ^ (ones * 0x7f);
	return (((x - ones * 0x20) & ~x) | ((del - ones) & ~del)) &
	    (ones * 0x80);
}

bool
field_value_ok(struct slice s)
{
	size_t i = 0;

	while (i < s.n) {
		if (s.n - i >= 8 && !has_control(s.p + i))
			i += 8;
		else if (is_control(s.p[i]))
			return false;
		else
			i++;
	}
	return true;
}
