// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * bpf_packet: the headers of a packet; what can't be read is no packet of
 * ours.
 */
#ifndef GUARD_BPF_PACKET_H
#define GUARD_BPF_PACKET_H

#include "guard/bpf_judge.h"

struct header4 {
	__u8 version_ihl, tos;
	__be16 length, id, fragment;
	__u8 ttl, protocol;
	__be16 check;
	__be32 from, to;
};

struct header6 {
	__be32 flow;
	__be16 length;
	__u8 next, hops;
	__u8 from[16], to[16];
};

#define OPTION_ROUTER_ALERT 148

/* Options could take the packet somewhere else than it says (source routes).
 * The one that multicast group management needs passes, alone. */
INLINE int
has_bad_options(struct __sk_buff *skb, __u32 size)
{
	__u8 option = 0;

	if (size == sizeof(struct header4))
		return 0;
	return size != sizeof(struct header4) + 4 ||
	    bpf_skb_load_bytes(skb, sizeof(struct header4), &option, 1) < 0 ||
	    option != OPTION_ROUTER_ALERT;
}

INLINE int
read_ports(struct __sk_buff *skb, __u32 at, struct target *to)
{
	__be16 ports[2];

	if (!has_ports(to->protocol))
		return 0;
	if (bpf_skb_load_bytes(skb, at, ports, sizeof(ports)) < 0)
		return -1;
	to->port = bpf_ntohs(ports[1]);
	return 0;
}

INLINE int
read_v4(struct __sk_buff *skb, struct target *to)
{
	struct header4 h;
	__u32 size;

	if (bpf_skb_load_bytes(skb, 0, &h, sizeof(h)) < 0)
		return -1;
	size = (__u32)(h.version_ihl & 0xf) * 4;
	set_v4(&to->raw, h.to);
	to->protocol = h.protocol;
	if (h.version_ihl >> 4 != 4 || size < sizeof(h))
		return -1;
	if (has_bad_options(skb, size))
		return -1;
	if (h.fragment & bpf_htons(0x1fff))
		return 0;
	return read_ports(skb, size, to);
}

#define NEXT_HOP 0
#define NEXT_ROUTING 43
#define NEXT_FRAGMENT 44
#define NEXT_AUTH 51
#define NEXT_ICMP 58
#define NEXT_OPTIONS 60
#define NEXT_MOBILITY 135
#define EXTENSIONS_MAX 8

/* 0, -1, or 1 for one that is not the first of its fragments. */
static __noinline int
skip_extensions(struct __sk_buff *skb, __u32 *at, __u8 *protocol)
{
	__u8 h[8];

	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		__u8 next = *protocol;

		if (next == NEXT_ROUTING)
			return -1;
		if (next != NEXT_HOP && next != NEXT_FRAGMENT &&
		    next != NEXT_AUTH && next != NEXT_OPTIONS &&
		    next != NEXT_MOBILITY)
			return 0;
		if (bpf_skb_load_bytes(skb, *at, h, sizeof(h)) < 0)
			return -1;
		*protocol = h[0];
		if (next == NEXT_FRAGMENT) {
			*at += 8;
			if (h[2] | (h[3] & 0xf8))
				return 1;
		} else if (next == NEXT_AUTH) {
			*at += ((__u32)h[1] + 2) * 4;
		} else {
			*at += ((__u32)h[1] + 1) * 8;
		}
	}
	return -1;
}

INLINE int
read_v6(struct __sk_buff *skb, struct target *to)
{
	struct header6 h;
	__u32 at = sizeof(h);
	__u8 protocol;
	int ret = 0;

	if (bpf_skb_load_bytes(skb, 0, &h, sizeof(h)) < 0)
		return -1;
	__builtin_memcpy(&to->raw, h.to, sizeof(h.to));
	protocol = h.next;
	if (!has_ports(protocol) && protocol != NEXT_ICMP)
		ret = skip_extensions(skb, &at, &protocol);
	to->protocol = protocol;
	if (ret)
		return ret < 0 ? -1 : 0;
	return read_ports(skb, at, to);
}

INLINE int
read_packet(struct __sk_buff *skb, struct target *to)
{
	if (skb->protocol == bpf_htons(0x0800))
		return read_v4(skb, to);
	if (skb->protocol == bpf_htons(0x86dd))
		return read_v6(skb, to);
	return -1;
}

#endif
