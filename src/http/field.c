/*
 * field: from a field's name to its number and back, by one table that
 * http/fields.def makes.  Runs once for every field of every message.
 */
#include "http/field.h"

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

/* RFC 9110 section 5.6.2; 2: besides, what a field value may hold. */
#define T 3
static const uint8_t classes[256] = {
	['\t'] = 2,
	[' '] = 2,
	['"'] = 2,
	['('] = 2,
	[')'] = 2,
	[','] = 2,
	['/'] = 2,
	[':'] = 2,
	[';'] = 2,
	['<'] = 2,
	['='] = 2,
	['>'] = 2,
	['?'] = 2,
	['@'] = 2,
	['['] = 2,
	['\\'] = 2,
	[']'] = 2,
	['{'] = 2,
	['}'] = 2,
	['!'] = T,
	['#'] = T,
	['$'] = T,
	['%'] = T,
	['&'] = T,
	['\''] = T,
	['*'] = T,
	['+'] = T,
	['-'] = T,
	['.'] = T,
	['^'] = T,
	['_'] = T,
	['`'] = T,
	['|'] = T,
	['~'] = T,
	['0'] = T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	['A'] = T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	['N'] = T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	['a'] = T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	['n'] = T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
	T,
};
#undef T

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
	uint8_t all = 1;

	for (size_t i = 0; i < s.n; i++)
		all &= classes[(uint8_t)s.p[i]];
	return s.n > 0 && (all & 1);
}

bool
field_value_ok(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c < 0x80 && classes[c] == 0)
			return false;
	}
	return true;
}
