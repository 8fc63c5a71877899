// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * bpf_task: the account on whose behalf the task of this moment acts
 * (GUARD_FORM_HOST).
 *
 * Of the kernel's structures only what is asked for is written down here;
 * where it stands is found out when the programs are loaded.
 */
/* The loginuid is set once, at the login, and survives sudo, su and programs
 * that change their user.
 */
#ifndef GUARD_BPF_TASK_H
#define GUARD_BPF_TASK_H

#include <bpf/bpf_core_read.h>
#include "guard/bpf_tell.h"

#pragma clang attribute push(                                                  \
    __attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	unsigned int val;
} kuid_t;

struct cred {
	kuid_t fsuid;
};

struct kernfs_node {
	__u64 id;
};

struct cgroup_subsys_state {
	struct cgroup_subsys_state *parent;
};

/* self comes first, so a parent's css is at the parent's address */
struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct task_struct {
	kuid_t loginuid;
	unsigned int sessionid;
	int tgid;
	char comm[16];
	const struct cred *cred;
	struct css_set *cgroups;
};

struct net {
	__u64 net_cookie;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct sock_common {
	possible_net_t skc_net;
	__be32 skc_daddr, skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	unsigned char skc_state;
	int skc_bound_dev_if;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
};

struct socket {
	struct sock *sk;
};

struct file;

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

struct tcp_sock;

struct bpf_iter__tcp {
	struct bpf_iter_meta *meta;
	struct sock_common *sk_common;
	__u32 uid;
};

#pragma clang attribute pop

/* --- the task that asks ----------------------------------------------------- */

struct identity {
	__u32 loginuid, session, uid, pid;
};

INLINE void
identify(struct task_struct *task, struct identity *id)
{
	id->loginuid = BPF_CORE_READ(task, loginuid.val);
	id->session = BPF_CORE_READ(task, sessionid);
	id->uid = BPF_CORE_READ(task, cred, fsuid.val);
	id->pid = BPF_CORE_READ(task, tgid);
}

INLINE void
tag_with(
    struct guard_tag *tag, struct task_struct *task, const struct identity *id)
{
	tag->account = id->loginuid == GUARD_NOBODY ? id->uid : id->loginuid;
	/* as when nobody logged in */
	tag->session = id->session == GUARD_NOBODY ? 0 : id->session;
	tag->loginuid = id->loginuid;
	tag->uid = id->uid;
	tag->pid = id->pid;
	BPF_CORE_READ_INTO(&tag->comm, task, comm);
	tag->cache.check = ~tag->cache.check;
	tag->profile = 0;
}

/* Sockets stay in the network namespace that they were made in. */
INLINE void
tag_place(struct guard_tag *tag, const struct guard_state *s, __u64 netns)
{
	if (s->netns != 0 && netns != s->netns)
		tag->flags |= GUARD_TAG_FOREIGN;
}

/* Who connects is who is asked, whoever opened the socket. */
INLINE void
retag(struct guard_tag *tag)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct identity id;

	identify(task, &id);
	if (tag->flags & GUARD_TAG_SELF)
		return;
	if (tag->loginuid != id.loginuid || tag->uid != id.uid ||
	    tag->pid != id.pid)
		tag_with(tag, task, &id);
}

INLINE int
task_below(struct task_struct *task, __u64 cgroup)
{
	struct cgroup *at = BPF_CORE_READ(task, cgroups, dfl_cgrp);

	for (int i = 0; i < 32 && at; i++) {
		if (BPF_CORE_READ(at, kn, id) == cgroup)
			return 1;
		at = (struct cgroup *)BPF_CORE_READ(at, self.parent);
	}
	return 0;
}

#endif
