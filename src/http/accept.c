/*
 * accept: weighs language ranges. Keeps nothing and allocates nothing; the
 * work is bounded by ACCEPT_RANGES_MAX ranges for each language.
 */
#include "http/accept.h"

#include "http/field.h"

#define WEIGHT_MAX 1000u

/* What the field says of one language. */
struct liking {
	unsigned weight; /* thousandths; 0: not wanted */
	size_t place;    /* of the range that says so */
	bool named;      /* by a range other than "*" */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* qvalue (RFC 9110 section 12.4.2): 0 or 1, and up to three decimals. */
static int
read_weight(struct slice text, unsigned *out)
{
	unsigned weight, scale = 100;

	if (text.n == 0 || text.n > 5 || (text.p[0] != '0' && text.p[0] != '1'))
		return -1;
	if (text.n > 1 && text.p[1] != '.')
		return -1;
	weight = text.p[0] == '1' ? WEIGHT_MAX : 0;
	for (size_t i = 2; i < text.n; i++) {
		if (!is_digit(text.p[i]))
			return -1;
		weight += scale * (unsigned)(text.p[i] - '0');
		scale /= 10;
	}
	if (weight > WEIGHT_MAX)
		return -1;
	*out = weight;
	return 0;
}

/* "de-AT ; q=0.8" */
static int
read_range(struct slice item, struct slice *range, unsigned *weight)
{
	size_t semicolon = slice_find(item, ';');
	struct slice rest = slice_trim(slice_from_idx(item, semicolon + 1));

	*range = slice_trim(slice_sub(item, 0, semicolon));
	if (!token_ok(*range))
		return -1;
	*weight = WEIGHT_MAX;
	if (semicolon == item.n)
		return 0;
	if (rest.n < 2 || !slice_caseeq(slice_sub(rest, 0, 2), SLICE("q=")))
		return -1;
	return read_weight(slice_from_idx(rest, 2), weight);
}

/* Lookup: the tag is the range, or what is left when subtags are cut off the
 * range's end. */
static bool
range_takes(struct slice range, struct slice tag)
{
	return slice_caseeq(slice_sub(range, 0, tag.n), tag) &&
	    (range.n == tag.n || range.p[tag.n] == '-');
}

/* "*" is for what nothing else names, wherever it stands. A zero refuses the
 * very tag, not the relatives that were cut back to it. */
static void
take(struct liking *liking, struct slice range, struct slice tag,
    unsigned weight, size_t place)
{
	bool any = slice_eq_str(range, "*");

	if (!any && !range_takes(range, tag))
		return;
	if (any && liking->named)
		return;
	if (!any && weight == 0 && range.n != tag.n)
		return;
	if (any || !liking->named || weight > liking->weight)
		*liking = (struct liking){ weight, place, !any };
}

static struct liking
like(struct slice value, struct slice tag)
{
	struct liking liking = { 0, ACCEPT_RANGES_MAX, false };
	struct slice item, range;
	unsigned weight;

	for (size_t place = 0; place < ACCEPT_RANGES_MAX; place++) {
		if (!slice_split(&value, ',', &item))
			break;
		if (read_range(slice_trim(item), &range, &weight) == 0)
			take(&liking, range, tag, weight, place);
	}
	return liking;
}

size_t
accept_language(struct slice value, const char *const tags[], size_t n)
{
	struct liking best = { 0, 0, false };
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		struct liking liking = like(value, slice_of(tags[i]));

		if (liking.weight < best.weight || liking.weight == 0)
			continue;
		if (liking.weight == best.weight && liking.place >= best.place)
			continue;
		best = liking;
		found = i;
	}
	return found;
}
