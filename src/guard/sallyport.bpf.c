// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * sallyport.bpf: the account of every socket, and a verdict on every packet.
 *
 * Runs inside the kernel, on sockets of the processes in one cgroup.  A
 * socket's account stands in its own storage: put there from outside
 * (GUARD_FORM_PROXY) or made of the task that opens or connects it
 * (GUARD_FORM_HOST).  Whatever can't be judged is denied.  Nothing here
 * waits, and nothing is decided by a name.
 */
#include "guard/bpf_address.h"
#include "guard/bpf_create.h"
#include "guard/bpf_open.h"
#include "guard/bpf_packet.h"
#include "guard/bpf_tcp.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* --- every packet ------------------------------------------------------------ */

/* passive: it answers a connection's first packet from outside, before there
 * is a socket for it. */
INLINE struct guard_tag *
tag_of_packet(struct __sk_buff *skb, int *passive)
{
	struct bpf_sock *sk = skb->sk, *full;

	if (!sk)
		return 0;
	full = bpf_sk_fullsock(sk);
	if (!full)
		full = bpf_get_listener_sock(sk);
	if (!full)
		return 0;
	*passive = full->state == BPF_TCP_LISTEN;
	return bpf_sk_storage_get(&tags, full, 0, 0);
}

SEC("cgroup_skb/egress")
int
guard_egress(struct __sk_buff *skb)
{
	struct guard_state *s = get_state();
	int passive = 0;
	struct guard_tag *tag = tag_of_packet(skb, &passive), nobody;
	struct target to = { .hook = GUARD_HOOK_PACKET };
	__u32 uid = GUARD_NOBODY;

	if (!s)
		return 0;
	if (tag && tag->flags & GUARD_TAG_SELF)
		return 1;
	if (tag && s->replies && (passive || tag->flags & GUARD_TAG_PASSIVE))
		return 1;
	if (!tag && form == GUARD_FORM_HOST)
		uid = bpf_get_socket_uid(skb);
	to.generation = READ_ONCE(s->generation);
	if (read_packet(skb, &to) < 0) {
		if (uid == 0)
			return 1;
		tell_packet(tag, &to, GUARD_WHY_HEADERS, GUARD_RULE_NONE);
		return answer(s, 0) & 1;
	}
	if (tag)
		return judge_tagged(s, tag, &to) & 1;
	tag_of_uid(&nobody, uid);
	return judge_untagged(s, &to, uid, &nobody) & 1;
}
