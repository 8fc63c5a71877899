// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * bpf_open: sockets that are open already, read one after the other
 * (GUARD_FORM_HOST).
 */
#ifndef GUARD_BPF_OPEN_H
#define GUARD_BPF_OPEN_H

#include "guard/bpf_task.h"
#include "guard/bpf_verdict.h"

/* Sockets that were there before us. */
SEC("iter/task_file")
int
guard_existing(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct guard_state *s = get_state();
	struct guard_tag *tag;
	struct identity id;
	struct socket *socket;
	struct sock *sk;

	if (!task || !file || !s || !task_below(task, s->cgroup))
		return 0;
	socket = (struct socket *)bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = socket->sk;
	if (!sk)
		return 0;
	tag = bpf_sk_storage_get(&tags, sk, 0, 0);
	if (tag)
		return 0;
	tag = bpf_sk_storage_get(&tags, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!tag)
		return 0;
	identify(task, &id);
	tag_with(tag, task, &id);
	tag_place(
	    tag, s, BPF_CORE_READ(sk, __sk_common.skc_net.net, net_cookie));
	return 0;
}

/* --- connections that the rules forbid ---------------------------------------- */

#define STATE_ESTABLISHED 1
#define STATE_TIME_WAIT 6
#define STATE_CLOSE 7
#define STATE_LISTEN 10

INLINE int
is_connected(struct sock_common *sk)
{
	unsigned char state = BPF_CORE_READ(sk, skc_state);

	return state >= STATE_ESTABLISHED && state != STATE_TIME_WAIT &&
	    state != STATE_CLOSE && state != STATE_LISTEN;
}

INLINE void
read_common(struct sock_common *sk, struct guard_open *open)
{
	open->family = BPF_CORE_READ(sk, skc_family);
	open->from_port = BPF_CORE_READ(sk, skc_num);
	open->to_port = bpf_ntohs(BPF_CORE_READ(sk, skc_dport));
	open->device = BPF_CORE_READ(sk, skc_bound_dev_if);
	if (open->family == FAMILY_INET6) {
		BPF_CORE_READ_INTO(&open->from, sk, skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&open->to, sk, skc_v6_daddr);
		return;
	}
	set_v4((union ip *)open->from, BPF_CORE_READ(sk, skc_rcv_saddr));
	set_v4((union ip *)open->to, BPF_CORE_READ(sk, skc_daddr));
}

/* Whoever reads this gets the connections that a packet would not pass on;
 * one with a tag, and none of those that are never judged. */
SEC("iter/tcp")
int
guard_forbidden(struct bpf_iter__tcp *ctx)
{
	struct sock_common *sk = ctx->sk_common;
	struct seq_file *seq = ctx->meta->seq;
	struct guard_state *s = get_state();
	struct target to = { .protocol = IPPROTO_TCP };
	struct guard_open open = { 0 };
	struct guard_tag *tag;
	struct tcp_sock *tcp;
	struct question q;

	if (!sk || !s || s->mode == GUARD_MODE_OBSERVE || !is_connected(sk))
		return 0;
	tcp = bpf_skc_to_tcp_sock(sk);
	if (!tcp)
		return 0;
	tag = bpf_sk_storage_get(&tags, tcp, 0, 0);
	if (!tag || tag->flags & GUARD_TAG_SELF ||
	    (s->replies && tag->flags & GUARD_TAG_PASSIVE))
		return 0;
	read_common(sk, &open);
	__builtin_memcpy(&to.raw, open.to, sizeof(to.raw));
	to.port = open.to_port;
	to.generation = READ_ONCE(s->generation);
	ask_for(&q, tag, &to);
	if (judge(&q))
		return 0;
	open.account = tag->account;
	open.cookie = bpf_get_socket_cookie(sk);
	bpf_seq_write(seq, &open, sizeof(open));
	return 0;
}

#endif
