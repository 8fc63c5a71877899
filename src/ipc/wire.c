/*
 * wire: bytes of one message, written and read through a bounded cursor.
 *
 * Runs in every process.  It never allocates, never copies what it reads
 * and never looks behind the end: the first thing that doesn't fit makes the
 * cursor fail for good.
 */
#include "ipc/wire.h"

#include <string.h>

#define ADDR_WIRE (16 + 2 + 4)

void
wire_out_init(struct wire_out *out, void *p, size_t cap)
{
	*out = (struct wire_out){ .p = p, .cap = cap };
}

/* Room for n bytes, or NULL and the cursor has failed. */
static unsigned char *
out_take(struct wire_out *out, size_t n)
{
	unsigned char *at = out->p + out->n;

	if (out->failed || n > out->cap - out->n) {
		out->failed = true;
		return NULL;
	}
	out->n += n;
	return at;
}

static void
put_int(struct wire_out *out, uint64_t v, size_t n)
{
	unsigned char *at = out_take(out, n);

	for (size_t i = 0; at && i < n; i++)
		at[i] = (unsigned char)(v >> (8 * i));
}

void
wire_put_u8(struct wire_out *out, uint8_t v)
{
	put_int(out, v, 1);
}

void
wire_put_u16(struct wire_out *out, uint16_t v)
{
	put_int(out, v, 2);
}

void
wire_put_u32(struct wire_out *out, uint32_t v)
{
	put_int(out, v, 4);
}

void
wire_put_u64(struct wire_out *out, uint64_t v)
{
	put_int(out, v, 8);
}

void
wire_put_str(struct wire_out *out, struct slice v)
{
	unsigned char *at;

	if (v.n > WIRE_STR_MAX) {
		out->failed = true;
		return;
	}
	put_int(out, v.n, 4);
	at = out_take(out, v.n);
	if (at && v.n)
		memcpy(at, v.p, v.n);
}

void
wire_put_addr(struct wire_out *out, const struct addr *v)
{
	unsigned char *at = out_take(out, sizeof(v->ip));

	if (at)
		memcpy(at, v->ip, sizeof(v->ip));
	put_int(out, v->port, 2);
	put_int(out, v->scope, 4);
}

void
wire_in_init(struct wire_in *in, struct slice packet)
{
	*in = (struct wire_in){
		.p = (const unsigned char *)packet.p,
		.left = packet.n,
	};
}

/* The next n bytes, or NULL and the cursor has failed. */
static const unsigned char *
in_take(struct wire_in *in, size_t n)
{
	const unsigned char *at = in->p;

	if (in->failed || n > in->left) {
		in->failed = true;
		return NULL;
	}
	in->p += n;
	in->left -= n;
	return at;
}

static uint64_t
get_int(struct wire_in *in, size_t n)
{
	const unsigned char *at = in_take(in, n);
	uint64_t v = 0;

	for (size_t i = 0; at && i < n; i++)
		v |= (uint64_t)at[i] << (8 * i);
	return v;
}

uint8_t
wire_get_u8(struct wire_in *in)
{
	return (uint8_t)get_int(in, 1);
}

uint16_t
wire_get_u16(struct wire_in *in)
{
	return (uint16_t)get_int(in, 2);
}

uint32_t
wire_get_u32(struct wire_in *in)
{
	return (uint32_t)get_int(in, 4);
}

uint64_t
wire_get_u64(struct wire_in *in)
{
	return get_int(in, 8);
}

struct slice
wire_get_str(struct wire_in *in)
{
	uint64_t n = get_int(in, 4);
	const unsigned char *at;

	if (n > WIRE_STR_MAX)
		in->failed = true;
	at = in_take(in, (size_t)n);
	return at ? slice_from(at, (size_t)n) : SLICE_EMPTY;
}

struct addr
wire_get_addr(struct wire_in *in)
{
	struct addr addr = { .port = 0 };
	const unsigned char *at = in_take(in, ADDR_WIRE);
	struct wire_in tail;

	if (!at)
		return addr;
	memcpy(addr.ip, at, sizeof(addr.ip));
	wire_in_init(&tail,
	    slice_from(at + sizeof(addr.ip), ADDR_WIRE - sizeof(addr.ip)));
	addr.port = wire_get_u16(&tail);
	addr.scope = wire_get_u32(&tail);
	return addr;
}

bool
wire_in_done(const struct wire_in *in)
{
	return !in->failed && in->left == 0;
}
