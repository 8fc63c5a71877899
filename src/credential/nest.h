/*
 * nest: values of arrays and maps in a binary coding, walked without
 * recursion.
 *
 * CBOR and MessagePack differ in their bytes alone; what stands here is what
 * they share: a stack of counts, the keys' names as the way to a value, and
 * the two passes, of which the first only looks whether it is well formed.
 * Only files of this room include it.
 */
#ifndef CREDENTIAL_NEST_H
#define CREDENTIAL_NEST_H

#include "credential/layer.h"

#define NEST_DEPTH_MAX 32
#define NEST_UNTIL_END UINT64_MAX /* of a container whose end is an item */

struct nest;

struct nest_coding {
	enum where_kind key, item; /* steps into a map, an array */
	/* Whether that can be the beginning of a container. */
	bool (*starts)(struct slice bytes);
	/* Takes one item off nest->rest, which isn't empty. False where it
	 * is malformed. */
	bool (*read_item)(struct nest *nest);
};

struct nest_level {
	uint32_t where;
	uint32_t index;
	uint64_t left; /* items, two for each of a map; NEST_UNTIL_END */
	bool map;
	struct slice key; /* of the value that comes next */
};

struct nest {
	const struct nest_coding *coding;
	struct scan *scan; /* NULL: the first pass */
	const struct span *span;
	struct slice rest;
	struct nest_level stack[NEST_DEPTH_MAX];
	size_t depth;
};

/* For read_item: a string (a key of a map, or a value), a thing without one,
 * a container of n items or pairs, and the end of one that has no count.
 * False where that can't stand here. */
void nest_string(struct nest *nest, struct slice s);
void nest_thing(struct nest *nest);
bool nest_open(struct nest *nest, bool map, uint64_t n);
bool nest_close(struct nest *nest);

/* Width bytes, big-endian, off *rest; false where there are fewer. */
bool nest_number(struct slice *rest, unsigned width, uint64_t *out);

/* For struct layer: is it that coding, wholly; and what is in it. A cut or
 * broken value gives its strings up to there. */
bool nest_looks(const struct nest_coding *coding, struct slice bytes);
enum layer_result nest_decode(const struct nest_coding *coding,
    struct scan *scan, const struct span *span);

#endif
