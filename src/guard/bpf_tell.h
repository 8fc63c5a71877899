// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * bpf_tell: what is told about a denial, and how often.
 */
#ifndef GUARD_BPF_TELL_H
#define GUARD_BPF_TELL_H

#include "guard/bpf_judge.h"

INLINE void
count(__u32 what)
{
	__u64 *n = bpf_map_lookup_elem(&counts, &what);

	if (n)
		(*n)++;
}

/* Whether this account may have another event; *lost is how many it didn't
 * get since the last. */
INLINE int
take_token(const struct guard_state *s, __u32 account, __u32 *lost)
{
	__u64 now = bpf_ktime_get_ns();
	__u64 each = (__u64)s->interval_ms * 1000000, passed;
	struct guard_bucket fresh = { .filled_ns = now, .tokens = s->burst };
	struct guard_bucket *b = bpf_map_lookup_elem(&buckets, &account);

	if (!b) {
		bpf_map_update_elem(&buckets, &account, &fresh, BPF_NOEXIST);
		b = bpf_map_lookup_elem(&buckets, &account);
		if (!b)
			return 0;
	}
	passed = now - b->filled_ns;
	if (each && passed >= each && passed < (1ULL << 63)) {
		passed = passed / each + b->tokens;
		b->tokens = passed > s->burst ? s->burst : passed;
		b->filled_ns = now;
	}
	if (b->tokens == 0) {
		__sync_fetch_and_add(&b->lost, 1);
		return 0;
	}
	b->tokens--;
	*lost = b->lost;
	b->lost = 0;
	return 1;
}

/* Fills in what is the same for all; more than the bucket holds is counted
 * only. */
__noinline int
tell(struct guard_event *e)
{
	struct guard_state *s = get_state();

	if (!e || !s)
		return 0;
	count(e->why);
	if (!take_token(s, e->account, &e->lost)) {
		count(GUARD_COUNT_LOST);
		return 0;
	}
	e->when_ns = bpf_ktime_get_ns();
	e->observed = s->mode == GUARD_MODE_OBSERVE;
	e->generation = s->generation;
	if (bpf_ringbuf_output(&events, e, sizeof(*e), 0) < 0)
		count(GUARD_COUNT_LOST);
	return 0;
}

INLINE void
begin_event(struct guard_event *e, const struct guard_tag *tag)
{
	__builtin_memset(e, 0, sizeof(*e));
	e->account = GUARD_NOBODY;
	e->loginuid = GUARD_NOBODY;
	e->uid = GUARD_NOBODY;
	e->rule = GUARD_RULE_NONE;
	if (!tag)
		return;
	e->account = tag->account;
	e->session = tag->session;
	e->loginuid = tag->loginuid;
	e->uid = tag->uid;
	e->pid = tag->pid;
	__builtin_memcpy(e->comm, tag->comm, sizeof(e->comm));
}

INLINE void
tell_packet(
    const struct guard_tag *tag, const struct target *to, __u32 why, __u32 rule)
{
	struct guard_event e;

	begin_event(&e, tag);
	__builtin_memcpy(e.ip, &to->raw, sizeof(e.ip));
	e.port = to->port;
	e.protocol = to->protocol;
	e.hook = to->hook;
	e.why = why;
	e.rule = rule;
	tell(&e);
}

#endif
