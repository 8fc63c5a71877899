/*
 * filter: probes, lanes, adding and testing.
 *
 * Never opens or maps a file; never holds a password or an account's name.
 */
#include "credential/filter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/secret.h"
#include "credential/filter_file.h"
#include "credential/filter_size.h"

#define PROBE_BITS 9      /* of the hash for each probe */
#define PROBES_PER_WORD 7 /* of nine bits in 64 */
#define FIRST_PROBES 4
#define BATCH_MAX 64

struct probe {
	uint64_t block;
	uint64_t mask[FILTER_WORDS]; /* of one lane, from word 0 */
};

const char *
filter_params_check(const struct filter_params *params)
{
	if (params->capacity == 0 || params->capacity > FILTER_CAPACITY_MAX)
		return "a filter's capacity is 1 to 4294967296 entries";
	if (!(params->rate >= FILTER_RATE_MIN &&
		params->rate <= FILTER_RATE_MAX))
		return "a filter's rate is between 0.000000001 and 0.1";
	if (params->lanes != 1 && params->lanes != 2 && params->lanes != 4)
		return "a filter keeps 1, 2 or 4 generations";
	if (params->kinds == 0 ||
	    params->kinds & ~(unsigned)(FILTER_PASSWORDS | FILTER_NT_HASHES))
		return "a filter holds passwords, NT hashes, or both";
	return token_rule_check(&params->rule);
}

size_t
filter_size(const struct filter_params *params)
{
	uint64_t blocks;
	unsigned probes;

	filter_choose(params->capacity, params->rate, params->lanes,
	    FILTER_SEGMENT_BLOCKS, &blocks, &probes);
	return filter_file_size(blocks);
}

/* Copies what look-ups need out of the header, which is shared memory. */
static void
read_header(struct filter *filter)
{
	const uint16_t *rule = filter->header->rule;

	filter->blocks = filter->header->blocks;
	filter->probes = filter->header->probes;
	filter->lanes = filter->header->lanes;
	filter->lane_words = FILTER_WORDS / filter->lanes;
	filter->lane_mask = FILTER_BLOCK_BITS / filter->lanes - 1;

	filter->rule = (struct token_rule){ .first = rule[0],
		.last = rule[1],
		.of = rule[2],
		.min_chars = rule[3] };
}

static void
write_header(struct filter *filter, const struct filter_params *params,
    uint64_t blocks, unsigned probes, uint64_t now)
{
	struct filter_header *h = filter->header;

	memcpy(h->magic, FILTER_MAGIC, sizeof(h->magic));
	h->order = FILTER_ORDER;
	h->version = FILTER_VERSION;
	h->size = filter->size;
	h->blocks = blocks;
	h->probes = probes;
	h->lanes = params->lanes;
	h->kinds = params->kinds;
	h->newest = 0;
	h->capacity = params->capacity;
	h->rate = (uint64_t)llround(params->rate * FILTER_RATE_UNIT);
	h->rule[0] = params->rule.first;
	h->rule[1] = params->rule.last;
	h->rule[2] = params->rule.of;
	h->rule[3] = params->rule.min_chars;
	h->created = now;
	h->started[0] = now;
	h->key_id = token_key_id(filter->key);
	secret_random(h->file_id, sizeof(h->file_id));
	filter_file_seal_header(filter);
}

static struct filter *
filter_new(void *mem, size_t size, uint64_t blocks, const struct token_key *key,
    enum filter_mode mode)
{
	struct filter *filter = mem_zalloc(sizeof(*filter));

	filter->key = key;
	filter->mode = mode;
	filter_file_map(filter, mem, size, blocks);
	return filter;
}

const char *
filter_create(void *mem, size_t size, const struct filter_params *params,
    const struct token_key *key, uint64_t now, struct filter **out)
{
	const char *reason = filter_params_check(params);
	struct filter *filter;
	uint64_t blocks;
	unsigned probes;

	if (reason != NULL)
		return reason;
	filter_choose(params->capacity, params->rate, params->lanes,
	    FILTER_SEGMENT_BLOCKS, &blocks, &probes);
	if (size != filter_file_size(blocks))
		return "the region has another size than the filter needs";
	memset(mem, 0, size);
	filter = filter_new(mem, size, blocks, key, FILTER_WRITE);
	write_header(filter, params, blocks, probes, now);
	read_header(filter);
	filter->state.op = FILTER_OP_BUILD;
	filter->state.changed = now;
	filter_file_write_state(filter);
	*out = filter;
	return NULL;
}

/* Where the hash's bits are in a lane: nine bits of hash for each probe, of
 * which a lane of 2^n bits uses n. */
static inline uint64_t
second_word(uint64_t high)
{
	/* the block has used up the high bits of `high` */
	uint64_t bits = high * 0x9e3779b97f4a7c15u;

	return bits ^ bits >> 32;
}

