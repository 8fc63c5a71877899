/*
 * filter_file: the layout of a filter file, its seals, and recovery.
 *
 *	page 0      header: fixed once written, sealed by an HMAC
 *	page 1      two state slots, written in turn, each sealed
 *	pages ...   one seal (8 bytes) for each segment
 *	pages ...   segments of 64 blocks of 64 bytes
 *
 * Numbers are in the byte order of the machine; a file from another is
 * refused.  A seal is the first 8 bytes of HMAC-SHA-256 under the file key.
 *
 * An entry is added like this: (1) the idle state slot gets the entry's hash
 * and a copy of its block, and becomes the newer one; (2) the bits are set;
 * (3) the segment's seal is replaced, one 8-byte store; (4) the other slot
 * gets the new counts and becomes the newer one.  Killed anywhere between,
 * the next writer finds the slot of (1) and can check the segment both with
 * the copied block and without, and does (2) to (4) again.  A slot torn in
 * the middle has no valid seal and the older one counts.
 */
#ifndef CREDENTIAL_FILTER_FILE_H
#define CREDENTIAL_FILTER_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "credential/filter.h"

#define FILTER_MAGIC "SALLYFLT"
#define FILTER_VERSION 1
#define FILTER_RATE_UNIT 1e12 /* of the header's rate */
#define FILTER_ORDER 0x01020304u
#define FILTER_PAGE 4096
#define FILTER_WORDS 8 /* 64-bit words of a block */
#define FILTER_SEGMENT_BLOCKS 64
#define FILTER_BLOCK_BYTES 64

struct filter_header {
	char magic[8];
	uint32_t order;
	uint32_t version;
	uint64_t size; /* bytes of the file */
	uint64_t blocks;
	uint32_t probes;
	uint32_t lanes;
	uint32_t kinds;
	uint32_t newest; /* lane that entries are added to */
	uint64_t capacity;
	uint64_t rate; /* in 1e-12 */
	uint16_t rule[4];
	uint64_t created;
	uint64_t started[FILTER_LANES_MAX];
	uint64_t key_id;
	uint64_t file_id[2]; /* random, so that segments of two files differ */
	uint64_t seal;       /* over all before it */
};

enum filter_op {
	FILTER_OP_NONE,
	FILTER_OP_ADD,
	FILTER_OP_BUILD,
};

struct filter_state {
	uint64_t sequence; /* its lowest bit says which slot it belongs to */
	uint64_t entries[FILTER_LANES_MAX];
	uint64_t changed;
	uint64_t op;
	uint64_t hash[2];            /* FILTER_OP_ADD: the entry's */
	uint64_t undo[FILTER_WORDS]; /* FILTER_OP_ADD: its block before */
	uint64_t seal;
};

struct filter {
	struct filter_header *header; /* all borrowed: in the region */
	struct filter_state *slots[2];
	uint64_t *seals;
	uint64_t *words;
	size_t size;
	uint64_t segments;
	const struct token_key *key; /* borrowed */
	enum filter_mode mode;
	struct filter_state state; /* the newer slot, as last written or read */
	struct token_rule rule;
	/* copies of the header's, for look-ups */
	uint64_t blocks;
	unsigned probes;
	unsigned lanes;
	unsigned lane_words;
	unsigned lane_mask; /* its bits, less one */
	void (*on_sync)(void *arg, void *p, size_t n);
	void *sync_arg; /* borrowed */
};

/* Offsets and size for a number of blocks. */
size_t filter_file_size(uint64_t blocks);
/* Points the filter's members into mem. */
void filter_file_map(
    struct filter *filter, void *mem, size_t size, uint64_t blocks);

/* NULL, or why these bytes are no filter that this key can open. */
const char *filter_file_check_header(
    const void *mem, size_t size, const struct token_key *key);
/* Reads the state and checks every segment: NULL, or a reason. Leaves
 * filter->state; where its op is FILTER_OP_ADD, the writer has work to
 * finish. */
const char *filter_file_check(struct filter *filter);

void filter_file_seal_header(struct filter *filter);
void filter_file_seal_segment(struct filter *filter, uint64_t segment);
/* Seals filter->state, counts its sequence up, writes it to its slot. */
void filter_file_write_state(struct filter *filter);
void filter_file_sync(struct filter *filter, void *p, size_t n);

#endif
