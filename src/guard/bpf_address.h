// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * bpf_address: connect() and sendmsg() are judged before there is a
 * packet, so that a program gets an error at once.
 */
#ifndef GUARD_BPF_ADDRESS_H
#define GUARD_BPF_ADDRESS_H

#include "guard/bpf_task.h"
#include "guard/bpf_verdict.h"

/* A proxy's sockets don't say which process they are of. */
INLINE void
note_program(struct guard_tag *tag)
{
	if (sight >= GUARD_SIGHT_PID)
		tag->pid = bpf_get_current_pid_tgid() >> 32;
	if (sight >= GUARD_SIGHT_NAME)
		bpf_get_current_comm(tag->comm, sizeof(tag->comm));
}

INLINE int
judge_address(struct bpf_sock_addr *ctx, struct target *to)
{
	struct guard_state *s = get_state();
	struct bpf_sock *sk = ctx->sk;
	struct guard_tag *tag, nobody;

	if (!s || !sk)
		return 0;
	to->protocol = ctx->protocol;
	to->port = has_ports(to->protocol) ? bpf_ntohs(ctx->user_port) : 0;
	to->generation = READ_ONCE(s->generation);
	tag = bpf_sk_storage_get(&tags, sk, 0,
	    form == GUARD_FORM_HOST ? BPF_SK_STORAGE_GET_F_CREATE : 0);
	if (!tag) {
		if (form == GUARD_FORM_HOST)
			return answer(s, 0);
		tag_of_uid(&nobody, GUARD_NOBODY);
		note_program(&nobody);
		return judge_untagged(s, to, GUARD_NOBODY, &nobody);
	}
	if (form == GUARD_FORM_HOST) {
		retag(tag);
		tag_place(tag, s, bpf_get_netns_cookie(ctx));
	} else if (sight != GUARD_SIGHT_NONE && !tag->pid)
		note_program(tag);
	if (tag->flags & GUARD_TAG_SELF)
		return 1;
	return judge_tagged(s, tag, to);
}

INLINE int
judge_v4(struct bpf_sock_addr *ctx, __u8 hook)
{
	struct target to = { .hook = hook };

	set_v4(&to.raw, ctx->user_ip4);
	return judge_address(ctx, &to) & 1;
}

INLINE int
judge_v6(struct bpf_sock_addr *ctx, __u8 hook)
{
	struct target to = { .hook = hook };

	to.raw.w[0] = ctx->user_ip6[0];
	to.raw.w[1] = ctx->user_ip6[1];
	to.raw.w[2] = ctx->user_ip6[2];
	to.raw.w[3] = ctx->user_ip6[3];
	return judge_address(ctx, &to) & 1;
}

SEC("cgroup/connect4")
int
guard_connect4(struct bpf_sock_addr *ctx)
{
	return judge_v4(ctx, GUARD_HOOK_CONNECT);
}

SEC("cgroup/connect6")
int
guard_connect6(struct bpf_sock_addr *ctx)
{
	return judge_v6(ctx, GUARD_HOOK_CONNECT);
}

SEC("cgroup/sendmsg4")
int
guard_sendmsg4(struct bpf_sock_addr *ctx)
{
	return judge_v4(ctx, GUARD_HOOK_SENDMSG);
}

SEC("cgroup/sendmsg6")
int
guard_sendmsg6(struct bpf_sock_addr *ctx)
{
	return judge_v6(ctx, GUARD_HOOK_SENDMSG);
}

#endif
