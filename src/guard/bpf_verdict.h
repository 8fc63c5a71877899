// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * bpf_verdict: one answer for a socket and where it wants to go, kept
 * with the socket until the next generation of rules.
 */
#ifndef GUARD_BPF_VERDICT_H
#define GUARD_BPF_VERDICT_H

#include "guard/bpf_tell.h"

INLINE __u64
cache_check(__u64 a, __u64 b, __u64 rest)
{
	return (a ^ secret[2]) * (secret[0] | 1) +
	    (b ^ secret[0]) * (secret[1] | 1) + rest * (secret[2] | 1) +
	    secret[1];
}

INLINE __u64
cache_rest(const struct target *to)
{
	return (__u64)to->generation << 32 | (__u64)to->port << 16 |
	    (__u64)to->protocol << 8;
}

/* 0 or 1, or -1 where it isn't known. */
INLINE int
cache_get(const struct guard_tag *tag, const struct target *to)
{
	const struct guard_cache *c = &tag->cache;
	__u64 a = READ_ONCE(c->ip[0]), b = READ_ONCE(c->ip[1]);
	__u64 rest = READ_ONCE(c->rest), check = READ_ONCE(c->check);

	if (a != to->raw.d[0] || b != to->raw.d[1] ||
	    (rest & ~1ULL) != cache_rest(to) ||
	    check != cache_check(a, b, rest))
		return -1;
	return rest & 1;
}

INLINE void
cache_put(struct guard_tag *tag, const struct target *to, __u32 verdict)
{
	struct guard_cache *c = &tag->cache;
	__u64 rest = cache_rest(to) | (verdict & 1);

	WRITE_ONCE(c->ip[0], to->raw.d[0]);
	WRITE_ONCE(c->ip[1], to->raw.d[1]);
	WRITE_ONCE(c->rest, rest);
	WRITE_ONCE(c->check, cache_check(to->raw.d[0], to->raw.d[1], rest));
}

/* --- deciding ------------------------------------------------------------------------ */

INLINE int
answer(const struct guard_state *s, int verdict)
{
	return (verdict & 1) | (s->mode == GUARD_MODE_OBSERVE);
}

INLINE void
ask(struct question *q, const struct target *to)
{
	__builtin_memset(q, 0, sizeof(*q));
	q->ip = to->raw;
	q->port = to->port;
	q->generation = to->generation;
}

INLINE void
ask_for(
    struct question *q, const struct guard_tag *tag, const struct target *to)
{
	ask(q, to);
	q->account = tag->account;
	q->loginuid = tag->loginuid;
	q->uid = tag->uid;
	q->flags = tag->flags;
	__builtin_memcpy(&q->pin, tag->pin, sizeof(q->pin));
	q->pin_port = tag->pin_port;
}

/* A socket with a tag. The pass for our own stands in the callers. */
INLINE int
judge_tagged(
    const struct guard_state *s, struct guard_tag *tag, const struct target *to)
{
	int cached = cache_get(tag, to);
	struct question q;
	__u64 hint;

	if (cached >= 0)
		return answer(s, cached);
	ask_for(&q, tag, to);
	hint = READ_ONCE(tag->profile);
	if (hint >> 32 == to->generation)
		q.profile = hint;
	judge(&q);
	if (q.profile != (__u32)hint || hint >> 32 != to->generation)
		WRITE_ONCE(tag->profile,
		    q.profile ? (__u64)to->generation << 32 | q.profile : 0);
	/* what the guard may add to this generation isn't kept */
	if (q.why == GUARD_WHY_RULE || q.why == GUARD_WHY_PIN ||
	    q.why == GUARD_WHY_CONTAINER)
		cache_put(tag, to, q.allow);
	if (!q.allow)
		tell_packet(tag, to, q.why, q.rule);
	return answer(s, q.allow);
}

INLINE void
tag_of_uid(struct guard_tag *tag, __u32 uid)
{
	__builtin_memset(tag, 0, sizeof(*tag));
	tag->account = uid;
	tag->uid = uid;
	tag->loginuid = GUARD_NOBODY;
}

/* One without: the kernel's own, or older than we are. tag: what is told of
 * it. */
INLINE int
judge_untagged(const struct guard_state *s, const struct target *to, __u32 uid,
    const struct guard_tag *tag)
{
	struct question q;

	if (form == GUARD_FORM_HOST && uid == 0)
		return 1;
	ask(&q, to);
	q.account = uid;
	q.loginuid = GUARD_NOBODY;
	q.uid = uid;
	judge(&q);
	if (q.allow)
		return 1;
	tell_packet(tag, to, q.why, q.rule);
	return answer(s, 0);
}

#endif
