/*
 * print: the model as proxy.conf would say it, one way of writing for each
 * meaning, every default spelt out.
 *
 * Paths are printed relative to the directory of the file, where they lie
 * below it, so that the text means the same in its place.
 */
#include "conf/print.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "conf/conf.h"
#include "conf/defaults.h"
#include "conf/lexer.h"
#include "conf/value.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* --- words ------------------------------------------------------------------- */

static void
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

static void
print_word(struct slice word, FILE *out)
{
	if (lexer_is_bare(word) && !is_reserved(word))
		fwrite(word.p, 1, word.n, out);
	else
		print_quoted(word, out);
}

static void
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
static void
list_before(size_t i, size_t n, FILE *out)
{
	if (i > 0)
		fputs(", ", out);
	else if (n != 1)
		fputs("{ ", out);
}

static void
list_after(size_t n, FILE *out)
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

static void
print_dests(const struct conf *conf, const dests *list, FILE *out)
{
	for (size_t i = 0; i < list->n; i++) {
		list_before(i, list->n, out);
		dest_text(conf, &list->v[i], out);
	}
	list_after(list->n, out);
}

void
print_who(const struct who *who, FILE *out)
{
	if (who->items.n == 0)
		return;
	fprintf(out, "%s%s ", who->negated ? "not " : "",
	    who->items.v[0].is_group ? "group" : "user");
	for (size_t i = 0; i < who->items.n; i++) {
		list_before(i, who->items.n, out);
		print_word(who->items.v[i].pattern, out);
	}
	list_after(who->items.n, out);
}

static void
print_from(const struct rule *rule, FILE *out)
{
	char text[ADDR_TEXT_SIZE];

	fputs(" from ", out);
	for (size_t i = 0; i < rule->from.n; i++) {
		list_before(i, rule->from.n, out);
		fputs(prefix_text(text, &rule->from.v[i]), out);
	}
	list_after(rule->from.n, out);
}

static void
print_rule_ports(const struct rule *rule, FILE *out)
{
	fputs(" port ", out);
	for (size_t i = 0; i < rule->ports.n; i++) {
		list_before(i, rule->ports.n, out);
		print_ports(&rule->ports.v[i], out);
	}
	list_after(rule->ports.n, out);
}

static void
print_slices(const char *keyword, const struct slice *v, size_t n, FILE *out)
{
	if (n == 0)
		return;
	fprintf(out, " %s ", keyword);
	for (size_t i = 0; i < n; i++) {
		list_before(i, n, out);
		print_word(v[i], out);
	}
	list_after(n, out);
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
		list_before(i, rule->times.n, out);
		print_time(&rule->times.v[i], out);
	}
	list_after(rule->times.n, out);
}

static void
print_rule(const struct conf *conf, const struct rule *rule, FILE *out)
{
	static const char *const actions[] = { [ACTION_ALLOW] = "allow",
		[ACTION_DENY] = "deny", [ACTION_REPORT] = "report" };

	fputs(actions[rule->action], out);
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

struct slice
print_rule_text(struct arena *arena, const struct rule *rule)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	struct slice copy;

	if (!out)
		fatal("out of memory (a rule's text)");
	print_rule(NULL, rule, out);
	if (fclose(out) != 0)
		fatal("out of memory (a rule's text)");
	copy = arena_dup(arena, slice_from(text, n));
	free(text);
	return copy;
}

/* --- statements -------------------------------------------------------------- */

static void
print_sockets(const struct conf *conf, FILE *out)
{
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < conf->listeners.n; i++)
		fprintf(out, "listen on %s port %u\n",
		    addr_text(text, &conf->listeners.v[i].addr),
		    conf->listeners.v[i].addr.port);
	if (conf->resolvers.n == 0) {
		fputs("resolver system\n", out);
		return;
	}
	fputs("resolver ", out);
	for (size_t i = 0; i < conf->resolvers.n; i++) {
		list_before(i, conf->resolvers.n, out);
		fprintf(out, "%s port %u",
		    addr_text(text, &conf->resolvers.v[i]),
		    conf->resolvers.v[i].port);
	}
	list_after(conf->resolvers.n, out);
	fputc('\n', out);
}

static void
print_path_line(const struct conf *conf, const char *keyword,
    const char *path, FILE *out)
{
	if (!path)
		return;
	fprintf(out, "%s ", keyword);
	print_path(conf, path, out);
	fputc('\n', out);
}

static void
print_text_line(const char *keyword, const char *text, FILE *out)
{
	if (!text)
		return;
	fprintf(out, "%s ", keyword);
	print_quoted(slice_of(text), out);
	fputc('\n', out);
}

static void
print_trust(const struct conf *conf, FILE *out)
{
	fputs(conf->trust_system ? "trust { system" : "trust only { ", out);
	for (size_t i = 0; i < conf->trust.n; i++) {
		if (i > 0 || conf->trust_system)
			fputs(", ", out);
		print_path(conf, conf->trust.v[i].path, out);
	}
	fputs(" }\n", out);
}

