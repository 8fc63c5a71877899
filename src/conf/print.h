/*
 * print: parts of the canonical text (see conf_print in conf/conf.h).
 */
#ifndef CONF_PRINT_H
#define CONF_PRINT_H

#include <stdio.h>

#include "base/arena.h"
#include "conf/model.h"

/* A rule without its label, in the arena. */
struct slice print_rule_text(struct arena *arena, const struct rule *rule);

/* A destination, "*.example.com" or "10.0.0.0/8"; lists by the path that
 * the model has. */
void print_dest(const struct dest *dest, FILE *out);
/* "not group builders"; nothing for everybody. */
void print_who(const struct who *who, FILE *out);

#endif