static inline uint64_t
block_of(const struct filter *filter, uint64_t high)
{
	return (uint64_t)((unsigned __int128)high * filter->blocks >> 64);
}

static void
probe_of(const struct filter *filter, uint64_t low, uint64_t high,
    struct probe *probe)
{
	uint64_t bits = low;
	unsigned i, at;

	probe->block = block_of(filter, high);
	memset(probe->mask, 0, sizeof(probe->mask));
	for (i = 0; i < filter->probes; i++) {
		if (i == PROBES_PER_WORD)
			bits = second_word(high);
		at = (unsigned)bits & filter->lane_mask;
		bits >>= PROBE_BITS;
		probe->mask[at >> 6] |= (uint64_t)1 << (at & 63);
	}
}

static inline XXH128_hash_t
hash_of(const struct token *token)
{
	return XXH3_128bits(token->b, sizeof(token->b));
}

static inline bool
lane_has(const uint64_t *words, const struct probe *probe, unsigned count)
{
	uint64_t missing = 0;
	unsigned i;

	for (i = 0; i < count; i++)
		missing |= probe->mask[i] &
		    ~__atomic_load_n(&words[i], __ATOMIC_RELAXED);
	return missing == 0;
}

/* Whether `count` bits are all set in a lane. */
static inline bool
has_bits(const uint64_t *words, uint64_t bits, unsigned count, unsigned mask)
{
	uint64_t all = 1;
	unsigned at;

	while (count-- > 0) {
		at = (unsigned)bits & mask;
		bits >>= PROBE_BITS;
		all &= __atomic_load_n(&words[at >> 6], __ATOMIC_RELAXED) >>
		    (at & 63);
	}
	return all & 1;
}

/* Nearly every look-up ends at the first few bits, so those come alone. */
static inline bool
lane_has_hash(
    const struct filter *filter, const uint64_t *words, XXH128_hash_t hash)
{
	unsigned probes = filter->probes, mask = filter->lane_mask;
	unsigned low = probes < PROBES_PER_WORD ? probes : PROBES_PER_WORD;

	if (probes > FIRST_PROBES &&
	    !has_bits(words, hash.low64, FIRST_PROBES, mask))
		return false;
	return has_bits(words, hash.low64, low, mask) &&
	    (probes <= PROBES_PER_WORD ||
		has_bits(words, second_word(hash.high64),
		    probes - PROBES_PER_WORD, mask));
}

static inline bool
test_hash(const struct filter *filter, XXH128_hash_t hash)
{
	const uint64_t *words = filter->words +
	    block_of(filter, hash.high64) * FILTER_WORDS;
	unsigned lane;

	for (lane = 0; lane < filter->lanes; lane++) {
		if (lane_has_hash(filter, words, hash))
			return true;
		words += filter->lane_words;
	}
	return false;
}

bool
filter_test(const struct filter *filter, const struct token *token)
{
	return test_hash(filter, hash_of(token));
}

uint64_t
filter_test_many(
    const struct filter *filter, const struct token *tokens, size_t n)
{
	XXH128_hash_t hashes[BATCH_MAX];
	uint64_t answer = 0;
	size_t i;

	must(n <= BATCH_MAX);
	for (i = 0; i < n; i++) {
		hashes[i] = hash_of(&tokens[i]);
		__builtin_prefetch(filter->words +
		    block_of(filter, hashes[i].high64) * FILTER_WORDS);
	}
	for (i = 0; i < n; i++)
		answer |= (uint64_t)test_hash(filter, hashes[i]) << i;
	return answer;
}

/* The words of the newest lane in a block. */
static uint64_t *
newest_words(const struct filter *filter, uint64_t block)
{
	const struct filter_header *h = filter->header;

	return filter->words + block * FILTER_WORDS +
	    (size_t)h->newest * (FILTER_WORDS / h->lanes);
}

static void
set_bits(struct filter *filter, const struct probe *probe)
{
	uint64_t *words = newest_words(filter, probe->block);
	unsigned count = filter->lane_words, i;

	for (i = 0; i < count; i++) {
		if (probe->mask[i])
			__atomic_fetch_or(
			    &words[i], probe->mask[i], __ATOMIC_RELAXED);
	}
}

