/*
 * utf8: one decoder for everything that shows foreign text to people.
 *
 * Runs in every process.  It never guesses: what is not exactly UTF-8 is
 * reported as no character, and the caller decides what to put there.
 */
#include "base/utf8.h"

struct form {
	unsigned char mask; /* of the bits that mark the lead byte */
	unsigned char lead;
	unsigned char len;
	uint32_t least; /* anything below is overlong */
};

static const struct form forms[] = {
	{ 0x80, 0x00, 1, 0 },
	{ 0xe0, 0xc0, 2, 0x80 },
	{ 0xf0, 0xe0, 3, 0x800 },
	{ 0xf8, 0xf0, 4, 0x10000 },
};

struct range {
	uint32_t first, last;
};

static const struct range controls[] = {
	{ 0x00, 0x1f },
	{ 0x7f, 0x9f },
	{ 0x61c, 0x61c },
	{ 0x200e, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2066, 0x2069 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct form *
form_of(unsigned char lead)
{
	for (size_t i = 0; i < COUNT(forms); i++)
		if ((lead & forms[i].mask) == forms[i].lead)
			return &forms[i];
	return NULL;
}

size_t
utf8_decode(struct slice s, uint32_t *out)
{
	const struct form *form;
	uint32_t c;

	if (s.n == 0)
		return 0;
	form = form_of((unsigned char)s.p[0]);
	if (!form || s.n < form->len)
		return 0;
	c = (unsigned char)s.p[0] & (unsigned char)~form->mask;
	for (size_t i = 1; i < form->len; i++) {
		unsigned char byte = (unsigned char)s.p[i];

		if ((byte & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (byte & 0x3f);
	}
	if (c < form->least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*out = c;
	return form->len;
}

bool
utf8_valid(struct slice s)
{
	while (s.n) {
		uint32_t c;
		size_t len = utf8_decode(s, &c);

		if (len == 0)
			return false;
		s = slice_from_idx(s, len);
	}
	return true;
}

bool
utf8_is_control(uint32_t c)
{
	for (size_t i = 0; i < COUNT(controls); i++)
		if (c >= controls[i].first && c <= controls[i].last)
			return true;
	return false;
}

bool
utf8_is_plain(struct slice s, size_t max)
{
	size_t n = 0;

	while (s.n) {
		uint32_t c;
		size_t len = utf8_decode(s, &c);

		if (len == 0 || utf8_is_control(c) || ++n > max)
			return false;
		s = slice_from_idx(s, len);
	}
	return n > 0;
}
