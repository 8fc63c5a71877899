/*
 * print: the model as proxy.conf would say it, one way of writing for each
 * meaning. Defaults are spelt out, but for paths that depend on where the
 * program is installed.
 */
#include "conf/print.h"

#include <string.h>

#include "base/prefix.h"
#include "conf/conf.h"
#include "conf/defaults.h"
#include "conf/directory.h"
#include "conf/parse.h"

static void
print_listener(
    const struct conf *conf, const struct listener *listener, FILE *out)
{
	char text[ADDR_TEXT_SIZE];

	fprintf(out, "listen on %s port %u%s", addr_text(text, &listener->addr),
	    listener->addr.port,
	    listener->local_accounts ? " accounts local" : "");
	for (size_t i = 0; i < listener->pairs.n; i++) {
		fputs(i ? " " : " tls ", out);
		print_pair(conf, &listener->pairs.v[i], out);
	}
	if (listener->client_ca) {
		fputs(" client certificates ", out);
		print_path(conf, listener->client_ca, out);
	}
	fputc('\n', out);
}

static void
print_sockets(const struct conf *conf, FILE *out)
{
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < conf->listeners.n; i++)
		print_listener(conf, &conf->listeners.v[i], out);
	if (conf->resolvers.n == 0) {
		fputs("resolver system\n", out);
		return;
	}
	fputs("resolver ", out);
	for (size_t i = 0; i < conf->resolvers.n; i++) {
		print_before(i, conf->resolvers.n, out);
		fprintf(out, "%s port %u",
		    addr_text(text, &conf->resolvers.v[i]),
		    conf->resolvers.v[i].port);
	}
	print_after(conf->resolvers.n, out);
	fputc('\n', out);
}

void
print_path_line(
    const struct conf *conf, const char *keyword, const char *path, FILE *out)
{
	if (!path)
		return;
	fprintf(out, "%s ", keyword);
	print_path(conf, path, out);
	fputc('\n', out);
}

void
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
print_authority(const struct conf *conf, FILE *out)
{
	fputs("authority ", out);
	print_path(conf, conf->authority_cert, out);
	fputs(" key ", out);
	if (conf->authority_uri) {
		print_quoted(slice_of(conf->authority_uri), out);
		fputs(" provider ", out);
		print_quoted(slice_of(conf->authority_provider), out);
	} else {
		print_path(conf, conf->authority_key, out);
	}
	if (conf->authority_passphrase) {
		fputs(" passphrase ", out);
		print_path(conf, conf->authority_passphrase, out);
	}
	print_text_line(" url", conf->authority_url, out);
	if (!conf->authority_url)
		fputc('\n', out);
}

static void
print_process(const struct conf *conf, FILE *out)
{
	if (conf->authority_cert &&
	    (conf->authority_key || conf->authority_uri))
		print_authority(conf, out);
	print_path_line(conf, "accounts file", conf->accounts_file, out);
	print_text_line("realm", conf->realm, out);
	directory_print(conf, out);
	print_text_line("run as", conf->run_user, out);
	if (conf->workers)
		fprintf(out, "workers %u\n", conf->workers);
	else
		fputs("workers auto\n", out);
	if (strcmp(conf->control_path, CONTROL_DEFAULT) != 0)
		print_path_line(conf, "control", conf->control_path, out);
	if (strcmp(conf->pages_dir, PAGES_DEFAULT) != 0)
		print_path_line(conf, "pages", conf->pages_dir, out);
	print_text_line("name", conf->host_name, out);
	print_trust(conf, out);
	print_record(conf, out);
	fprintf(out, "foreign %s\n", conf->foreign_allowed ? "allow" : "deny");
}

/* What isn't the default. */
static void
print_host(const struct guarding *guarding, FILE *out)
{
	if (guarding->close)
		fputs("guard connections close\n", out);
	if (guarding->names_pinned)
		fputs("guard names pinned\n", out);
	if (guarding->replies_allowed)
		fputs("guard replies allowed\n", out);
	if (guarding->containers == CONTAINERS_JUDGED)
		return;
	fprintf(out, "guard containers %s",
	    guarding_containers[guarding->containers]);
	if (guarding->containers == CONTAINERS_AS) {
		fputc(' ', out);
		print_word(guarding->containers_as, out);
	}
	fputc('\n', out);
}

static void
print_guarding(const struct conf *conf, FILE *out)
{
	const struct guarding *guarding = &conf->guarding;
	size_t n = guarding->exempt.n + guarding->exempt_system;
	char text[ADDR_TEXT_SIZE];

	fprintf(out, "guard packets %s\n", guarding_modes[guarding->packets]);
	fputs("guard exempt ", out);
	for (size_t i = 0; i < n; i++) {
		print_before(i, n, out);
		if (i < guarding->exempt.n)
			print_word(guarding->exempt.v[i], out);
		else
			fputs("system", out);
	}
	print_after(n, out);
	fputc('\n', out);
	print_host(guarding, out);
	if (guarding->wire.n == 0)
		return;
	fputs("wire account tcp-option to ", out);
	for (size_t i = 0; i < guarding->wire.n; i++) {
		print_before(i, guarding->wire.n, out);
		fputs(prefix_text(text, &guarding->wire.v[i]), out);
	}
	print_after(guarding->wire.n, out);
	fputc('\n', out);
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
print_decrypt(const struct conf *conf, const struct decrypt *decrypt, FILE *out)
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
		print_before(i, marks->sources.n, out);
		fputs(addr_text(text, &marks->sources.v[i]), out);
	}
	if (marks->sources.n)
		print_after(marks->sources.n, out);
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
	print_guarding(conf, out);
	print_credentials(conf, out);
	print_origins(conf, out);
	print_selective(conf, out);
	for (size_t i = 0; i < conf->rules.n; i++) {
		print_rule_in(conf, &conf->rules.v[i], out);
		fputs(" label ", out);
		print_quoted(conf->rules.v[i].label, out);
		fputc('\n', out);
	}
	print_credential_rules(conf, out);
}
