/*
 * rules: allow, deny and report, and the conditions behind them.
 */
#include "base/log.h"
#include "conf/list.h"
#include "conf/nearest.h"
#include "conf/parse.h"
#include "conf/print.h"
#include "conf/value.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))
#define LABEL_MAX 100

static bool
rule_user(struct parser *parser, struct rule *rule)
{
	return parse_users(parser, &rule->who);
}

static bool
rule_group(struct parser *parser, struct rule *rule)
{
	return parse_groups(parser, &rule->who);
}

static bool
from_item(struct parser *parser, const struct token *token, void *into)
{
	struct rule *rule = into;
	struct prefix prefix;

	if (parse_judge(parser, token, value_network(token->text, &prefix)))
		LIST_PUSH(parser->arena, &rule->from, prefix);
	return true;
}

static bool
rule_from(struct parser *parser, struct rule *rule)
{
	return parse_list(parser, "an address or network", from_item, rule);
}

static bool
rule_to(struct parser *parser, struct rule *rule)
{
	return parse_dests(parser,
	    ALLOW_ANY | ALLOW_INTERNAL | ALLOW_PORT | ALLOW_FILE, &rule->to);
}

static bool
port_item(struct parser *parser, const struct token *token, void *into)
{
	struct rule *rule = into;
	struct port_range range;

	if (parse_judge(parser, token, value_ports(token->text, &range)))
		LIST_PUSH(parser->arena, &rule->ports, range);
	return true;
}

static bool
rule_port(struct parser *parser, struct rule *rule)
{
	return parse_list(parser, "a port", port_item, rule);
}

static bool
method_item(struct parser *parser, const struct token *token, void *into)
{
	struct rule *rule = into;
	struct slice method;

	if (parse_judge(parser, token,
		value_method(parser->arena, token->text, &method)))
		LIST_PUSH(parser->arena, &rule->methods, method);
	return true;
}

static bool
rule_method(struct parser *parser, struct rule *rule)
{
	return parse_list(parser, "a method", method_item, rule);
}

static bool
path_item(struct parser *parser, const struct token *token, void *into)
{
	struct rule *rule = into;
	struct slice path;

	if (!parse_judge(
		parser, token, value_path(parser->arena, token->text, &path)))
		return true;
	if (slice_find(path, '*') < path.n)
		reading_warn(parser->reading, token->at,
		    "\"*\" stands for itself in a path, which matches "
		    "everything below it anyway");
	LIST_PUSH(parser->arena, &rule->paths, path);
	return true;
}

static bool
rule_path(struct parser *parser, struct rule *rule)
{
	return parse_list(parser, "a path", path_item, rule);
}

static bool
is_hours(struct slice s)
{
	return s.n && s.p[0] >= '0' && s.p[0] <= '9';
}

/* "mon-fri", "mon-fri 08:00-18:00" or "08:00-18:00" */
static bool
at_item(struct parser *parser, const struct token *token, void *into)
{
	struct rule *rule = into;
	struct time_range range = { .days = VALUE_DAYS_ALL, .to = 1440 };
	struct token next;
	const char *wrong;

	if (is_hours(token->text)) {
		wrong = value_hours(token->text, &range);
	} else {
		wrong = value_days(token->text, &range.days);
		next = parse_peek(parser);
		if (!wrong && next.kind == TOKEN_WORD && is_hours(next.text)) {
			parse_next(parser);
			if (!parse_judge(
				parser, &next, value_hours(next.text, &range)))
				return true;
		}
	}
	if (parse_judge(parser, token, wrong))
		LIST_PUSH(parser->arena, &rule->times, range);
	return true;
}

static bool
rule_at(struct parser *parser, struct rule *rule)
{
	return parse_list(parser, "a day or a span of time", at_item, rule);
}

static bool
rule_label(struct parser *parser, struct rule *rule)
{
	struct token token;
	const char *wrong = NULL;

	if (!parse_value(parser, "a text", &token))
		return false;
	if (token.text.n == 0)
		wrong = "the label is empty";
	else if (token.text.n > LABEL_MAX)
		wrong = "the label is longer than 100 bytes";
	if (parse_judge(parser, &token, wrong))
		rule->label = arena_dup(parser->arena, token.text);
	return true;
}

/* `slot` tells conditions apart that may stand once: an account is either
 * among users or in groups. */
