/*
 * msg: the catalogue's codecs.
 *
 * Everything here is made from msg.def by the preprocessor, but for the
 * frame: a 16-bit kind before the fields.  Runs in every process; it decides
 * who may say what and never what to do about it.
 */
#include "ipc/msg.h"

#include "base/must.h"

#define CAN_SUPERVISOR (1u << ROLE_SUPERVISOR)
#define CAN_PROXY (1u << ROLE_PROXY)
#define CAN_SIGNER (1u << ROLE_SIGNER)
#define CAN_DIRECTORY (1u << ROLE_DIRECTORY)
#define CAN_GUARD (1u << ROLE_GUARD)
#define CAN_ALERTER (1u << ROLE_ALERTER)
#define CAN_WITNESSES (CAN_DIRECTORY | CAN_GUARD)
#define CAN_RECORDERS (CAN_PROXY | CAN_GUARD)
#define CAN_KEEPERS (CAN_PROXY | CAN_DIRECTORY)
#define CAN_ANY                                                                \
	(CAN_PROXY | CAN_SIGNER | CAN_DIRECTORY | CAN_GUARD | CAN_ALERTER)

/* --- one encoder a message -------------------------------------------- */

#define U8(f) wire_put_u8(out, m->f);
#define U16(f) wire_put_u16(out, m->f);
#define U32(f) wire_put_u32(out, m->f);
#define U64(f) wire_put_u64(out, m->f);
#define ADDR(f) wire_put_addr(out, &m->f);
#define STR(f) wire_put_str(out, m->f);
#define MSG(name, from, to, fields)                                            \
	static void encode_##name(struct wire_out *out, const void *body)      \
	{                                                                      \
		const struct msg_##name *m = body;                             \
		fields                                                         \
	}
#include "ipc/msg.def"
#undef MSG
#undef U8
#undef U16
#undef U32
#undef U64
#undef ADDR
#undef STR

/* --- one decoder a message -------------------------------------------- */

#define U8(f) m->f = wire_get_u8(in);
#define U16(f) m->f = wire_get_u16(in);
#define U32(f) m->f = wire_get_u32(in);
#define U64(f) m->f = wire_get_u64(in);
#define ADDR(f) m->f = wire_get_addr(in);
#define STR(f) m->f = wire_get_str(in);
#define MSG(name, from, to, fields)                                            \
	static void decode_##name(struct wire_in *in, union msg_body *body)    \
	{                                                                      \
		struct msg_##name *m = &body->name;                            \
		fields                                                         \
	}
#include "ipc/msg.def"
#undef MSG
#undef U8
#undef U16
#undef U32
#undef U64
#undef ADDR
#undef STR

struct codec {
	const char *name;
	unsigned from, to; /* CAN_… */
	bool brings_fd;
	void (*encode)(struct wire_out *out, const void *body);
	void (*decode)(struct wire_in *in, union msg_body *body);
};

#define ENTRY(name, from, to, fd)                                              \
	[MSG_##name] = { #name, CAN_##from, CAN_##to, fd, encode_##name,       \
		decode_##name },
#define MSG(name, from, to, fields) ENTRY(name, from, to, false)
#define MSG_FD(name, from, to, fields) ENTRY(name, from, to, true)
static const struct codec codecs[MSG_COUNT] = {
#include "ipc/msg.def"
};
#undef MSG
#undef MSG_FD

static const struct codec *
codec_get(enum msg_kind kind)
{
	must(kind < MSG_COUNT);
	return &codecs[kind];
}

const char *
msg_name(enum msg_kind kind)
{
	return codec_get(kind)->name;
}

bool
msg_allowed(enum msg_kind kind, enum role from, enum role to)
{
	const struct codec *codec = codec_get(kind);

	return (codec->from & (1u << from)) && (codec->to & (1u << to));
}

bool
msg_brings_fd(enum msg_kind kind)
{
	return codec_get(kind)->brings_fd;
}

void
msg_encode(struct wire_out *out, enum msg_kind kind, const void *body)
{
	const struct codec *codec = codec_get(kind);

	wire_put_u16(out, (uint16_t)kind);
	codec->encode(out, body);
}

const char *
msg_decode(struct slice packet, enum msg_kind *kind, union msg_body *body)
{
	struct wire_in in;
	union msg_body fresh;
	unsigned number;

	wire_in_init(&in, packet);
	number = wire_get_u16(&in);
	if (in.failed)
		return "a message without a kind";
	if (number >= MSG_COUNT)
		return "a message of an unknown kind";
	codecs[number].decode(&in, &fresh);
	if (in.failed)
		return "a message that is cut short";
	if (!wire_in_done(&in))
		return "a message with bytes left over";
	*kind = (enum msg_kind)number;
	*body = fresh;
	return NULL;
}
