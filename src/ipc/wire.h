/*
 * wire: a bounded cursor over the bytes of one message, with a sticky error.
 *
 * Little-endian fixed-size integers; strings behind a 32-bit length.  After
 * the first thing that does not fit every further call is a no-op, so that
 * callers check once, at the end.
 */
#ifndef IPC_WIRE_H
#define IPC_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/slice.h"

#define WIRE_MAX (128u << 10) /* a whole message */
#define WIRE_STR_MAX (64u << 10)

struct wire_out {
	unsigned char *p; /* borrowed: WIRE_MAX bytes */
	size_t n, cap;
	bool failed;
};

struct wire_in {
	const unsigned char *p; /* borrowed */
	size_t left;
	bool failed;
};

void wire_out_init(struct wire_out *out, void *p, size_t cap);
void wire_put_u8(struct wire_out *out, uint8_t v);
void wire_put_u16(struct wire_out *out, uint16_t v);
void wire_put_u32(struct wire_out *out, uint32_t v);
void wire_put_u64(struct wire_out *out, uint64_t v);
void wire_put_str(struct wire_out *out, struct slice v);
void wire_put_addr(struct wire_out *out, const struct addr *v);

void wire_in_init(struct wire_in *in, struct slice packet);
/* On failure 0 or empty. Strings borrow from the packet. */
uint8_t wire_get_u8(struct wire_in *in);
uint16_t wire_get_u16(struct wire_in *in);
uint32_t wire_get_u32(struct wire_in *in);
uint64_t wire_get_u64(struct wire_in *in);
struct slice wire_get_str(struct wire_in *in);
struct addr wire_get_addr(struct wire_in *in);
/* True where nothing failed and nothing is left over. */
bool wire_in_done(const struct wire_in *in);

#endif
