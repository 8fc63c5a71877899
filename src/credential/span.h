/*
 * span: what the layers see of a scan: pieces, memory, values.
 *
 * Only files of this room include it.
 */
#ifndef CREDENTIAL_SPAN_H
#define CREDENTIAL_SPAN_H

#include "credential/charset.h"
#include "credential/scan.h"

/* What a piece is, which decides what is tried on it. */
enum span_role {
	SPAN_BODY,  /* a body or a message: may be anything */
	SPAN_VALUE, /* a value of some field: also a candidate itself */
	SPAN_PART,  /* a part of a text: a candidate, only simple codings */
};

struct span {
	struct slice bytes; /* borrowed from the request or the pool */
	uint32_t where;
	enum span_role role;
	enum candidate_rank rank;
	unsigned depth;
	unsigned mask; /* HAS_*: what occurs in it; known to its layers */
	enum charset charset; /* declared, or CHARSET_COUNT: a hint */
};

const struct credential_limits *scan_limits(const struct scan *scan);
struct charsets *scan_charsets(struct scan *scan);

/* The pieces so far, and the steps to them; the first step is the root. */
const struct span *scan_spans(const struct scan *scan, size_t *n);
const struct where *scan_steps(const struct scan *scan, size_t *n);

/* Memory that lives until scan_clear. scan_room gives the pool's free tail
 * (at least `want` bytes, or NULL with the cut noted) to be written to, and
 * scan_keep keeps its first n bytes: one of each, nothing between. */
char *scan_room(struct scan *scan, size_t want, size_t *room);
struct slice scan_keep(struct scan *scan, size_t n);
/* Notes that the scan is incomplete. */
void scan_cut(struct scan *scan, enum scan_cut cut);
/* Charges n bytes of work: false when the budget is used up. */
bool scan_work(struct scan *scan, size_t n);

/* Few pieces so far: costly guesses are worth it. */
bool scan_is_small(const struct scan *scan);

/* A step below `parent`; where there is no room, parent itself. */
uint32_t scan_step(struct scan *scan, uint32_t parent, enum where_kind kind,
    struct slice name, uint32_t index);

/* Puts a piece found in `from` on the work list, one layer deeper. Pieces
 * seen before are dropped. */
void scan_push(struct scan *scan, const struct span *from, struct slice bytes,
    uint32_t where, enum span_role role, enum candidate_rank rank);
/* Puts a first piece on the list. */
void scan_root(struct scan *scan, struct slice bytes, uint32_t where,
    enum span_role role, enum candidate_rank rank, enum charset charset);

/* Notes a value: as it is, without the blanks around it, and, where it
 * isn't UTF-8, in the charsets it might be in. */
void scan_emit(struct scan *scan, const struct span *from, struct slice value,
    uint32_t where, enum candidate_rank rank);

/* RANK_NAMED for names like password, pwd, secret; else `other`. */
enum candidate_rank rank_of_name(struct slice name, enum candidate_rank other);

#endif
