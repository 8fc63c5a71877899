/*
 * settings: the statements that say what there is, once for everybody:
 * sockets, files, processes, limits.
 */
#include <string.h>

#include "base/log.h"
#include "conf/defaults.h"
#include "conf/list.h"
#include "conf/nearest.h"
#include "conf/parse.h"
#include "conf/value.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))
#define PORT_DEFAULT 3128
#define PORT_DNS 53
#define TEXT_MAX 100
#define WORKERS_MAX 1024

static bool
parse_include(struct parser *parser, const struct token *head)
{
	return parse_path(parser, &parser->include, &parser->include_at);
}

static bool
parse_port(struct parser *parser, uint16_t *out)
{
	struct token token;

	if (!parse_value(parser, "a port", &token))
		return false;
	parse_judge(parser, &token, value_port(token.text, out));
	return true;
}

typedef CONF_LIST(struct listener) listeners;

static bool
listen_item(struct parser *parser, const struct token *token, void *into)
{
	listeners *list = into;
	struct listener listener = { .at = token->at };

	if (slice_eq_str(token->text, "localhost"))
		reading_error(parser->reading, token->at, SLICE("127.0.0.1"),
		    "\"localhost\" is not an IP address");
	else if (parse_judge(
		     parser, token, value_address(token->text, &listener.addr)))
		LIST_PUSH(parser->arena, list, listener);
	return true;
}

/* "tls certificate path key path … [client certificates path]" */
static bool
listen_tls(struct parser *parser, struct listener *common)
{
	struct token first = parse_peek(parser);

	if (!parse_take(parser, "tls"))
		return true;
	if (!parse_expect(parser, "certificate"))
		return false;
	do {
		struct pair pair = { .cert = NULL };

		if (!parse_pair(parser, &pair))
			return false;
		LIST_PUSH(parser->arena, &common->pairs, pair);
	} while (parse_take(parser, "certificate"));
	(void)parse_judge(parser, &first,
	    common->pairs.n > LISTENER_PAIRS_MAX ? "more than 64 certificates"
						 : NULL);
	return !parse_take(parser, "client") ||
	    (parse_expect(parser, "certificates") &&
		parse_path(parser, &common->client_ca, NULL));
}

static bool
parse_listen(struct parser *parser, const struct token *head)
{
	listeners list = { 0 };
	struct listener common = { .client_ca = NULL };
	uint16_t port = PORT_DEFAULT;

	if (!parse_expect(parser, "on") ||
	    !parse_list(parser, "an address", listen_item, &list))
		return false;
	if (parse_take(parser, "port") && !parse_port(parser, &port))
		return false;
	common.local_accounts = parse_take(parser, "accounts");
	if (common.local_accounts && !parse_expect(parser, "local"))
		return false;
	if (!listen_tls(parser, &common))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		common.addr = list.v[i].addr;
		common.addr.port = port;
		common.at = list.v[i].at;
		LIST_PUSH(parser->arena, &parser->conf->listeners, common);
	}
	return true;
}

static bool
parse_accounts(struct parser *parser, const struct token *head)
{
	struct conf *conf = parser->conf;

	return parse_expect(parser, "file") &&
	    parse_path(parser, &conf->accounts_file, &conf->accounts_at);
}

static const char *
judge_text(struct slice text)
{
	if (text.n == 0)
		return "the text is empty";
	if (text.n > TEXT_MAX)
		return "the text is longer than 100 bytes";
	return NULL;
}

static bool
parse_realm(struct parser *parser, const struct token *head)
{
	struct token token;

	if (!parse_value(parser, "a text", &token))
		return false;
	if (parse_judge(parser, &token, judge_text(token.text)))
		parser->conf->realm = parse_string(parser, &token);
	return true;
}

static bool
parse_run(struct parser *parser, const struct token *head)
{
	struct token token;

	if (!parse_expect(parser, "as") ||
	    !parse_value(parser, "a system account", &token))
		return false;
	parser->conf->run_at = token.at;
	if (parse_judge(parser, &token, judge_text(token.text)))
		parser->conf->run_user = parse_string(parser, &token);
	return true;
}

static bool
parse_workers(struct parser *parser, const struct token *head)
{
	struct token token;
	uint64_t number;

	parser->conf->workers = 0;
	if (parse_take(parser, "auto"))
		return true;
	if (!parse_value(parser, "a number or \"auto\"", &token))
		return false;
	if (slice_to_u64(token.text, WORKERS_MAX, &number) < 0 || number == 0)
		return parse_judge(
		    parser, &token, "not a number from 1 to 1024, or \"auto\"");
	parser->conf->workers = (uint32_t)number;
	return true;
}

static bool
parse_control(struct parser *parser, const struct token *head)
{
	return parse_path(parser, &parser->conf->control_path, NULL);
}

static bool
parse_pages(struct parser *parser, const struct token *head)
{
	return parse_path(
	    parser, &parser->conf->pages_dir, &parser->conf->pages_at);
}

static bool
parse_name(struct parser *parser, const struct token *head)
{
	struct token token;
	struct host host;

	if (!parse_value(parser, "a host name", &token))
		return false;
	if (parse_judge(parser, &token, host_parse(token.text, &host)))
		parser->conf->host_name = arena_str(
		    parser->arena, host_slice(&host));
	return true;
}

