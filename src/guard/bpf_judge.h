// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * bpf_judge: who wants to go where, and the answer of the rules.
 */
#ifndef GUARD_BPF_JUDGE_H
#define GUARD_BPF_JUDGE_H

#include <linux/in.h>
#include <linux/in6.h>
#include "guard/bpf_ip.h"

#define FAMILY_INET 2
#define FAMILY_INET6 10

struct target {
	union ip raw; /* as written */
	__u32 generation;
	__u16 port;
	__u8 protocol;
	__u8 hook;
};

/* Who wants to go where, and the answer. */
struct question {
	union ip ip; /* unfolded */
	__u32 generation;
	__u32 port;
	__u32 account, loginuid, uid;
	__u32 flags;
	union ip pin;
	__u32 pin_port;
	__u32 allow, why, rule;
	__u32 profile; /* of account, 0 where it isn't known yet */
};

INLINE int
has_ports(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP ||
	    protocol == IPPROTO_SCTP || protocol == IPPROTO_UDPLITE ||
	    protocol == IPPROTO_DCCP;
}

INLINE int
deny(struct question *q, __u32 why, __u32 rule)
{
	q->allow = 0;
	q->why = why;
	q->rule = rule;
	return 0;
}

INLINE int
allow(struct question *q, __u32 rule)
{
	q->allow = 1;
	q->why = GUARD_WHY_RULE;
	q->rule = rule;
	return 1;
}

/* --- rules ------------------------------------------------------------------------ */

/* Clauses are looked up one by one and never by a sum of pointers, which the
 * verifier lets only those do who may read all of the kernel. It checks a
 * function that isn't static by itself and once. */
__noinline __u32
rule_of_set(__u32 first, __u32 n, __u32 port)
{
	__u32 at = 0;
	struct guard_clause *c;

#pragma unroll
	for (__u32 step = GUARD_SET_CLAUSES / 2; step > 0; step /= 2) {
		__u32 i = first + at + step - 1;

		c = bpf_map_lookup_elem(&clauses, &i);
		if (!c)
			return GUARD_RULE_NONE;
		/* unused ones are zeroes */
		if (at + step < n && c->to < port)
			at += step;
	}
	at += first;
	c = bpf_map_lookup_elem(&clauses, &at);
	return c ? c->rule : GUARD_RULE_NONE;
}

INLINE __u32
rule_of_entry(__u32 slot, const struct guard_entry *e, __u16 port)
{
	__u32 count = e->count;
	__u32 rule = READ_ONCE(e->clauses[0].rule);

	if (count > GUARD_INLINE)
		return rule_of_set(
		    (slot * GUARD_SETS + e->set) * GUARD_SET_CLAUSES, count,
		    port);
	if (count > 1 && port > READ_ONCE(e->clauses[0].to))
		rule = READ_ONCE(e->clauses[1].rule);
	if (count > 2 && port > READ_ONCE(e->clauses[1].to))
		rule = READ_ONCE(e->clauses[2].rule);
	if (count > 3 && port > READ_ONCE(e->clauses[2].to))
		rule = READ_ONCE(e->clauses[3].rule);
	return rule;
}

static __noinline int
judge_profile(__u32 profile, struct question *q)
{
	struct guard_key key = { .bits = 32 + 128,
		.profile = bpf_htonl(profile) };
	__u32 slot = q->generation & 1, rule;
	struct guard_entry *e;
	void *trie;

	trie = bpf_map_lookup_elem(&rules, &slot);
	if (!trie)
		return deny(q, GUARD_WHY_NO_RULES, GUARD_RULE_NONE);
	__builtin_memcpy(key.ip, &q->ip, 16);
	e = bpf_map_lookup_elem(trie, &key);
	if (!e)
		return deny(q, GUARD_WHY_RULE, GUARD_RULE_NONE);
	rule = rule_of_entry(slot, e, q->port);
	if (rule & GUARD_RULE_ALLOW)
		return allow(q, rule & GUARD_RULE_NUMBER);
	return deny(q, GUARD_WHY_RULE, rule & GUARD_RULE_NUMBER);
}

INLINE int
judge_account(__u32 account, struct question *q)
{
	struct guard_account *a;
	__u32 profile = 0;

	if (account == q->account && q->profile != 0)
		return judge_profile(q->profile, q);
	a = bpf_map_lookup_elem(&accounts, &account);
	if (a)
		profile = q->generation & 1 ? READ_ONCE(a->profile[1])
					    : READ_ONCE(a->profile[0]);
	if (profile == 0)
		return deny(q, GUARD_WHY_NO_ACCOUNT, GUARD_RULE_NONE);
	if (account == q->account)
		q->profile = profile;
	return judge_profile(profile, q);
}

INLINE int
is_exempt(__u32 account, __u32 generation)
{
	struct guard_account *a = bpf_map_lookup_elem(&accounts, &account);

	if (!a)
		return 0;
	return generation & 1 ? READ_ONCE(a->exempt[1]) != 0
			      : READ_ONCE(a->exempt[0]) != 0;
}

/* Whoever it runs as there: that says little. */
INLINE int
judge_container(const struct guard_state *s, struct question *q)
{
	if (s->containers == GUARD_CONTAINERS_EXEMPT)
		return allow(q, GUARD_RULE_NONE);
	if (s->containers == GUARD_CONTAINERS_AS)
		return judge_account(s->container_account, q);
	return deny(q, GUARD_WHY_CONTAINER, GUARD_RULE_NONE);
}

/* A login takes rights away from what runs as somebody else, never adds. */
INLINE int
judge_host(struct question *q)
{
	__u32 uid = q->uid, loginuid = q->loginuid;
	int exempt = uid != loginuid && is_exempt(uid, q->generation);
	struct guard_state *s = get_state();

	if (q->flags & GUARD_TAG_FOREIGN && s &&
	    s->containers != GUARD_CONTAINERS_JUDGED)
		return judge_container(s, q);
	if (loginuid == GUARD_NOBODY) {
		if (exempt)
			return allow(q, GUARD_RULE_NONE);
		return judge_account(uid, q);
	}
	if (!judge_account(loginuid, q))
		return 0;
	if (uid == loginuid || exempt)
		return 1;
	return judge_account(uid, q);
}

INLINE int
judge_proxy(struct question *q)
{
	if (q->account == GUARD_NOBODY) {
		if (!judge_profile(GUARD_PROFILE_SELF, q))
			q->why = GUARD_WHY_NO_TAG;
		return q->allow;
	}
	if (q->flags & GUARD_TAG_PINNED &&
	    (q->pin.d[0] != q->ip.d[0] || q->pin.d[1] != q->ip.d[1] ||
		q->pin_port != q->port))
		return deny(q, GUARD_WHY_PIN, GUARD_RULE_NONE);
	return judge_account(q->account, q);
}

__noinline int
judge(struct question *q)
{
	if (!q)
		return 0;
	unfold(&q->ip);
	if (q->generation == 0)
		return deny(q, GUARD_WHY_NO_RULES, GUARD_RULE_NONE);
	return form == GUARD_FORM_HOST ? judge_host(q) : judge_proxy(q);
}

#endif