static const struct condition {
	const char *word;
	bool (*parse)(struct parser *parser, struct rule *rule);
	unsigned slot;
	bool negatable;
} conditions[] = {
	{ "user", rule_user, 0, true },
	{ "group", rule_group, 0, true },
	{ "from", rule_from, 1, false },
	{ "to", rule_to, 2, true },
	{ "port", rule_port, 3, false },
	{ "method", rule_method, 4, false },
	{ "path", rule_path, 5, false },
	{ "at", rule_at, 6, false },
	{ "label", rule_label, 7, false },
};

static const struct condition *
find_condition(const struct token *token, struct nearest *nearest)
{
	for (size_t i = 0; i < COUNT_OF(conditions); i++) {
		if (slice_eq_str(token->text, conditions[i].word))
			return &conditions[i];
		nearest_offer(nearest, slice_of(conditions[i].word));
	}
	return NULL;
}

static bool
say_unknown(struct parser *parser, const struct token *token, struct slice hint)
{
	char quoted[LOG_QUOTE_SIZE];

	if (token->kind != TOKEN_WORD)
		return parse_unexpected(parser, token, "a condition");
	reading_error(parser->reading, token->at, hint,
	    "unknown condition \"%s\"", log_quote(quoted, token->text));
	return false;
}

static bool
judge_condition(struct parser *parser, const struct token *token,
    const struct condition *condition, bool negated, unsigned seen)
{
	if (seen & 1u << condition->slot) {
		reading_error(parser->reading, token->at, SLICE_EMPTY,
		    condition->slot == 0 ? "the accounts are given twice"
					 : "\"%s\" is given twice",
		    condition->word);
		return false;
	}
	if (negated && !condition->negatable) {
		reading_error(parser->reading, token->at, SLICE_EMPTY,
		    "\"not\" stands before user, group or to");
		return false;
	}
	return true;
}

static bool
parse_condition(struct parser *parser, struct rule *rule, unsigned *seen)
{
	bool negated = parse_take(parser, "not");
	struct token token = parse_peek(parser);
	struct nearest nearest = nearest_to(token.text);
	const struct condition *condition = token.kind == TOKEN_WORD
	    ? find_condition(&token, &nearest)
	    : NULL;

	if (!condition)
		return say_unknown(parser, &token, nearest.best);
	if (!judge_condition(parser, &token, condition, negated, *seen))
		return false;
	parse_next(parser);
	*seen |= 1u << condition->slot;
	if (negated && condition->slot == 0)
		rule->who.negated = true;
	else if (negated)
		rule->to_negated = true;
	return condition->parse(parser, rule);
}

/* "proxy.conf:12", without directories */
static struct slice
default_label(struct parser *parser, struct place at)
{
	struct slice file = slice_of(at.file);
	size_t slash = slice_rfind(file, '/');

	if (slash < file.n)
		file = slice_from_idx(file, slash + 1);
	return arena_printf(parser->arena, "%.*s:%u", SLICE_ARG(file), at.line);
}

bool
parse_conditions(struct parser *parser, struct rule *rule)
{
	unsigned seen = 0;

	while (parse_peek(parser).kind != TOKEN_LINE)
		if (!parse_condition(parser, rule, &seen))
			return false;
	if (rule->label.n == 0)
		rule->label = default_label(parser, rule->at);
	return true;
}

static bool
parse_rule(struct parser *parser, struct place at, enum action action)
{
	struct rule rule = { .action = action, .at = at };
	struct token token = parse_peek(parser);

	if (token.kind == TOKEN_LINE)
		return parse_unexpected(parser, &token,
		    "a condition (\"to any\" for every destination)");
	if (!parse_conditions(parser, &rule))
		return false;
	rule.text = print_rule_text(parser->arena, &rule);
	LIST_PUSH(parser->arena, &parser->conf->rules, rule);
	return true;
}

static bool
parse_allow(struct parser *parser, const struct token *head)
{
	return parse_rule(parser, head->at, ACTION_ALLOW);
}

static bool
parse_deny(struct parser *parser, const struct token *head)
{
	return parse_rule(parser, head->at, ACTION_DENY);
}

static bool
parse_report(struct parser *parser, const struct token *head)
{
	return parse_rule(parser, head->at, ACTION_REPORT);
}

static const struct statement statements[] = {
	{ "allow", parse_allow, false },
	{ "deny", parse_deny, false },
	{ "report", parse_report, false },
};

struct statements
rules_statements(void)
{
	return (struct statements){ statements, COUNT_OF(statements) };
}
