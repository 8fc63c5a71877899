/*
 * draw: random rules, and random packets that have a chance to meet them.
 *
 * The same number gives the same draw, so that a failure can be repeated.
 */
#ifndef T_GUARD_DRAW_H
#define T_GUARD_DRAW_H

#include "base/prefix.h"
#include "conf/conf.h"

struct draw {
	uint64_t state;
	struct arena *arena; /* owned */
	struct prefix prefixes[24];
	size_t nprefixes;
};

void draw_init(struct draw *draw, uint64_t number);
void draw_clear(struct draw *draw);
unsigned draw_below(struct draw *draw, unsigned n);

/* A model with rules about the accounts "a0" … "a5" and the groups "g0" …
 * "g2"; with_names: some of them speak of names, methods and paths, too. It
 * is the draw's, until the next. */
struct conf *draw_conf(struct draw *draw, bool with_names);
struct addr draw_addr(struct draw *draw);
uint16_t draw_port(struct draw *draw);

#define DRAW_ACCOUNTS 6
extern const char *const draw_accounts[DRAW_ACCOUNTS];

#endif
