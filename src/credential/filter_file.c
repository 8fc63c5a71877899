/*
 * filter_file: seals, slots and checks of the file format.
 *
 * Knows nothing of tokens or probes.
 */
#include "credential/filter_file.h"

#include <string.h>

#include "base/must.h"
#include "base/slice.h"
#include "credential/filter_size.h"

#define SEGMENT_BYTES ((size_t)FILTER_SEGMENT_BLOCKS * FILTER_BLOCK_BYTES)
#define SEGMENT_WORDS ((size_t)FILTER_SEGMENT_BLOCKS * FILTER_WORDS)
/* A reader may look while the writer writes: it looks again. */
#define CHECK_TRIES 16

_Static_assert(sizeof(struct filter_header) <= FILTER_PAGE, "header");
_Static_assert(sizeof(struct filter_state) <= FILTER_PAGE / 2, "state");

static size_t
pages(size_t n)
{
	return (n + FILTER_PAGE - 1) / FILTER_PAGE * FILTER_PAGE;
}

size_t
filter_file_size(uint64_t blocks)
{
	size_t segments = (size_t)(blocks / FILTER_SEGMENT_BLOCKS);

	return (size_t)2 * FILTER_PAGE + pages(segments * sizeof(uint64_t)) +
	    segments * SEGMENT_BYTES;
}

void
filter_file_map(struct filter *filter, void *mem, size_t size, uint64_t blocks)
{
	char *p = mem;

	filter->segments = blocks / FILTER_SEGMENT_BLOCKS;
	filter->size = size;
	filter->header = mem;
	filter->slots[0] = (void *)(p + FILTER_PAGE);
	filter->slots[1] = (void *)(p + FILTER_PAGE + FILTER_PAGE / 2);
	filter->seals = (void *)(p + (size_t)2 * FILTER_PAGE);
	filter->words = (void *)(p + (size_t)2 * FILTER_PAGE +
	    pages((size_t)filter->segments * sizeof(uint64_t)));
}

static uint64_t
seal_of(const struct token_key *key, const char *what,
    const struct slice *parts, size_t nparts)
{
	unsigned char mac[TOKEN_SIZE];
	struct slice all[4] = { slice_of(what) };
	uint64_t seal;
	size_t i;

	must(nparts < 4);
	for (i = 0; i < nparts; i++)
		all[i + 1] = parts[i];
	token_key_mac(key, TOKEN_KEY_FILE, all, nparts + 1, mac);
	memcpy(&seal, mac, sizeof(seal));
	return seal;
}

static uint64_t
header_seal(const struct filter_header *header, const struct token_key *key)
{
	struct slice part = slice_from(
	    header, offsetof(struct filter_header, seal));

	return seal_of(key, "header", &part, 1);
}

static uint64_t
state_seal(const struct filter *filter, const struct filter_state *state)
{
	struct slice parts[2] = {
		slice_from(
		    filter->header->file_id, sizeof(filter->header->file_id)),
		slice_from(state, offsetof(struct filter_state, seal)),
	};

	return seal_of(filter->key, "state", parts, 2);
}

static uint64_t
segment_seal(
    const struct filter *filter, uint64_t segment, const uint64_t *words)
{
	struct slice parts[3] = {
		slice_from(
		    filter->header->file_id, sizeof(filter->header->file_id)),
		slice_from(&segment, sizeof(segment)),
		slice_from(words, SEGMENT_BYTES),
	};

	return seal_of(filter->key, "segment", parts, 3);
}

static const char *
check_numbers(const struct filter_header *h, size_t size)
{
	if (h->blocks == 0 || h->blocks % FILTER_SEGMENT_BLOCKS != 0 ||
	    h->blocks > SIZE_MAX / FILTER_BLOCK_BYTES / 2)
		return "the filter file is damaged: impossible size";
	if (h->size != filter_file_size(h->blocks))
		return "the filter file is damaged: sizes contradict";
	if (size < h->size)
		return "the filter file is cut off";
	if (size > h->size)
		return "the filter file has bytes behind its end";
	if (h->probes == 0 || h->probes > FILTER_PROBES_MAX ||
	    (h->lanes != 1 && h->lanes != 2 && h->lanes != 4) ||
	    h->newest >= h->lanes)
		return "the filter file is damaged: impossible parameters";
	return NULL;
}

