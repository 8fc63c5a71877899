/*
 * guarding: the statements about what the kernel does for us: verdicts on
 * packets, and the account on the wire.
 */
#include "base/log.h"
#include "conf/list.h"
#include "conf/nearest.h"
#include "conf/parse.h"
#include "conf/value.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* As enum packets_mode has them. */
const char *const guarding_modes[] = { "off", "observe", "prefer", "require" };

/* As enum containers_mode has them. */
const char *const guarding_containers[] = { "judged", "denied", "exempt",
	"as" };

static bool
parse_mode(struct parser *parser)
{
	struct guarding *guarding = &parser->conf->guarding;
	struct token token = parse_peek(parser);

	if (guarding->at.line)
		reading_error(parser->reading, token.at, SLICE_EMPTY,
		    "\"guard packets\" is given twice, first in line %u of %s",
		    guarding->at.line, guarding->at.file);
	for (size_t i = 0; i < COUNT_OF(guarding_modes); i++) {
		if (!parse_take(parser, guarding_modes[i]))
			continue;
		guarding->packets = (enum packets_mode)i;
		guarding->at = token.at;
		return true;
	}
	return parse_unexpected(
	    parser, &token, "\"off\", \"observe\", \"prefer\" or \"require\"");
}

static bool
exempt_item(struct parser *parser, const struct token *token, void *into)
{
	struct guarding *guarding = into;
	struct slice pattern;

	if (token->kind == TOKEN_WORD && slice_eq_str(token->text, "system"))
		guarding->exempt_system = true;
	else if (parse_judge(parser, token,
		     value_account(parser->arena, token->text, &pattern)))
		LIST_PUSH(parser->arena, &guarding->exempt, pattern);
	return true;
}

/* The first one takes the default's place. */
static bool
parse_exempt(struct parser *parser)
{
	struct guarding *guarding = &parser->conf->guarding;

	if (!guarding->exempt_given)
		guarding->exempt_system = false;
	guarding->exempt_given = true;
	return parse_list_or_none(
	    parser, "\"system\" or an account", exempt_item, guarding);
}

/* Two words for no and yes. */
static bool
parse_choice(struct parser *parser, const char *no, const char *yes,
    const char *both, bool *out)
{
	struct token token = parse_peek(parser);

	if (parse_take(parser, no))
		*out = false;
	else if (parse_take(parser, yes))
		*out = true;
	else
		return parse_unexpected(parser, &token, both);
	return true;
}

static bool
parse_containers(struct parser *parser)
{
	struct guarding *guarding = &parser->conf->guarding;
	struct token token = parse_peek(parser);

	for (size_t i = 0; i < COUNT_OF(guarding_containers); i++) {
		if (!parse_take(parser, guarding_containers[i]))
			continue;
		guarding->containers = (enum containers_mode)i;
		if (i != CONTAINERS_AS)
			return true;
		if (!parse_value(parser, "an account", &token))
			return false;
		(void)parse_judge(parser, &token,
		    value_account(
			parser->arena, token.text, &guarding->containers_as));
		return true;
	}
	return parse_unexpected(
	    parser, &token, "\"judged\", \"denied\", \"exempt\" or \"as\"");
}

static bool
parse_guard(struct parser *parser, const struct token *head)
{
	struct guarding *guarding = &parser->conf->guarding;
	struct token token = parse_peek(parser);

	if (parse_take(parser, "packets"))
		return parse_mode(parser);
	if (parse_take(parser, "exempt"))
		return parse_exempt(parser);
	if (parse_take(parser, "connections"))
		return parse_choice(parser, "stall", "close",
		    "\"stall\" or \"close\"", &guarding->close);
	if (parse_take(parser, "names"))
		return parse_choice(parser, "refused", "pinned",
		    "\"refused\" or \"pinned\"", &guarding->names_pinned);
	if (parse_take(parser, "replies"))
		return parse_choice(parser, "judged", "allowed",
		    "\"judged\" or \"allowed\"", &guarding->replies_allowed);
	if (parse_take(parser, "containers"))
		return parse_containers(parser);
	return parse_unexpected(parser, &token,
	    "\"packets\", \"connections\", \"exempt\", \"names\","
	    " \"replies\" or \"containers\"");
}

static bool
wire_item(struct parser *parser, const struct token *token, void *into)
{
	struct guarding *guarding = into;
	struct prefix prefix;

	if (parse_judge(parser, token, value_network(token->text, &prefix)))
		LIST_PUSH(parser->arena, &guarding->wire, prefix);
	return true;
}

static bool
parse_wire(struct parser *parser, const struct token *head)
{
	parser->conf->guarding.wire_at = head->at;
	return parse_expect(parser, "account") &&
	    parse_expect(parser, "tcp-option") && parse_expect(parser, "to") &&
	    parse_list(parser, "a network", wire_item, &parser->conf->guarding);
}

static const struct statement statements[] = {
	{ "guard", parse_guard, false },
	{ "wire", parse_wire, false },
};

struct statements
guarding_statements(void)
{
	return (struct statements){ statements, COUNT_OF(statements) };
}
