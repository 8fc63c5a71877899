/*
 * ground: where the tests stand: a network namespace, a cgroup and a BPF
 * file system of their own, all gone when the program ends.
 */
#ifndef T_GUARD_GROUND_H
#define T_GUARD_GROUND_H

#include <stdint.h>

#include "guard/load.h"
#include "guard/tables.h"

struct addr;

/* NULL, or why this machine can't do it: the tests are skipped then. */
const char *ground_enter(void);
/* Removes the cgroup; for the end of the program. */
void ground_leave(void);

extern char ground_cgroup[]; /* ours, and that of every test */
extern char ground_pins[];   /* a directory for pins */

/* A guard that is loaded, has rules and is attached, without pins: it ends
 * with the test's process. */
struct stand {
	bool is_host;
	struct guard *guard;
	struct tables *tables;
	struct conf *conf;
	struct compiler *compiler;
	int fds[GUARD_MAPS];
};

void stand_start(struct stand *stand, enum guard_form form);
/* Loads rules, for the accounts 1 to n, whose names are "u1" …; in the host
 * form also for root, who is exempt. */
void stand_rules(struct stand *stand, const char *text, uint32_t accounts);
/* Takes the programs off the cgroup; guard_attach() puts them back. */
void stand_detach(struct stand *stand);
void stand_end(struct stand *stand);

struct conf *ground_parse(const char *text);

#endif
