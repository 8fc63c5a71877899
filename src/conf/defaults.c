/*
 * defaults: every number that a configuration may leave out, and how
 * numbers with units are written.
 */
#include "conf/defaults.h"

#include <stdio.h>

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const struct setting limits[] = {
#define LIMIT(field, word, value, min, max, unit, meaning)                     \
	{ word, offsetof(struct limits, field), value, min, max, UNIT_##unit,  \
		meaning },
#include "conf/defaults.def"
};

static const struct setting timeouts[] = {
#define TIMEOUT(field, word, value, min, max, unit, meaning)                   \
	{ word, offsetof(struct timeouts, field), value, min, max,             \
		UNIT_##unit, meaning },
#include "conf/defaults.def"
};

struct settings
defaults_limits(void)
{
	return (struct settings){ "limit", limits, COUNT_OF(limits) };
}

struct settings
defaults_timeouts(void)
{
	return (struct settings){ "timeout", timeouts, COUNT_OF(timeouts) };
}

const struct setting *
settings_find(struct settings settings, struct slice word)
{
	for (size_t i = 0; i < settings.n; i++)
		if (slice_eq_str(word, settings.v[i].word))
			return &settings.v[i];
	return NULL;
}

uint64_t *
setting_in(const struct setting *setting, void *base)
{
	return (uint64_t *)((char *)base + setting->offset);
}

static void
set_all(struct settings settings, void *base)
{
	for (size_t i = 0; i < settings.n; i++)
		*setting_in(&settings.v[i], base) = settings.v[i].value;
}

void
defaults_set(struct conf *conf)
{
	set_all(defaults_limits(), &conf->limits);
	set_all(defaults_timeouts(), &conf->timeouts);
}

/* --- numbers with units ---------------------------------------------------- */

struct suffix {
	const char *word;
	uint64_t factor;
};

struct suffixes {
	const struct suffix *v; /* from large to small */
	size_t n;
	const char *wanted;
};

static struct suffixes
suffixes_of(enum unit unit)
{
	static const struct suffix sizes[] = { { "g", GIB }, { "m", MIB },
		{ "k", KIB }, { "", 1 } };
	static const struct suffix times[] = { { "d", DAY }, { "h", HOUR },
		{ "m", MINUTE }, { "s", SECOND }, { "ms", 1 } };
	static const struct suffix counts[] = { { "", 1 } };

	switch (unit) {
	case UNIT_BYTES:
		return (struct suffixes){ sizes, COUNT_OF(sizes),
			"not a size: digits, then k, m or g" };
	case UNIT_MILLISECONDS:
		return (struct suffixes){ times, COUNT_OF(times),
			"not a duration: digits, then ms, s, m, h or d" };
	case UNIT_COUNT:
		break;
	}
	return (struct suffixes){ counts, COUNT_OF(counts), "not a number" };
}

char *
unit_text(char buf[UNIT_TEXT_SIZE], enum unit unit, uint64_t value)
{
	struct suffixes suffixes = suffixes_of(unit);
	size_t i = 0;

	if (value == 0 && unit != UNIT_MILLISECONDS) {
		snprintf(buf, UNIT_TEXT_SIZE, "none");
		return buf;
	}
	while (i + 1 < suffixes.n && value % suffixes.v[i].factor != 0)
		i++;
	snprintf(buf, UNIT_TEXT_SIZE, "%llu%s",
	    (unsigned long long)(value / suffixes.v[i].factor),
	    suffixes.v[i].word);
	return buf;
}

const char *
unit_parse(enum unit unit, struct slice s, uint64_t *out)
{
	struct suffixes suffixes = suffixes_of(unit);
	size_t digits = 0;
	struct slice word;
	uint64_t number;

	if (slice_eq_str(s, "none") && unit != UNIT_MILLISECONDS) {
		*out = 0;
		return NULL;
	}
	while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
		digits++;
	if (slice_to_u64(slice_sub(s, 0, digits), UINT64_MAX, &number))
		return digits ? "the number is too large" : suffixes.wanted;
	word = slice_from_idx(s, digits);
	for (size_t i = 0; i < suffixes.n; i++) {
		if (!slice_eq_str(word, suffixes.v[i].word))
			continue;
		if (number > UINT64_MAX / suffixes.v[i].factor)
			return "the number is too large";
		*out = number * suffixes.v[i].factor;
		return NULL;
	}
	return suffixes.wanted;
}
