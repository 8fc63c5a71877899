/*
 * load: brings the programs into the kernel, holds them at a cgroup, and
 * keeps them there when we are gone.
 *
 * Needs CAP_BPF and CAP_NET_ADMIN, for the host form CAP_PERFMON as well;
 * what is left to do afterwards needs map descriptors only.  With a pin
 * directory everything outlives the process: who loads again with the same
 * directory takes the maps over and puts new programs into the links that
 * are attached, so there is no moment without a filter.
 */
#ifndef GUARD_LOAD_H
#define GUARD_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "guard/kernel.h"

#define GUARD_PINS "/sys/fs/bpf/sallyport"

enum guard_map {
	GUARD_MAP_TAGS,
	GUARD_MAP_ACCOUNTS,
	GUARD_MAP_RULES,
	GUARD_MAP_RULES_0,
	GUARD_MAP_RULES_1,
	GUARD_MAP_CLAUSES,
	GUARD_MAP_STATE,
	GUARD_MAP_EVENTS,
	GUARD_MAP_COUNTS,
	GUARD_MAP_LOCALS,
	GUARD_MAP_BUCKETS,
	GUARD_MAPS
};

struct guard_opts {
	enum guard_form form;
	const char *pins; /* a directory of a BPF file system; NULL: none */
};

struct guard;

/* Maps and programs, not attached yet. NULL, and *why in words (static, or
 * valid until the next call). The caller owns the guard. */
struct guard *guard_load(const struct guard_opts *opts, const char **why);
/* Closes; what is pinned stays. NULL is fine. */
void guard_free(struct guard *guard);

/* Borrowed descriptors. */
int guard_map_fd(const struct guard *guard, enum guard_map map);
const char *guard_map_name(enum guard_map map);

/* Holds every program at the cgroup (a directory of cgroup2), in place of
 * what the pins hold. NULL, or why not. */
const char *guard_attach(struct guard *guard, const char *cgroup);
/* Lets go of what isn't pinned. */
void guard_detach(struct guard *guard);
/* The id of a cgroup; 0 and errno where it is none of cgroup2. */
uint64_t guard_cgroup_id(const char *cgroup);
/* Where cgroup2 is mounted; NULL: nowhere. */
const char *guard_cgroup_root(void);

/* A descriptor for forbidden_each() (guard/forbidden.h), which the caller
 * closes; -1 and errno: EPERM where CAP_PERFMON was missing. */
int guard_open_forbidden(struct guard *guard);

/* Host form: whether the kernel also shuts the families that no hook sees;
 * else *why says what is missing. */
bool guard_has_families(const struct guard *guard, const char **why);

/* Descriptors of the maps that are pinned in pins, for who has no programs
 * to load. 0, or -1 and errno; the caller closes them. */
int guard_open_pins(
    const char *pins, enum guard_form form, int fds[GUARD_MAPS]);
/* One of them: a descriptor, or -1 and errno. */
int guard_open_pin(const char *pins, enum guard_form form, enum guard_map map);
/* How many programs are held by the pins. */
unsigned guard_count_pins(const char *pins, enum guard_form form);
/* Lets go of the cgroup and forgets everything. NULL, or why not. */
const char *guard_remove(const char *pins, enum guard_form form);

#endif
