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
#include "guard/bpf_packet.h"
#include "guard/bpf_task.h"
#include "guard/bpf_tell.h"

#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* --- the cached verdict ------------------------------------------------------------ */

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
	ask(&q, to);
	q.account = tag->account;
	q.loginuid = tag->loginuid;
	q.uid = tag->uid;
	q.flags = tag->flags;
	__builtin_memcpy(&q.pin, tag->pin, sizeof(q.pin));
	q.pin_port = tag->pin_port;
	hint = READ_ONCE(tag->profile);
	if (hint >> 32 == to->generation)
		q.profile = hint;
	judge(&q);
	if (q.profile != (__u32)hint || hint >> 32 != to->generation)
		WRITE_ONCE(tag->profile,
		    q.profile ? (__u64)to->generation << 32 | q.profile : 0);
	/* what the guard may add to this generation isn't kept */
	if (q.why == GUARD_WHY_RULE || q.why == GUARD_WHY_PIN)
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

/* --- every packet ------------------------------------------------------------ */

INLINE struct guard_tag *
tag_of_packet(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk, *full;

	if (!sk)
		return 0;
	full = bpf_sk_fullsock(sk);
	if (!full)
		full = bpf_get_listener_sock(sk);
	if (!full)
		return 0;
	return bpf_sk_storage_get(&tags, full, 0, 0);
}

SEC("cgroup_skb/egress")
int
guard_egress(struct __sk_buff *skb)
{
	struct guard_state *s = get_state();
	struct guard_tag *tag = tag_of_packet(skb), nobody;
	struct target to = { .hook = GUARD_HOOK_PACKET };
	__u32 uid = GUARD_NOBODY;

	if (!s)
		return 0;
	if (tag && tag->flags & GUARD_TAG_SELF)
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

/* --- connect and sendmsg, for an error at once ---------------------------------------- */

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
	if (form == GUARD_FORM_HOST)
		retag(tag);
	else if (sight != GUARD_SIGHT_NONE && !tag->pid)
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

/* --- a new socket (GUARD_FORM_HOST) ------------------------------------------------------ */

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* Its subflows are the kernel's own sockets, which nobody would ask about. */
INLINE int
judge_protocol(struct bpf_sock *ctx, const struct guard_state *s,
    const struct guard_tag *tag)
{
	struct guard_event e;

	if (ctx->protocol != IPPROTO_MPTCP)
		return 1;
	if (tag->loginuid == GUARD_NOBODY && is_exempt(tag->uid, s->generation))
		return 1;
	begin_event(&e, tag);
	e.hook = GUARD_HOOK_CREATE;
	e.why = GUARD_WHY_FAMILY;
	e.family = ctx->family;
	tell(&e);
	return answer(s, 0);
}

SEC("cgroup/sock_create")
int
guard_create(struct bpf_sock *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct guard_state *s = get_state();
	struct guard_tag *tag;
	struct identity id;

	tag = bpf_sk_storage_get(&tags, ctx, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!tag || !s)
		return 0;
	identify(task, &id);
	tag_with(tag, task, &id);
	return judge_protocol(ctx, s, tag) & 1;
}

#define FAMILY_UNIX 1
#define FAMILY_INET 2
#define FAMILY_INET6 10
#define FAMILY_NETLINK 16
#define FAMILY_ALG 38
#define ERROR_FAMILY 97 /* EAFNOSUPPORT */

/* Families whose packets, or whose fallback to TCP, no hook above sees. */
SEC("lsm/socket_create")
int
BPF_PROG(guard_family, int family, int type, int protocol, int kern, int ret)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct guard_state *s = get_state();
	struct guard_tag tag = { 0 };
	struct guard_event e;
	struct identity id;

	if (ret || kern || family == FAMILY_UNIX || family == FAMILY_INET ||
	    family == FAMILY_INET6 || family == FAMILY_NETLINK ||
	    family == FAMILY_ALG || !s)
		return ret;
	identify(task, &id);
	if (id.loginuid == GUARD_NOBODY || !task_below(task, s->cgroup))
		return 0;
	tag_with(&tag, task, &id);
	begin_event(&e, &tag);
	e.hook = GUARD_HOOK_CREATE;
	e.why = GUARD_WHY_FAMILY;
	e.family = family;
	tell(&e);
	return answer(s, 0) ? 0 : -ERROR_FAMILY;
}

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
	return 0;
}

/* --- TCP: the option, and who is at the other end of a local connection ------------------- */

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