/* --- trust, resolver, record ----------------------------------------------- */

static bool
trust_item(struct parser *parser, const struct token *token, void *into)
{
	bool *system = into;
	struct trust_file file = { .at = token->at };

	if (token->kind == TOKEN_WORD && slice_eq_str(token->text, "system")) {
		*system = true;
		return true;
	}
	if (!parse_judge(
		parser, token, token->text.n ? NULL : "the path is empty"))
		return true;
	file.path = reading_path(parser->reading, token->at.file, token->text);
	LIST_PUSH(parser->arena, &parser->conf->trust, file);
	return true;
}

static bool
parse_trust(struct parser *parser, const struct token *head)
{
	bool only = parse_take(parser, "only"), system = false;

	if (!parse_list(parser, "\"system\" or a path", trust_item, &system))
		return false;
	if (only)
		parser->conf->trust_system = system;
	return true;
}

static bool
resolver_item(struct parser *parser, const struct token *token, void *into)
{
	struct addr addr;
	bool good = parse_judge(
	    parser, token, value_address(token->text, &addr));
	uint16_t port = PORT_DNS;

	if (parse_take(parser, "port") && !parse_port(parser, &port))
		return false;
	if (good) {
		addr.port = port;
		LIST_PUSH(parser->arena, &parser->conf->resolvers, addr);
	}
	return true;
}

static bool
parse_resolver(struct parser *parser, const struct token *head)
{
	if (parse_take(parser, "system"))
		return true;
	return parse_list(
	    parser, "\"system\" or an address", resolver_item, NULL);
}

static bool
parse_record(struct parser *parser, const struct token *head)
{
	struct conf *conf = parser->conf;
	struct token token = parse_peek(parser);

	if (parse_take(parser, "file")) {
		conf->record_sink = RECORD_FILE;
		return parse_path(parser, &conf->record_path, &conf->record_at);
	}
	if (parse_take(parser, "syslog"))
		conf->record_sink = RECORD_SYSLOG;
	else if (parse_take(parser, "off"))
		conf->record_sink = RECORD_OFF;
	else
		return parse_unexpected(
		    parser, &token, "\"file\", \"syslog\" or \"off\"");
	return true;
}

static bool
parse_foreign(struct parser *parser, const struct token *head)
{
	struct token token = parse_peek(parser);

	if (parse_take(parser, "allow"))
		parser->conf->foreign_allowed = true;
	else if (parse_take(parser, "deny"))
		parser->conf->foreign_allowed = false;
	else
		return parse_unexpected(
		    parser, &token, "\"allow\" or \"deny\"");
	return true;
}

/* --- limits and timeouts ----------------------------------------------------- */

static void
say_unknown(
    struct parser *parser, struct settings settings, const struct token *token)
{
	struct nearest nearest = nearest_to(token->text);
	char quoted[LOG_QUOTE_SIZE];

	for (size_t i = 0; i < settings.n; i++)
		nearest_offer(&nearest, slice_of(settings.v[i].word));
	reading_error(parser->reading, token->at, nearest.best,
	    "unknown %s \"%s\"", settings.what, log_quote(quoted, token->text));
}

static void
set_value(struct parser *parser, const struct setting *setting,
    const struct token *token, void *base)
{
	char min[UNIT_TEXT_SIZE], max[UNIT_TEXT_SIZE];
	uint64_t value;

	if (!parse_judge(
		parser, token, unit_parse(setting->unit, token->text, &value)))
		return;
	if (value < setting->min || value > setting->max)
		reading_error(parser->reading, token->at, SLICE_EMPTY,
		    "\"%s\" is from %s to %s", setting->word,
		    unit_text(min, setting->unit, setting->min),
		    unit_text(max, setting->unit, setting->max));
	else
		*setting_in(setting, base) = value;
}

bool
parse_setting(struct parser *parser, struct settings settings, void *base)
{
	const struct setting *setting;
	struct token name, value;

	if (!parse_value(parser, "a name", &name))
		return false;
	setting = settings_find(settings, name.text);
	if (!setting)
		say_unknown(parser, settings, &name);
	if (!parse_value(parser, "a value", &value))
		return false;
	if (setting)
		set_value(parser, setting, &value, base);
	return true;
}

static bool
parse_limit(struct parser *parser, const struct token *head)
{
	return parse_setting(parser, defaults_limits(), &parser->conf->limits);
}

static bool
parse_timeout(struct parser *parser, const struct token *head)
{
	return parse_setting(
	    parser, defaults_timeouts(), &parser->conf->timeouts);
}

static const struct statement statements[] = {
	{ "include", parse_include, false },
	{ "listen", parse_listen, false },
	{ "authority", parse_authority, true },
	{ "accounts", parse_accounts, true },
	{ "realm", parse_realm, true },
	{ "run", parse_run, true },
	{ "workers", parse_workers, true },
	{ "control", parse_control, true },
	{ "pages", parse_pages, true },
	{ "name", parse_name, true },
	{ "trust", parse_trust, false },
	{ "resolver", parse_resolver, false },
	{ "record", parse_record, true },
	{ "foreign", parse_foreign, true },
	{ "limit", parse_limit, false },
	{ "timeout", parse_timeout, false },
};

struct statements
settings_statements(void)
{
	return (struct statements){ statements, COUNT_OF(statements) };
}