/* Steps 2 to 4 of credential/filter_file.h; also what recovery does. */
static void
finish_add(struct filter *filter)
{
	struct filter_state *state = &filter->state;
	uint64_t segment;
	struct probe probe;

	probe_of(filter, state->hash[0], state->hash[1], &probe);
	segment = probe.block / FILTER_SEGMENT_BLOCKS;
	set_bits(filter, &probe);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	filter_file_sync(filter,
	    filter->words + segment * FILTER_SEGMENT_BLOCKS * FILTER_WORDS,
	    FILTER_PAGE);
	filter_file_seal_segment(filter, segment);
	filter_file_sync(filter, &filter->seals[segment], sizeof(uint64_t));
	state->op = FILTER_OP_NONE;
	state->entries[filter->header->newest]++;
	memset(state->hash, 0, sizeof(state->hash));
	memset(state->undo, 0, sizeof(state->undo));
	filter_file_write_state(filter);
}

const char *
filter_open(void *mem, size_t size, const struct token_key *key,
    enum filter_mode mode, struct filter **out)
{
	const char *reason = filter_file_check_header(mem, size, key);
	const struct filter_header *h = mem;
	struct filter *filter;

	if (reason != NULL)
		return reason;
	filter = filter_new(mem, size, h->blocks, key, mode);
	read_header(filter);
	reason = token_rule_check(&filter->rule);
	if (reason == NULL)
		reason = filter_file_check(filter);
	if (reason != NULL) {
		filter_close(filter);
		return reason;
	}
	if (mode == FILTER_WRITE && filter->state.op == FILTER_OP_ADD)
		finish_add(filter);
	*out = filter;
	return NULL;
}

void
filter_close(struct filter *filter)
{
	free(filter);
}

void
filter_on_sync(
    struct filter *filter, void (*fn)(void *arg, void *p, size_t n), void *arg)
{
	filter->on_sync = fn;
	filter->sync_arg = arg;
}

bool
filter_add(struct filter *filter, const struct token *token, uint64_t now)
{
	XXH128_hash_t hash = hash_of(token);
	struct filter_state *state = &filter->state;
	struct probe probe;

	must(filter->mode == FILTER_WRITE && state->op == FILTER_OP_NONE);
	probe_of(filter, hash.low64, hash.high64, &probe);
	if (lane_has(
		newest_words(filter, probe.block), &probe, filter->lane_words))
		return false;
	state->op = FILTER_OP_ADD;
	state->changed = now;
	state->hash[0] = hash.low64;
	state->hash[1] = hash.high64;
	memcpy(state->undo, filter->words + probe.block * FILTER_WORDS,
	    sizeof(state->undo));
	filter_file_write_state(filter);
	finish_add(filter);
	return true;
}

bool
filter_load(struct filter *filter, const struct token *token)
{
	XXH128_hash_t hash = hash_of(token);
	struct probe probe;

	must(filter->state.op == FILTER_OP_BUILD);
	probe_of(filter, hash.low64, hash.high64, &probe);
	if (lane_has(
		newest_words(filter, probe.block), &probe, filter->lane_words))
		return false;
	set_bits(filter, &probe);
	filter->state.entries[filter->header->newest]++;
	return true;
}

void
filter_seal(struct filter *filter, uint64_t now)
{
	uint64_t segment;

	must(filter->state.op == FILTER_OP_BUILD);
	for (segment = 0; segment < filter->segments; segment++)
		filter_file_seal_segment(filter, segment);
	filter_file_sync(filter, filter->header, filter->size);
	filter->state.op = FILTER_OP_NONE;
	filter->state.changed = now;
	filter_file_write_state(filter);
}

static void
clear_lane(struct filter *filter, unsigned lane)
{
	unsigned count = filter->lane_words;
	uint64_t block;

	for (block = 0; block < filter->header->blocks; block++)
		memset(
		    filter->words + block * FILTER_WORDS + (size_t)lane * count,
		    0, count * sizeof(uint64_t));
}

const char *
filter_rotate(const struct filter *src, void *mem, size_t size, uint64_t now,
    struct filter **out)
{
	struct filter *filter;
	struct filter_header *h;
	unsigned lane;

	if (src->header->lanes == 1)
		return "a filter of one generation can't be rotated: build a "
		       "new one";
	if (size != src->size)
		return "the region has another size than the filter needs";
	memcpy(mem, src->header, size);
	filter = filter_new(
	    mem, size, src->header->blocks, src->key, FILTER_WRITE);
	read_header(filter);
	h = filter->header;
	lane = (h->newest + 1) % h->lanes;
	h->newest = lane;
	h->created = h->started[lane] = now;
	secret_random(h->file_id, sizeof(h->file_id));
	filter_file_seal_header(filter);
	clear_lane(filter, lane);
	filter->state = src->state;
	filter->state.entries[lane] = 0;
	filter->state.op = FILTER_OP_BUILD;
	filter_seal(filter, now);
	*out = filter;
	return NULL;
}

const struct token_rule *
filter_rule(const struct filter *filter)
{
	return &filter->rule;
}

unsigned
filter_kinds(const struct filter *filter)
{
	return filter->header->kinds;
}
