/*
 * print_rule: words, lists and rules as proxy.conf would say them.
 */
#include "conf/print.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/prefix.h"
#include "conf/lexer.h"
#include "conf/value.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* --- words ------------------------------------------------------------------- */

void
print_quoted(struct slice s, FILE *out)
{
	fputc('"', out);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			fputc('\\', out);
		fputc(s.p[i], out);
	}
	fputc('"', out);
}

/* Words that mean something where a value could stand. */
static bool
is_reserved(struct slice word)
{
	static const char *const words[] = { "any", "internal", "port", "file",
		"all", "none", "not", "system", "auto", "only" };

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (slice_eq_str(word, words[i]))
			return true;
	return false;
}

void
print_word(struct slice word, FILE *out)
{
	if (lexer_is_bare(word) && !is_reserved(word))
		fwrite(word.p, 1, word.n, out);
	else
		print_quoted(word, out);
}

void
print_path(const struct conf *conf, const char *path, FILE *out)
{
	struct slice base = slice_of(conf->path);
	struct slice rest = slice_of(path);
	size_t slash = slice_rfind(base, '/');

	if (slash < base.n && slice_starts(rest, slice_sub(base, 0, slash + 1)))
		rest = slice_from_idx(rest, slash + 1);
	print_quoted(rest, out);
}

/* Between the items of a list, and around more than one. */
void
print_before(size_t i, size_t n, FILE *out)
{
	if (i > 0)
		fputs(", ", out);
	else if (n != 1)
		fputs("{ ", out);
}

void
print_after(size_t n, FILE *out)
{
	if (n != 1)
		fputs(n ? " }" : "{ }", out);
}

/* --- conditions -------------------------------------------------------------- */

static void
print_ports(const struct port_range *range, FILE *out)
{
	fprintf(out, "%u", range->from);
	if (range->to != range->from)
		fprintf(out, "-%u", range->to);
}

static void
dest_text(const struct conf *conf, const struct dest *dest, FILE *out)
{
	char text[ADDR_TEXT_SIZE];

	switch (dest->kind) {
	case DEST_ANY:
		fputs("any", out);
		break;
	case DEST_INTERNAL:
		fputs("internal", out);
		break;
	case DEST_NAME:
		if (dest->name.wildcard)
			fprintf(out, "*.%s", dest->name.name);
		else
			print_word(slice_of(dest->name.name), out);
		break;
	case DEST_PREFIX:
		fputs(prefix_text(text, &dest->prefix), out);
		break;
	case DEST_PORT:
		fputs("port ", out);
		print_ports(&dest->port, out);
		break;
	case DEST_LIST:
		fputs("file ", out);
		if (!dest->list)
			break;
		if (conf)
			print_path(conf, dest->list->path, out);
		else
			print_quoted(slice_of(dest->list->path), out);
		break;
	}
}

void
print_dest(const struct dest *dest, FILE *out)
{
	dest_text(NULL, dest, out);
}

void
print_dests(const struct conf *conf, const dests *list, FILE *out)
{
	for (size_t i = 0; i < list->n; i++) {
		print_before(i, list->n, out);
		dest_text(conf, &list->v[i], out);
	}
	print_after(list->n, out);
}

void
print_who(const struct who *who, FILE *out)
{
	if (who->items.n == 0)
		return;
	fprintf(out, "%s%s ", who->negated ? "not " : "",
	    who->items.v[0].is_group ? "group" : "user");
	for (size_t i = 0; i < who->items.n; i++) {
		print_before(i, who->items.n, out);
		print_word(who->items.v[i].pattern, out);
	}
	print_after(who->items.n, out);
}

static void
print_from(const struct rule *rule, FILE *out)
{
	char text[ADDR_TEXT_SIZE];

	fputs(" from ", out);
	for (size_t i = 0; i < rule->from.n; i++) {
		print_before(i, rule->from.n, out);
		fputs(prefix_text(text, &rule->from.v[i]), out);
	}
	print_after(rule->from.n, out);
}

static void
print_rule_ports(const struct rule *rule, FILE *out)
{
	fputs(" port ", out);
	for (size_t i = 0; i < rule->ports.n; i++) {
		print_before(i, rule->ports.n, out);
		print_ports(&rule->ports.v[i], out);
	}
	print_after(rule->ports.n, out);
}

static void
print_slices(const char *keyword, const struct slice *v, size_t n, FILE *out)
{
	if (n == 0)
		return;
	fprintf(out, " %s ", keyword);
	for (size_t i = 0; i < n; i++) {
		print_before(i, n, out);
		print_word(v[i], out);
	}
	print_after(n, out);
}

/* Days that follow each other become a range; others need an item each. */
static void
print_time(const struct time_range *range, FILE *out)
{
	unsigned first = 0, last;

	if (range->days != VALUE_DAYS_ALL) {
		while (!(range->days & 1u << first) ||
		    (range->days & 1u << (first + 6) % 7))
			first++;
		for (last = first; range->days & 1u << (last + 1) % 7;)
			last = (last + 1) % 7;
		fputs(value_day_names[first], out);
		if (last != first)
			fprintf(out, "-%s", value_day_names[last]);
		if (range->from == 0 && range->to == 1440)
			return;
		fputc(' ', out);
	}
	fprintf(out, "%02u:%02u-%02u:%02u", range->from / 60, range->from % 60,
	    range->to / 60, range->to % 60);
}

static void
print_times(const struct rule *rule, FILE *out)
{
	fputs(" at ", out);
	for (size_t i = 0; i < rule->times.n; i++) {
		print_before(i, rule->times.n, out);
		print_time(&rule->times.v[i], out);
	}
	print_after(rule->times.n, out);
}

void
print_conditions(const struct conf *conf, const struct rule *rule, FILE *out)
{
	if (rule->who.items.n) {
		fputc(' ', out);
		print_who(&rule->who, out);
	}
	if (rule->from.n)
		print_from(rule, out);
	fputs(rule->to_negated ? " not to " : " to ", out);
	if (rule->to.n)
		print_dests(conf, &rule->to, out);
	else
		fputs("any", out);
	if (rule->ports.n)
		print_rule_ports(rule, out);
	print_slices("method", rule->methods.v, rule->methods.n, out);
	print_slices("path", rule->paths.v, rule->paths.n, out);
	if (rule->times.n)
		print_times(rule, out);
}

void
print_rule_in(const struct conf *conf, const struct rule *rule, FILE *out)
{
	static const char *const actions[] = { [ACTION_ALLOW] = "allow",
		[ACTION_DENY] = "deny",
		[ACTION_REPORT] = "report" };

	fputs(actions[rule->action], out);
	print_conditions(conf, rule, out);
}

struct slice
print_rule_text(struct arena *arena, const struct rule *rule)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	struct slice copy;

	if (!out)
		fatal("out of memory (a rule's text)");
	print_rule_in(NULL, rule, out);
	if (fclose(out) != 0)
		fatal("out of memory (a rule's text)");
	copy = arena_dup(arena, slice_from(text, n));
	free(text);
	return copy;
}