const char *
filter_file_check_header(
    const void *mem, size_t size, const struct token_key *key)
{
	struct filter_header h;
	const char *reason;

	if (size == 0)
		return "the filter file is empty";
	if (size < FILTER_PAGE)
		return "the filter file is cut off";
	memcpy(&h, mem, sizeof(h));
	if (memcmp(h.magic, FILTER_MAGIC, sizeof(h.magic)) != 0)
		return "this is not a filter file";
	if (h.order != FILTER_ORDER)
		return "the filter was made on a machine with another byte "
		       "order";
	if (h.version != FILTER_VERSION)
		return "the filter has a version this program doesn't know";
	if (h.key_id != token_key_id(key))
		return "the filter was made with another key";
	if (token_key_seals(key) && h.seal != header_seal(&h, key))
		return "the filter file is damaged: its header has been "
		       "changed";
	reason = check_numbers(&h, size);
	if (reason != NULL)
		return reason;
	return NULL;
}

/* The newest slot whose seal holds. */
static bool
read_state(struct filter *filter)
{
	struct filter_state copy;
	bool found = false;
	unsigned i;

	for (i = 0; i < 2; i++) {
		memcpy(&copy, filter->slots[i], sizeof(copy));
		if ((copy.sequence & 1) != i ||
		    copy.seal != state_seal(filter, &copy))
			continue;
		if (!found || copy.sequence > filter->state.sequence)
			filter->state = copy;
		found = true;
	}
	return found;
}

/* The block of a hash, as filter.c has it: the high word picks it. */
static uint64_t
state_block(const struct filter *filter)
{
	return (uint64_t)((unsigned __int128)filter->state.hash[1] *
		filter->header->blocks >>
	    64);
}

/* Whether the segment was as sealed before the entry under way. */
static bool
holds_undone(const struct filter *filter, uint64_t segment)
{
	uint64_t words[SEGMENT_WORDS];
	uint64_t block = state_block(filter);

	if (filter->state.op != FILTER_OP_ADD ||
	    block / FILTER_SEGMENT_BLOCKS != segment)
		return false;
	memcpy(words, filter->words + segment * SEGMENT_WORDS, SEGMENT_BYTES);
	memcpy(words + block % FILTER_SEGMENT_BLOCKS * FILTER_WORDS,
	    filter->state.undo, FILTER_BLOCK_BYTES);
	return segment_seal(filter, segment, words) ==
	    __atomic_load_n(&filter->seals[segment], __ATOMIC_ACQUIRE);
}

static bool
holds(struct filter *filter, uint64_t segment)
{
	const uint64_t *words = filter->words + segment * SEGMENT_WORDS;
	unsigned tries;

	for (tries = 0; tries < CHECK_TRIES; tries++) {
		if (segment_seal(filter, segment, words) ==
			__atomic_load_n(
			    &filter->seals[segment], __ATOMIC_ACQUIRE) ||
		    holds_undone(filter, segment))
			return true;
		/* a writer works here, or it is damaged */
		if (filter->mode == FILTER_WRITE || !read_state(filter))
			return false;
	}
	return false;
}

const char *
filter_file_check(struct filter *filter)
{
	uint64_t segment;
	unsigned tries = 0;

	if (!token_key_seals(filter->key)) {
		must(filter->mode == FILTER_READ);
		return NULL;
	}
	while (!read_state(filter)) {
		if (++tries == CHECK_TRIES)
			return "the filter file is damaged: no valid state";
	}
	if (filter->state.op == FILTER_OP_BUILD)
		return "the filter was never finished: build it again";
	if (filter->state.op > FILTER_OP_BUILD)
		return "the filter file is damaged: unknown state";
	for (segment = 0; segment < filter->segments; segment++) {
		if (!holds(filter, segment))
			return "the filter file is damaged: a segment has "
			       "been changed";
	}
	return NULL;
}

void
filter_file_seal_header(struct filter *filter)
{
	filter->header->seal = header_seal(filter->header, filter->key);
}

void
filter_file_seal_segment(struct filter *filter, uint64_t segment)
{
	const uint64_t *words = filter->words + segment * SEGMENT_WORDS;

	__atomic_store_n(&filter->seals[segment],
	    segment_seal(filter, segment, words), __ATOMIC_RELEASE);
}

void
filter_file_write_state(struct filter *filter)
{
	struct filter_state *slot;

	filter->state.sequence++;
	filter->state.seal = state_seal(filter, &filter->state);
	slot = filter->slots[filter->state.sequence & 1];
	memcpy(slot, &filter->state, sizeof(*slot));
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	filter_file_sync(filter, slot, sizeof(*slot));
}

void
filter_file_sync(struct filter *filter, void *p, size_t n)
{
	if (filter->on_sync != NULL)
		filter->on_sync(filter->sync_arg, p, n);
}
