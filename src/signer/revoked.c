/*
 * revoked: reads the list of revoked serials; never writes it (`sallyport ca
 * revoke` does).
 */
#include "signer/revoked.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

static const struct {
	const char *word;
	int code; /* RFC 5280 section 5.3.1: CRLReason */
} reasons[] = {
	{ "unspecified", 0 },
	{ "key-compromise", 1 },
	{ "superseded", 4 },
	{ "ceased", 5 },
};

int
revoked_reason(struct slice word)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (slice_eq_str(word, reasons[i].word))
			return reasons[i].code;
	return -1;
}

const char *
revoked_reasons(void)
{
	return "unspecified, key-compromise, superseded, ceased";
}

const char *
revoked_serial(struct slice text, struct revoked_one *out)
{
	unsigned char digits[REVOKED_SERIAL_MAX * 2];
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == ':')
			continue;
		if (slice_hex_digit(text.p[i]) < 0)
			return "a serial number is written in hexadecimal";
		if (n == 0 && text.p[i] == '0')
			continue;
		if (n == sizeof(digits))
			return "a serial number has 20 bytes at most";
		digits[n++] = (unsigned char)slice_hex_digit(text.p[i]);
	}
	if (n == 0)
		return "a serial number is missing";
	out->n = (n + 1) / 2;
	memset(out->serial, 0, sizeof(out->serial));
	for (size_t i = 0; i < n; i++) /* from the last digit */
		out->serial[out->n - 1 - i / 2] |=
		    (unsigned char)(digits[n - 1 - i] << (i % 2 ? 4 : 0));
	return NULL;
}

static const char *
parse_day(struct slice text, int64_t *out)
{
	struct tm tm = { 0 };
	char copy[11];
	char *end;

	if (text.n != 10)
		return "a day is written as 2026-11-26";
	memcpy(copy, text.p, 10);
	copy[10] = '\0';
	end = strptime(copy, "%Y-%m-%d", &tm);
	if (!end || *end || tm.tm_year < 70)
		return "a day is written as 2026-11-26";
	*out = (int64_t)timegm(&tm);
	return NULL;
}

static const char *
parse_line(struct slice line, struct revoked_one *out)
{
	struct slice serial, day, reason = SLICE_EMPTY;
	const char *why;

	slice_split(&line, ' ', &serial);
	if (!slice_split(&line, ' ', &day))
		return "a line has a serial number and a day";
	slice_split(&line, ' ', &reason);
	if (line.p)
		return "a line has a serial number, a day and a reason";
	why = revoked_serial(serial, out);
	if (!why)
		why = parse_day(day, &out->at);
	if (why)
		return why;
	out->reason = reason.n ? revoked_reason(reason) : 0;
	return out->reason < 0 ? "a reason that is none" : NULL;
}

const char *
revoked_parse(struct slice text, struct revoked *out, unsigned *line_number)
{
	struct slice line;
	const char *why = NULL;
	size_t cap = 0;

	*out = (struct revoked){ NULL, 0 };
	*line_number = 0;
	while (!why && text.n && slice_split(&text, '\n', &line)) {
		struct revoked_one one;

		++*line_number;
		line = slice_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (out->n == REVOKED_MAX)
			return "more than 1000 revoked certificates";
		why = parse_line(line, &one);
		if (why || revoked_has(out, one.serial, one.n))
			continue;
		out->v = mem_grow(out->v, out->n, &cap, sizeof(*out->v));
		out->v[out->n++] = one;
	}
	return why;
}

void
revoked_clear(struct revoked *revoked)
{
	free(revoked->v);
	*revoked = (struct revoked){ NULL, 0 };
}

bool
revoked_has(
    const struct revoked *revoked, const unsigned char *serial, size_t n)
{
	for (size_t i = 0; revoked && i < revoked->n; i++)
		if (revoked->v[i].n == n &&
		    memcmp(revoked->v[i].serial, serial, n) == 0)
			return true;
	return false;
}
