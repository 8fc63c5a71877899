// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * bpf_ip: addresses, and what they really reach: base/reach.c for the kernel.
 */
#ifndef GUARD_BPF_IP_H
#define GUARD_BPF_IP_H

#include <bpf/bpf_endian.h>
#include "guard/bpf_maps.h"

union ip {
	__u8 b[16];
	__be32 w[4];
	__u64 d[2];
};

#define MAPPED bpf_htonl(0xffff)

INLINE void
set_v4(union ip *ip, __be32 v4)
{
	ip->w[0] = 0;
	ip->w[1] = 0;
	ip->w[2] = MAPPED;
	ip->w[3] = v4;
}

struct v4_range {
	__u32 from, mask;
};

/* The IPv4 part of addr_is_internal. */
static const struct v4_range internal_v4[] = {
	{ 0x00000000, 0xff000000 },
	{ 0x7f000000, 0xff000000 },
	{ 0xa9fe0000, 0xffff0000 },
	{ 0xe0000000, 0xe0000000 },
	{ 0x0a000000, 0xff000000 },
	{ 0x64400000, 0xffc00000 },
	{ 0xac100000, 0xfff00000 },
	{ 0xc0000000, 0xffffff00 },
	{ 0xc0000200, 0xffffff00 },
	{ 0xc0a80000, 0xffff0000 },
	{ 0xc6120000, 0xfffe0000 },
	{ 0xc6336400, 0xffffff00 },
	{ 0xcb007100, 0xffffff00 },
};

INLINE int
is_internal_v4(__u32 v4)
{
	int found = 0;

#pragma unroll
	for (unsigned i = 0; i < sizeof(internal_v4) / sizeof(*internal_v4);
	     i++)
		found |= (v4 & internal_v4[i].mask) == internal_v4[i].from;
	return found;
}

/* One reading of 64:ff9b:1::/48 (see nat64_read in base/reach.c). */
#define NAT64_READ(ok, one, v4, found)                                         \
	do {                                                                   \
		if ((ok) && (one) >> 24 != 0 &&                                \
		    (!(found) || is_internal_v4(one))) {                       \
			(v4) = (one);                                          \
			(found) = 1;                                           \
		}                                                              \
	} while (0)

/* The words of such an address behind the first, in host order; 0 where it
 * can't be read. */
__noinline __u32
nat64_local(__u32 w1, __u32 w2, __u32 w3)
{
	__u32 v4 = 0, one, found = 0;

	if (w2 >> 24)
		return 0;
	one = w1 << 16 | (w2 >> 8 & 0xffff);
	NAT64_READ((w2 & 0xff) == 0 && w3 == 0, one, v4, found);
	one = w1 << 24 | (w2 & 0xffffff);
	NAT64_READ(w3 == 0, one, v4, found);
	one = w2 << 8 | w3 >> 24;
	NAT64_READ((w3 & 0xffffff) == 0, one, v4, found);
	NAT64_READ(w2 == 0, w3, v4, found);
	return v4;
}

/* addr_unfold of base/reach.c, to the letter. */
INLINE void
unfold(union ip *ip)
{
	__be32 w0 = ip->w[0], w1 = ip->w[1], w2 = ip->w[2], w3 = ip->w[3];
	__u32 v4;

	if ((w0 | w1) == 0 && w2 == MAPPED)
		return;
	if ((w0 | w1 | w2) == 0 && bpf_ntohl(w3) <= 1)
		return;
	if ((w0 | w1) == 0 && (w2 == 0 || w2 == bpf_htonl(0xffff0000)))
		set_v4(ip, w3);
	else if (w0 == bpf_htonl(0x0064ff9b) && (w1 | w2) == 0)
		set_v4(ip, w3);
	else if ((w0 & bpf_htonl(0xffff0000)) == bpf_htonl(0x20020000))
		set_v4(
		    ip, bpf_htonl(bpf_ntohl(w0) << 16 | bpf_ntohl(w1) >> 16));
	else if (w0 == bpf_htonl(0x20010000))
		set_v4(ip, ~w3);
	else if (w0 == bpf_htonl(0x0064ff9b) &&
	    (w1 & bpf_htonl(0xffff0000)) == bpf_htonl(0x00010000)) {
		v4 = nat64_local(bpf_ntohl(w1), bpf_ntohl(w2), bpf_ntohl(w3));
		if (v4)
			set_v4(ip, bpf_htonl(v4));
	}
}

#endif
