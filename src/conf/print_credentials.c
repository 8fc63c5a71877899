/*
 * print_credentials: the credential check as proxy.conf would say it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "conf/defaults.h"
#include "conf/print.h"

static void
print_head(const struct credential_rule *rule, FILE *out)
{
	fprintf(out, "credentials %s%s%s", credential_actions[rule->action],
	    rule->alert ? " alert" : "",
	    rule->refuse_unread ? " refuse unread" : "");
}

struct slice
print_credential_text(struct arena *arena, const struct credential_rule *rule)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	struct slice copy;

	if (!out)
		fatal("out of memory (a rule's text)");
	print_head(rule, out);
	print_conditions(NULL, &rule->when, out);
	if (fclose(out) != 0)
		fatal("out of memory (a rule's text)");
	copy = arena_dup(arena, slice_from(text, n));
	free(text);
	return copy;
}

static void
print_list(const char *keyword, const struct slice *v, size_t n, FILE *out)
{
	if (n == 0)
		return;
	fprintf(out, "%s ", keyword);
	for (size_t i = 0; i < n; i++) {
		print_before(i, n, out);
		print_word(v[i], out);
	}
	print_after(n, out);
	fputc('\n', out);
}

static void
print_filter(const struct conf *conf, FILE *out)
{
	char text[UNIT_TEXT_SIZE];

	fputs("filter ", out);
	print_path(conf, conf->filter_path, out);
	fputs(" key ", out);
	print_path(conf, conf->filter_key, out);
	fputs(conf->filter_learn ? " learn" : " no learn", out);
	if (conf->filter_rotate_ms)
		fprintf(out, " rotate %s",
		    unit_text(text, UNIT_MILLISECONDS, conf->filter_rotate_ms));
	fputc('\n', out);
}

void
print_credential_rules(const struct conf *conf, FILE *out)
{
	for (size_t i = 0; i < conf->credentials.n; i++) {
		const struct credential_rule *rule = &conf->credentials.v[i];

		print_head(rule, out);
		print_conditions(conf, &rule->when, out);
		fputs(" label ", out);
		print_quoted(rule->label, out);
		fputc('\n', out);
	}
}

void
print_credentials(const struct conf *conf, FILE *out)
{
	if (conf->filter_path && conf->filter_key) {
		print_filter(conf, out);
		fprintf(out, "credentials unanswered %s\n",
		    conf->unanswered_allowed ? "allow" : "deny");
		fprintf(out, "credentials even-time %s\n",
		    even_times[conf->even_time]);
	}
	print_list("watch", conf->watched.v, conf->watched.n, out);
	print_list("domains", conf->domains.v, conf->domains.n, out);
	print_text_line("password page", conf->password_page, out);
	print_text_line("alert webhook", conf->alert_webhook, out);
	print_path_line(conf, "alert command", conf->alert_command, out);
	print_path_line(conf, "alert spool", conf->alert_spool, out);
}
