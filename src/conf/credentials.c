/*
 * credentials: the statements about passwords that must not leave: the
 * filter, what becomes of them, whose they are, who is told.
 */
#include "conf/defaults.h"
#include "conf/list.h"
#include "conf/parse.h"
#include "conf/print.h"
#include "conf/value.h"

#define ROTATE_MIN 1000u /* ms */
#define ROTATE_MAX (3650ull * 24 * 60 * 60 * 1000)

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* As enum credential_action has them. */
const char *const credential_actions[] = { "permit", "block", "continue",
	"report" };

/* In a filter of two generations a password is there for as long again. */
static bool
parse_rotate(struct parser *parser)
{
	struct token token;
	uint64_t ms = 0;

	if (!parse_value(parser, "a duration", &token))
		return false;
	if (!parse_judge(
		parser, &token, unit_parse(UNIT_MILLISECONDS, token.text, &ms)))
		return true;
	if (ms < ROTATE_MIN || ms > ROTATE_MAX)
		return parse_judge(parser, &token, "not from 1s to 3650d");
	parser->conf->filter_rotate_ms = ms;
	return true;
}

static bool
parse_filter(struct parser *parser, const struct token *head)
{
	struct conf *conf = parser->conf;

	if (!parse_path(parser, &conf->filter_path, &conf->filter_at) ||
	    !parse_expect(parser, "key") ||
	    !parse_path(parser, &conf->filter_key, &conf->filter_key_at))
		return false;
	conf->filter_learn = !parse_take(parser, "no");
	if (!conf->filter_learn && !parse_expect(parser, "learn"))
		return false;
	if (conf->filter_learn)
		parse_take(parser, "learn");
	return !parse_take(parser, "rotate") || parse_rotate(parser);
}

/* --- rules ------------------------------------------------------------------- */

static bool
parse_unanswered(struct parser *parser)
{
	struct token token = parse_peek(parser);

	parser->conf->unanswered_allowed = parse_take(parser, "allow");
	if (parser->conf->unanswered_allowed || parse_take(parser, "deny"))
		return true;
	return parse_unexpected(parser, &token, "\"allow\" or \"deny\"");
}

/* As enum even_time has them. */
const char *const even_times[] = { "logins", "all", "off" };

static bool
parse_even_time(struct parser *parser)
{
	struct token token = parse_peek(parser);

	for (size_t i = 0; i < COUNT_OF(even_times); i++) {
		if (!parse_take(parser, even_times[i]))
			continue;
		parser->conf->even_time = (enum even_time)i;
		return true;
	}
	return parse_unexpected(
	    parser, &token, "\"logins\", \"all\" or \"off\"");
}

static bool
take_action(struct parser *parser, enum credential_action *action)
{
	for (size_t i = 0; i < COUNT_OF(credential_actions); i++) {
		if (!parse_take(parser, credential_actions[i]))
			continue;
		*action = (enum credential_action)i;
		return true;
	}
	return false;
}

/* "alert" and "refuse unread", in any order. */
static bool
take_additions(struct parser *parser, struct credential_rule *rule)
{
	for (;;) {
		struct token token = parse_peek(parser);
		bool *into = &rule->alert;

		if (parse_take(parser, "refuse")) {
			if (!parse_expect(parser, "unread"))
				return false;
			into = &rule->refuse_unread;
		} else if (!parse_take(parser, "alert")) {
			return true;
		}
		if (*into)
			return parse_judge(parser, &token, "given twice");
		*into = true;
	}
}

static bool
parse_credentials(struct parser *parser, const struct token *head)
{
	struct credential_rule rule = { .at = head->at };
	struct token token = parse_peek(parser);

	if (parse_take(parser, "unanswered"))
		return parse_unanswered(parser);
	if (parse_take(parser, "even-time"))
		return parse_even_time(parser);
	if (!take_action(parser, &rule.action))
		return parse_unexpected(parser, &token,
		    "\"permit\", \"block\", \"continue\", \"report\", "
		    "\"unanswered\" or \"even-time\"");
	rule.when.at = head->at;
	if (!take_additions(parser, &rule) ||
	    !parse_conditions(parser, &rule.when))
		return false;
	rule.label = rule.when.label;
	rule.when.text = print_credential_text(parser->arena, &rule);
	LIST_PUSH(parser->arena, &parser->conf->credentials, rule);
	return true;
}

/* --- accounts ------------------------------------------------------------------ */

static bool
watch_item(struct parser *parser, const struct token *token, void *into)
{
	struct conf *conf = into;
	struct slice pattern;

	if (parse_judge(parser, token,
		value_account(parser->arena, token->text, &pattern)))
		LIST_PUSH(parser->arena, &conf->watched, pattern);
	return true;
}

static bool
parse_watch(struct parser *parser, const struct token *head)
{
	parser->conf->watched_at = head->at;
	return parse_list(parser, "an account", watch_item, parser->conf);
}

static bool
domain_item(struct parser *parser, const struct token *token, void *into)
{
	struct conf *conf = into;
	struct host host;

	if (parse_judge(parser, token, host_parse(token->text, &host)))
		LIST_PUSH(parser->arena, &conf->domains,
		    arena_dup(parser->arena, host_slice(&host)));
	return true;
}

static bool
parse_domains(struct parser *parser, const struct token *head)
{
	return parse_list(parser, "a domain", domain_item, parser->conf);
}

/* --- who is told ---------------------------------------------------------------- */

static bool
parse_url(struct parser *parser, const char **out, struct place *at)
{
	struct token token;

	if (!parse_value(parser, "a URL", &token))
		return false;
	if (at)
		*at = token.at;
	if (parse_judge(parser, &token, value_url(token.text)))
		*out = parse_string(parser, &token);
	return true;
}

static bool
parse_password(struct parser *parser, const struct token *head)
{
	return parse_expect(parser, "page") &&
	    parse_url(parser, &parser->conf->password_page, NULL);
}

static bool
parse_alert(struct parser *parser, const struct token *head)
{
	struct conf *conf = parser->conf;
	struct token token = parse_peek(parser);

	if (parse_take(parser, "webhook"))
		return parse_url(
		    parser, &conf->alert_webhook, &conf->alert_webhook_at);
	if (parse_take(parser, "command"))
		return parse_path(
		    parser, &conf->alert_command, &conf->alert_command_at);
	if (parse_take(parser, "spool"))
		return parse_path(
		    parser, &conf->alert_spool, &conf->alert_spool_at);
	return parse_unexpected(
	    parser, &token, "\"webhook\", \"command\" or \"spool\"");
}

static const struct statement statements[] = {
	{ "filter", parse_filter, true },
	{ "credentials", parse_credentials, false },
	{ "watch", parse_watch, false },
	{ "domains", parse_domains, false },
	{ "password", parse_password, true },
	{ "alert", parse_alert, false },
};

struct statements
credentials_statements(void)
{
	return (struct statements){ statements, COUNT_OF(statements) };
}
