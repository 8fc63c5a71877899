/*
 * packet: headers, byte by byte.
 */
#include "packet.h"

#include <string.h>

#include <bpf/bpf.h>
#include <check.h>

#define ETHER_SIZE 14
#define PROTOCOL_UDP 17
#define PROTOCOL_GRE 47

static void
put16(unsigned char *p, unsigned v)
{
	p[0] = (unsigned char)(v >> 8);
	p[1] = (unsigned char)v;
}

static size_t
put_v4(unsigned char *p, const struct addr *addr, unsigned protocol)
{
	p[0] = 0x45;
	put16(p + 2, 20 + 8);
	p[8] = 64;
	p[9] = (unsigned char)protocol;
	p[12] = 198;
	p[13] = 51;
	p[14] = 100;
	p[15] = 1;
	memcpy(p + 16, addr->ip + 12, 4);
	return 20;
}

static size_t
put_v6(unsigned char *p, const struct addr *addr, unsigned protocol)
{
	p[0] = 0x60;
	put16(p + 4, 8);
	p[6] = (unsigned char)protocol;
	p[7] = 64;
	p[8] = 0x20;
	p[9] = 0x01;
	memcpy(p + 24, addr->ip, 16);
	return 40;
}

void
packet_make(struct packet *packet, const struct addr *addr, uint16_t port)
{
	unsigned protocol = port ? PROTOCOL_UDP : PROTOCOL_GRE;
	unsigned char *p = packet->b + ETHER_SIZE;
	bool v4 = addr_is_v4(addr);

	memset(packet, 0, sizeof(*packet));
	put16(packet->b + 12, v4 ? 0x0800 : 0x86dd);
	p += v4 ? put_v4(p, addr, protocol) : put_v6(p, addr, protocol);
	put16(p, 4000);
	put16(p + 2, port);
	put16(p + 4, 8);
	packet->n = (size_t)(p - packet->b) + 8;
}

bool
packet_passes(int prog, const struct packet *packet)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet->b,
	    .data_size_in = (__u32)packet->n, .repeat = 1);

	ck_assert_int_eq(bpf_prog_test_run_opts(prog, &opts), 0);
	return opts.retval & 1;
}
