/*
 * kernel: what the programs inside the kernel and the processes around them
 * have in common: the layout of maps, and numbers.
 *
 * Compiled for both sides.  Addresses are 16 bytes, IPv4 as ::ffff:a.b.c.d
 * (as base/addr.h has it); ports are in host order.  A change to anything
 * here is a new GUARD_ABI: maps of another one are never taken over.
 */
#ifndef GUARD_KERNEL_H
#define GUARD_KERNEL_H

#include <linux/types.h>

#define GUARD_ABI 2

/* --- rules ----------------------------------------------------------------- */

#define GUARD_INLINE 4        /* clauses inside an entry */
#define GUARD_SET_CLAUSES 64  /* clauses of a set */
#define GUARD_SETS 4096       /* sets of a generation */
#define GUARD_ENTRIES 4194304 /* prefixes of a generation */
#define GUARD_ACCOUNTS 1048576

/* What `rule` of a clause says: who decided, and how. */
#define GUARD_RULE_ALLOW 0x80000000u
#define GUARD_RULE_NUMBER 0x7fffffffu
#define GUARD_RULE_DEFAULT 0x7fffffffu  /* no rule matched */
#define GUARD_RULE_INTERNAL 0x7ffffffeu /* none, and it is internal */
#define GUARD_RULE_NONE 0x7ffffffdu     /* not decided by rules */

/* The clauses of an entry don't overlap, cover 0 to 65535 and are in order;
 * 0 is the port of packets that have none. */
struct guard_clause {
	__u16 from, to;
	__u32 rule;
};

/* Key of the tries: profile in network order, so that it is a prefix. */
struct guard_key {
	__u32 bits; /* 32 and those of the prefix */
	__u32 profile;
	__u8 ip[16];
};

struct guard_entry {
	__u32 count; /* of clauses, 1 to GUARD_SET_CLAUSES */
	__u32 set;   /* where they are, if more than GUARD_INLINE: the
	              * GUARD_SET_CLAUSES-th clause from here on */
	struct guard_clause clauses[GUARD_INLINE];
};

/* Profiles: accounts to whom the same rules apply share one. 0 is none. */
#define GUARD_PROFILE_WIRE 0xffffffffu /* prefixes that see the option */
#define GUARD_PROFILE_SELF 0xfffffffeu /* sockets without an account */

struct guard_account {
	__u32 profile[2]; /* by the last bit of the generation */
	__u32 exempt[2];
};

/* --- sockets --------------------------------------------------------------- */

#define GUARD_NOBODY 0xffffffffu /* also a loginuid that was never set */

enum {
	GUARD_TAG_SELF = 1,    /* the proxy's own: never judged */
	GUARD_TAG_PINNED = 2,  /* may reach this one place */
	GUARD_TAG_FOREIGN = 4, /* in another network namespace than ours */
	GUARD_TAG_PASSIVE = 8  /* of a connection that came from outside */
};

/* The last verdict. It is read and written by several processors at once
 * without a lock: `check` is right only for words that were written
 * together. */
struct guard_cache {
	__u64 ip[2];
	__u64 rest; /* generation, port, protocol, verdict */
	__u64 check;
};

struct guard_tag {
	__u32 account;
	__u32 flags;
	__u64 session; /* proxy: handle of the login; host: audit session */
	__u32 loginuid, uid, pid;
	char comm[16];
	__u16 pin_port;
	__u16 spare;
	__u8 pin[16];  /* unfolded */
	__u64 profile; /* of account, behind its generation; 0: not looked up */
	struct guard_cache cache;
};

/* --- the whole ------------------------------------------------------------- */

enum guard_form {
	GUARD_FORM_PROXY = 1, /* tags come from outside; without one: nothing */
	GUARD_FORM_HOST = 2   /* tags are made of who asks */
};

enum guard_mode {
	GUARD_MODE_ENFORCE,
	GUARD_MODE_OBSERVE /* says what it would deny, and lets it pass */
};

