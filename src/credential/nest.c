/*
 * nest: a stack of counts in place of recursion over what a peer sent.
 */
#include "credential/nest.h"

bool
nest_number(struct slice *rest, unsigned width, uint64_t *out)
{
	uint64_t value = 0;

	if (rest->n < width)
		return false;
	for (unsigned i = 0; i < width; i++)
		value = value << 8 | (unsigned char)rest->p[i];
	*rest = slice_from_idx(*rest, width);
	*out = value;
	return true;
}

static struct nest_level *
top(struct nest *nest)
{
	return nest->depth > 0 ? &nest->stack[nest->depth - 1] : NULL;
}

static uint32_t
way(struct nest *nest, enum candidate_rank *rank)
{
	const struct nest_level *level = top(nest);

	*rank = RANK_VALUE;
	if (!level || !nest->scan)
		return nest->span->where;
	if (!level->map)
		return scan_step(nest->scan, level->where, nest->coding->item,
		    SLICE_EMPTY, level->index);
	*rank = rank_of_name(level->key, RANK_VALUE);
	return scan_step(
	    nest->scan, level->where, nest->coding->key, level->key, 0);
}

/* An item is complete: so may be the containers that it ends. */
void
nest_thing(struct nest *nest)
{
	struct nest_level *level;

	while ((level = top(nest)) != NULL) {
		level->index++;
		if (level->left == NEST_UNTIL_END || --level->left > 0)
			return;
		nest->depth--;
	}
}

static void
use(struct nest *nest, struct slice s)
{
	struct nest_level *level = top(nest);
	enum candidate_rank rank;
	uint32_t where;

	if (level && level->map && level->index % 2 == 0) {
		level->key = s;
		scan_emit(
		    nest->scan, nest->span, s, nest->span->where, RANK_PART);
		return;
	}
	where = way(nest, &rank);
	scan_push(nest->scan, nest->span, s, where, SPAN_VALUE, rank);
}

void
nest_string(struct nest *nest, struct slice s)
{
	if (nest->scan)
		use(nest, s);
	nest_thing(nest);
}

bool
nest_open(struct nest *nest, bool map, uint64_t n)
{
	struct nest_level level = { .left = n, .map = map };
	enum candidate_rank rank;

	if (n == 0) {
		nest_thing(nest);
		return true;
	}
	if (nest->depth == NEST_DEPTH_MAX ||
	    (n != NEST_UNTIL_END && n > nest->rest.n))
		return false;
	if (map && n != NEST_UNTIL_END)
		level.left *= 2;
	level.where = way(nest, &rank);
	nest->stack[nest->depth++] = level;
	return true;
}

bool
nest_close(struct nest *nest)
{
	const struct nest_level *level = top(nest);

	if (!level || level->left != NEST_UNTIL_END)
		return false;
	nest->depth--;
	nest_thing(nest);
	return true;
}

/* The stack is left as it is: most spans are asked in vain. */
static void
begin(struct nest *nest, const struct nest_coding *coding,
    const struct span *span)
{
	nest->coding = coding;
	nest->scan = NULL;
	nest->span = span;
}

static bool
read_all(struct nest *nest)
{
	nest->rest = nest->span->bytes;
	nest->depth = 0;
	while (nest->rest.n > 0)
		if (!nest->coding->read_item(nest))
			return false;
	return nest->depth == 0;
}

bool
nest_looks(const struct nest_coding *coding, struct slice bytes)
{
	struct span span = { .bytes = bytes };
	struct nest nest;

	begin(&nest, coding, &span);
	return coding->starts(bytes) && read_all(&nest);
}

enum layer_result
nest_decode(const struct nest_coding *coding, struct scan *scan,
    const struct span *span)
{
	struct nest nest;

	if (!coding->starts(span->bytes))
		return LAYER_NO;
	begin(&nest, coding, span);
	if (!read_all(&nest) && nest.rest.n > span->bytes.n / 2)
		return LAYER_NO;
	nest.scan = scan;
	read_all(&nest);
	return LAYER_SOME;
}
