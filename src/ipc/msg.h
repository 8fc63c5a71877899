/*
 * msg: typed messages between processes, made from msg.def.
 *
 * For every MSG(x, …) there are: MSG_x in enum msg_kind, struct msg_x, and a
 * codec in msg.c.  Decoding checks every length and must end exactly
 * at the end of the packet; slices borrow from the packet.
 */
#ifndef IPC_MSG_H
#define IPC_MSG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/slice.h"
#include "ipc/role.h"
#include "ipc/wire.h"

enum msg_kind {
#define MSG(name, from, to, fields) MSG_##name,
#include "ipc/msg.def"
#undef MSG
	MSG_COUNT
};

#define U8(f) uint8_t f;
#define U16(f) uint16_t f;
#define U32(f) uint32_t f;
#define U64(f) uint64_t f;
#define ADDR(f) struct addr f;
#define STR(f) struct slice f;
#define MSG(name, from, to, fields)                                            \
	struct msg_##name {                                                    \
		fields                                                         \
	};
#include "ipc/msg.def"
#undef MSG
#undef U8
#undef U16
#undef U32
#undef U64
#undef ADDR
#undef STR

union msg_body {
#define MSG(name, from, to, fields) struct msg_##name name;
#include "ipc/msg.def"
#undef MSG
};

/* What a descriptor of setup_authority is. */
enum authority_part {
	AUTHORITY_KEY,
	AUTHORITY_PASSPHRASE, /* of both keys */
	AUTHORITY_OLD_KEY,    /* of the CA before a rotation */
	AUTHORITY_PARTS
};

enum login_verdict {
	LOGIN_OK,
	LOGIN_WRONG,  /* name or password: never says which */
	LOGIN_SLOWED, /* too many failures: retry_s says when to come back */
	LOGIN_NO_DIRECTORY, /* nobody could tell: 503 with Retry-After */
	/* the password may be right, and still: */
	LOGIN_EXPIRED,
	LOGIN_MUST_CHANGE,
	LOGIN_LOCKED,
	LOGIN_DISABLED,
	LOGIN_HOURS,
	/* by Negotiate */
	LOGIN_CONTINUE, /* the client has to say more: token */
	LOGIN_TICKET,   /* its ticket is no good, or not for an account here */
	LOGIN_REALM,    /* nobody is let in from its realm */
	LOGIN_NTLM      /* it has none, and tries what isn't spoken here */
};

enum credential_verdict {
	CREDENTIAL_VALID,      /* it is that account's password */
	CREDENTIAL_INVALID,    /* it isn't */
	CREDENTIAL_UNANSWERED, /* nobody could tell */
	CREDENTIAL_BUDGET,     /* too many that weren't: nobody was asked */
	/* nobody could tell, and what then is said for that directory: */
	CREDENTIAL_OUTAGE_BLOCK,
	CREDENTIAL_OUTAGE_PASS,
	CREDENTIAL_VERDICTS /* how many there are */
};

enum way_op {
	WAY_TRY,   /* asked: a credential_ask that was answered; place: what
	            * the request is for; about: for who looks */
	WAY_LOOK,  /* token */
	WAY_GRANT, /* token, answer */
	WAY_TELL   /* place: the site */
};

enum way_verdict {
	WAY_NONE,    /* nothing of that sort */
	WAY_PASS,    /* of WAY_TRY: it passes, once; about */
	WAY_OFFERED, /* of WAY_TRY: token */
	WAY_SHOWN,   /* of WAY_LOOK: answer, about */
	WAY_GRANTED, /* of WAY_GRANT: about */
	WAY_TOLD     /* of WAY_TELL: now is the time; token or empty */
};

enum tag_verdict {
	TAG_DONE,
	TAG_DENIED,  /* by the rules */
	TAG_UNKNOWN, /* nobody logged in like that */
	TAG_FAILED   /* the kernel didn't take it */
};

/* What status_ask asks for. */
enum status_what {
	STATUS_SUMMARY,     /* one object: counters by name */
	STATUS_CONNECTIONS, /* one object an upstream connection: account,
	                     * client, upstream, in, out (bytes), age_ms */
	STATUS_PINNED       /* one object an account and name: see
	                     * signer/pinned.h */
};

const char *msg_name(enum msg_kind kind);
bool msg_allowed(enum msg_kind kind, enum role from, enum role to);
bool msg_brings_fd(enum msg_kind kind);

/* body points at the struct of that kind. */
void msg_encode(struct wire_out *out, enum msg_kind kind, const void *body);
/* NULL, or what is wrong in words; *kind and *body are then unset. */
const char *msg_decode(
    struct slice packet, enum msg_kind *kind, union msg_body *body);

#endif
