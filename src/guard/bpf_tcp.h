// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * bpf_tcp: the account in a TCP option, and who is at the other end
 * of a local connection.
 */
#ifndef GUARD_BPF_TCP_H
#define GUARD_BPF_TCP_H

#include "guard/bpf_verdict.h"

struct ends {
	union ip local, remote;
	__u16 local_port, remote_port;
};

INLINE void
read_ends(struct bpf_sock_ops *ctx, struct ends *ends)
{
	__be32 local4 = READ_ONCE(ctx->local_ip4),
	       remote4 = READ_ONCE(ctx->remote_ip4);
	__u32 family = READ_ONCE(ctx->family);

	ends->local.w[0] = READ_ONCE(ctx->local_ip6[0]);
	ends->local.w[1] = READ_ONCE(ctx->local_ip6[1]);
	ends->local.w[2] = READ_ONCE(ctx->local_ip6[2]);
	ends->local.w[3] = READ_ONCE(ctx->local_ip6[3]);
	ends->remote.w[0] = READ_ONCE(ctx->remote_ip6[0]);
	ends->remote.w[1] = READ_ONCE(ctx->remote_ip6[1]);
	ends->remote.w[2] = READ_ONCE(ctx->remote_ip6[2]);
	ends->remote.w[3] = READ_ONCE(ctx->remote_ip6[3]);
	ends->local_port = READ_ONCE(ctx->local_port);
	ends->remote_port = bpf_ntohl(READ_ONCE(ctx->remote_port));
	if (family == FAMILY_INET) {
		set_v4(&ends->local, local4);
		set_v4(&ends->remote, remote4);
	}
}

INLINE struct guard_tag *
tag_of_ops(struct bpf_sock_ops *ctx)
{
	struct bpf_sock *sk = ctx->sk;

	if (!sk)
		return 0;
	return bpf_sk_storage_get(&tags, sk, 0, 0);
}

INLINE void
begin_option(struct bpf_sock_ops *ctx, const struct guard_state *s)
{
	struct guard_tag *tag = tag_of_ops(ctx);
	struct ends ends = { 0 };
	struct question q = { 0 };

	if (!tag || tag->flags & GUARD_TAG_SELF || !s->wire)
		return;
	read_ends(ctx, &ends);
	q.ip = ends.remote;
	q.port = ends.remote_port;
	q.generation = READ_ONCE(s->generation);
	unfold(&q.ip);
	if (q.generation && judge_profile(GUARD_PROFILE_WIRE, &q))
		bpf_sock_ops_cb_flags_set(ctx,
		    ctx->bpf_sock_ops_cb_flags |
			BPF_SOCK_OPS_WRITE_HDR_OPT_CB_FLAG);
}

INLINE void
write_option(struct bpf_sock_ops *ctx)
{
	struct guard_tag *tag = tag_of_ops(ctx);
	__u8 option[GUARD_OPTION_SIZE] = { GUARD_OPTION_KIND, GUARD_OPTION_SIZE,
		GUARD_OPTION_EXID >> 8, GUARD_OPTION_EXID & 0xff };

	if (!tag)
		return;
	option[4] = tag->account >> 24;
	option[5] = tag->account >> 16;
	option[6] = tag->account >> 8;
	option[7] = tag->account;
	bpf_store_hdr_opt(ctx, option, sizeof(option), 0);
}

INLINE int
is_loopback(const union ip *ip)
{
	if (ip->w[0] | ip->w[1])
		return 0;
	if (ip->w[2] == MAPPED)
		return ip->b[12] == 127;
	return ip->w[2] == 0 && ip->w[3] == bpf_htonl(1);
}

INLINE void
note_local(struct bpf_sock_ops *ctx)
{
	struct guard_tag *tag = tag_of_ops(ctx);
	struct guard_local_key key = { 0 };
	struct guard_local local = { 0 };
	struct ends ends = { 0 };

	if (!tag)
		return;
	read_ends(ctx, &ends);
	if (!is_loopback(&ends.remote) &&
	    (ends.local.d[0] != ends.remote.d[0] ||
		ends.local.d[1] != ends.remote.d[1]))
		return;
	key.netns = bpf_get_netns_cookie(ctx);
	__builtin_memcpy(key.from, &ends.local, 16);
	__builtin_memcpy(key.to, &ends.remote, 16);
	key.from_port = ends.local_port;
	key.to_port = ends.remote_port;
	local.loginuid = tag->loginuid;
	local.uid = tag->uid;
	local.pid = tag->pid;
	local.session = tag->session;
	bpf_map_update_elem(&locals, &key, &local, BPF_ANY);
}

/* Its tag is a copy of the listener's. */
INLINE void
note_passive(struct bpf_sock_ops *ctx)
{
	struct guard_tag *tag = tag_of_ops(ctx);

	if (tag)
		tag->flags |= GUARD_TAG_PASSIVE;
}

SEC("sockops")
int
guard_sockops(struct bpf_sock_ops *ctx)
{
	struct guard_state *s = get_state();

	if (!s)
		return 1;
	switch (ctx->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		begin_option(ctx, s);
		break;
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
		if (form == GUARD_FORM_HOST)
			note_local(ctx);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		note_passive(ctx);
		break;
	case BPF_SOCK_OPS_HDR_OPT_LEN_CB:
		bpf_reserve_hdr_opt(ctx, GUARD_OPTION_SIZE, 0);
		break;
	case BPF_SOCK_OPS_WRITE_HDR_OPT_CB:
		write_option(ctx);
		break;
	default:
		break;
	}
	return 1;
}

#endif