/* Host: what becomes of sockets with GUARD_TAG_FOREIGN. */
enum guard_containers {
	GUARD_CONTAINERS_JUDGED,
	GUARD_CONTAINERS_DENIED,
	GUARD_CONTAINERS_EXEMPT,
	GUARD_CONTAINERS_AS
};

/* Mapped into the guard's memory. */
struct guard_state {
	__u32 generation; /* 0: no rules yet, everything is denied */
	__u32 mode;
	__u32 burst;       /* events of an account at once */
	__u32 interval_ms; /* and one more each */
	__u32 wire;        /* the account goes into a TCP option */
	__u32 replies;     /* host: GUARD_TAG_PASSIVE isn't judged */
	__u64 cgroup;      /* id of the one that we are attached to */
	__u64 netns;       /* cookie of the host's; 0: not known */
	__u32 containers;
	__u32 container_account; /* of GUARD_CONTAINERS_AS */
};

enum guard_hook {
	GUARD_HOOK_PACKET,
	GUARD_HOOK_CONNECT,
	GUARD_HOOK_SENDMSG,
	GUARD_HOOK_CREATE
};

/* What a program may ask about the process at hand, which depends on the
 * kernel and on capabilities (GUARD_FORM_PROXY). */
enum guard_sight {
	GUARD_SIGHT_NONE,
	GUARD_SIGHT_PID,
	GUARD_SIGHT_NAME /* and pid; most kernels want CAP_PERFMON */
};

/* Why something was denied. */
enum guard_why {
	GUARD_WHY_RULE,
	GUARD_WHY_NO_RULES,   /* generation 0 */
	GUARD_WHY_NO_TAG,     /* a socket of nobody */
	GUARD_WHY_NO_ACCOUNT, /* one that no rules were made for */
	GUARD_WHY_PIN,        /* tagged for another place */
	GUARD_WHY_HEADERS,    /* unreadable, or with a route of their own */
	GUARD_WHY_FAMILY,     /* a kind of socket that nothing here sees */
	GUARD_WHY_CONTAINER,  /* all of them are denied */
	GUARD_WHY_COUNT
};

struct guard_event {
	__u64 when_ns; /* CLOCK_MONOTONIC */
	__u64 session;
	__u32 account, loginuid, uid, pid;
	char comm[16];
	__u8 ip[16]; /* as in the packet */
	__u16 port;
	__u8 protocol, hook;
	__u8 why, observed;
	__u16 family;
	__u32 rule;
	__u32 generation;
	__u32 lost; /* of this account since its last event */
	__u32 spare;
};

/* How many events an account may still have, and how many it didn't get
 * since the last. */
#define GUARD_BUCKETS 8192
struct guard_bucket {
	__u64 filled_ns;
	__u32 tokens, lost;
};

/* Counters, one a why, and behind them: */
enum {
	GUARD_COUNT_LOST = GUARD_WHY_COUNT, /* events left out */
	GUARD_COUNT_MAX
};

/* Connections between two ends on this machine, by whom they were made. */
struct guard_local_key {
	__u64 netns; /* cookie */
	__u8 from[16], to[16];
	__u16 from_port, to_port;
	__u32 spare;
};

struct guard_local {
	__u32 loginuid, uid, pid, spare;
	__u64 session;
};

/* A connection that the rules forbid, as the iterator writes it. */
struct guard_open {
	__u64 cookie;
	__u8 from[16], to[16];
	__u16 from_port, to_port;
	__u16 family, spare;
	__u32 device; /* that it is bound to; 0: none */
	__u32 account;
};

/* --- the TCP option (RFC 6994 experiment) ---------------------------------- */

#define GUARD_OPTION_KIND 253
#define GUARD_OPTION_EXID 0xacc7
#define GUARD_OPTION_SIZE 8 /* kind, length, id, account in network order */

#endif
