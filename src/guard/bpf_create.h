// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * bpf_create: a socket gets its tag when it is made, and some kinds
 * aren't made at all (GUARD_FORM_HOST).
 */
#ifndef GUARD_BPF_CREATE_H
#define GUARD_BPF_CREATE_H

#include <bpf/bpf_tracing.h>
#include "guard/bpf_task.h"
#include "guard/bpf_verdict.h"

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
	tag_place(tag, s, bpf_get_netns_cookie(ctx));
	return judge_protocol(ctx, s, tag) & 1;
}

#define FAMILY_UNIX 1
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

#endif
