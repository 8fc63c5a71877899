#include "sample.h"

#include <string.h>

static struct addr
some_addr(unsigned n)
{
	struct addr addr = { .port = (uint16_t)(n * 257), .scope = n << 24 };

	memset(addr.ip, (int)n, sizeof(addr.ip));
	return addr;
}

static struct slice
some_str(unsigned n)
{
	static const char text[] = "a string with \0 a NUL and \xff bytes";

	return slice_from(text + n % 4, sizeof(text) - 1 - n % 4);
}

#define U8(f) m->f = (uint8_t)(0xa0 + ++n);
#define U16(f) m->f = (uint16_t)(0xb000 + ++n);
#define U32(f) m->f = 0xc0000000u + ++n;
#define U64(f) m->f = 0xd000000000000000u + ++n;
#define ADDR(f) m->f = some_addr(++n);
#define STR(f) m->f = some_str(++n);
#define MSG(name, from, to, fields)                                            \
	case MSG_##name: {                                                     \
		struct msg_##name *m = &body->name;                            \
		fields                                                         \
	} break;

void
sample_fill(enum msg_kind kind, union msg_body *body)
{
	unsigned n = 0;

	switch (kind) {
#include "ipc/msg.def"
	case MSG_COUNT:
		break;
	}
}
#undef MSG
#undef U8
#undef U16
#undef U32
#undef U64
#undef ADDR
#undef STR

#define U8(f) same = same && x->f == y->f;
#define U16(f) same = same && x->f == y->f;
#define U32(f) same = same && x->f == y->f;
#define U64(f) same = same && x->f == y->f;
#define ADDR(f)                                                                \
	same = same && addr_eq(&x->f, &y->f) && x->f.scope == y->f.scope;
#define STR(f) same = same && slice_eq(x->f, y->f);
#define MSG(name, from, to, fields)                                            \
	case MSG_##name: {                                                     \
		const struct msg_##name *x = &a->name, *y = &b->name;          \
		fields                                                         \
	} break;

bool
sample_equal(
    enum msg_kind kind, const union msg_body *a, const union msg_body *b)
{
	bool same = true;

	switch (kind) {
#include "ipc/msg.def"
	case MSG_COUNT:
		break;
	}
	return same;
}
