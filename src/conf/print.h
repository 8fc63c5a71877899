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

/* A word as it can be read again: quoted where it must be, or always. */
void print_word(struct slice word, FILE *out);
void print_quoted(struct slice s, FILE *out);
/* Relative to the directory of the configuration, where it lies below it, so
 * that the text means the same in its place. */
void print_path(const struct conf *conf, const char *path, FILE *out);

/* Before item i of n: the brace or the comma; and what closes a list. */
void print_before(size_t i, size_t n, FILE *out);
void print_after(size_t n, FILE *out);

void print_dests(const struct conf *conf, const dests *list, FILE *out);
/* As print_rule_text, with paths as print_path has them. */
void print_rule_in(const struct conf *conf, const struct rule *rule, FILE *out);
/* What stands behind the action, from its first blank on; conf may be NULL. */
void print_conditions(
    const struct conf *conf, const struct rule *rule, FILE *out);

/* print_credentials.c: all but the rules, the rules, one without label. */
void print_credentials(const struct conf *conf, FILE *out);
void print_credential_rules(const struct conf *conf, FILE *out);
struct slice print_credential_text(
    struct arena *arena, const struct credential_rule *rule);
extern const char *const credential_actions[];
extern const char *const even_times[];

/* print_origins.c: how origins are verified; "certificate path key …". */
void print_pair(const struct conf *conf, const struct pair *pair, FILE *out);
void print_origins(const struct conf *conf, FILE *out);

/* "KEYWORD path" and "KEYWORD text"; nothing for NULL. */
void print_path_line(
    const struct conf *conf, const char *keyword, const char *path, FILE *out);
void print_text_line(const char *keyword, const char *text, FILE *out);

/* A destination, "*.example.com" or "10.0.0.0/8"; lists by the path that
 * the model has. */
void print_dest(const struct dest *dest, FILE *out);
/* "not group builders"; nothing for everybody. */
void print_who(const struct who *who, FILE *out);

#endif