static void
print_record(const struct conf *conf, FILE *out)
{
	switch (conf->record_sink) {
	case RECORD_FILE:
		print_path_line(conf, "record file", conf->record_path, out);
		break;
	case RECORD_SYSLOG:
		fputs("record syslog\n", out);
		break;
	case RECORD_OFF:
		fputs("record off\n", out);
		break;
	}
}

static void
print_process(const struct conf *conf, FILE *out)
{
	if (conf->authority_cert && conf->authority_key) {
		fputs("authority ", out);
		print_path(conf, conf->authority_cert, out);
		print_path_line(conf, " key", conf->authority_key, out);
	}
	print_path_line(conf, "accounts file", conf->accounts_file, out);
	print_text_line("realm", conf->realm, out);
	print_text_line("run as", conf->run_user, out);
	if (conf->workers)
		fprintf(out, "workers %u\n", conf->workers);
	else
		fputs("workers auto\n", out);
	print_path_line(conf, "control", conf->control_path, out);
	print_path_line(conf, "pages", conf->pages_dir, out);
	print_text_line("name", conf->host_name, out);
	print_trust(conf, out);
	print_record(conf, out);
	fprintf(out, "foreign %s\n", conf->foreign_allowed ? "allow" : "deny");
}

static void
print_settings(struct settings settings, const void *base, FILE *out)
{
	char text[UNIT_TEXT_SIZE];

	for (size_t i = 0; i < settings.n; i++) {
		const struct setting *setting = &settings.v[i];
		uint64_t value;

		memcpy(&value, (const char *)base + setting->offset,
		    sizeof(value));
		fprintf(out, "%s %s %s\n", settings.what, setting->word,
		    unit_text(text, setting->unit, value));
	}
}

static void
print_groups(const struct conf *conf, FILE *out)
{
	for (size_t i = 0; i < conf->groups.n; i++) {
		const struct group *group = &conf->groups.v[i];

		fputs("group ", out);
		print_word(group->name, out);
		fputs(" {", out);
		for (size_t j = 0; j < group->members.n; j++) {
			fputs(j ? ", " : " ", out);
			print_word(group->members.v[j], out);
		}
		fputs(" }\n", out);
	}
}

static void
print_decrypt(const struct conf *conf, const struct decrypt *decrypt,
    FILE *out)
{
	fputs("decrypt ", out);
	if (decrypt->to.n)
		print_dests(conf, &decrypt->to, out);
	else
		fputs(decrypt->none ? "none" : "all", out);
	if (decrypt->except.n) {
		fputs(" except ", out);
		print_dests(conf, &decrypt->except, out);
	}
	if (decrypt->who.items.n) {
		fputs(" for ", out);
		print_who(&decrypt->who, out);
	}
	fputc('\n', out);
}

static void
print_marks(const struct packet_marks *marks, FILE *out)
{
	char text[ADDR_TEXT_SIZE];

	if (marks->who.items.n)
		print_who(&marks->who, out);
	else
		fputs("everyone", out);
	if (marks->has_mark)
		fprintf(out, " mark %u", marks->mark);
	if (marks->has_dscp)
		fprintf(out, " dscp %u", marks->dscp);
	if (marks->sources.n)
		fputs(" source ", out);
	for (size_t i = 0; i < marks->sources.n; i++) {
		list_before(i, marks->sources.n, out);
		fputs(addr_text(text, &marks->sources.v[i]), out);
	}
	if (marks->sources.n)
		list_after(marks->sources.n, out);
	fputc('\n', out);
}

static void
print_selective(const struct conf *conf, FILE *out)
{
	print_groups(conf, out);
	if (conf->internal_given) {
		fputs("internal ", out);
		print_dests(conf, &conf->internal, out);
		fputc('\n', out);
	}
	for (size_t i = 0; i < conf->decrypts.n; i++)
		print_decrypt(conf, &conf->decrypts.v[i], out);
	for (size_t i = 0; i < conf->marks.n; i++)
		print_marks(&conf->marks.v[i], out);
	if (conf->pac_direct.n) {
		fputs("pac direct ", out);
		print_dests(conf, &conf->pac_direct, out);
		fputc('\n', out);
	}
}

void
conf_print(const struct conf *conf, FILE *out)
{
	print_sockets(conf, out);
	print_process(conf, out);
	print_settings(defaults_limits(), &conf->limits, out);
	print_settings(defaults_timeouts(), &conf->timeouts, out);
	print_selective(conf, out);
	for (size_t i = 0; i < conf->rules.n; i++) {
		print_rule(conf, &conf->rules.v[i], out);
		fputs(" label ", out);
		print_quoted(conf->rules.v[i].label, out);
		fputc('\n', out);
	}
}
