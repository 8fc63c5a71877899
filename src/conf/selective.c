/*
 * selective: the statements that speak of some accounts or some
 * destinations: groups, internal, decrypt, marks, pac.
 */
#include "conf/list.h"
#include "conf/parse.h"
#include "conf/value.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))
#define DSCP_MAX 63

/* --- marks ------------------------------------------------------------------- */

static bool
number_value(struct parser *parser, uint64_t min, uint64_t max,
    const char *wrong, uint64_t *out)
{
	struct token token;

	if (!parse_value(parser, "a number", &token))
		return false;
	if (slice_to_u64(token.text, max, out) < 0 || *out < min) {
		*out = min;
		parse_judge(parser, &token, wrong);
	}
	return true;
}

static bool
mark_mark(struct parser *parser, struct packet_marks *marks)
{
	uint64_t number = 0;

	marks->has_mark = true;
	if (!number_value(parser, 1, UINT32_MAX,
		"not a number from 1 to 4294967295", &number))
		return false;
	marks->mark = (uint32_t)number;
	return true;
}

static bool
mark_dscp(struct parser *parser, struct packet_marks *marks)
{
	uint64_t number = 0;

	marks->has_dscp = true;
	if (!number_value(
		parser, 0, DSCP_MAX, "not a number from 0 to 63", &number))
		return false;
	marks->dscp = (uint8_t)number;
	return true;
}

static bool
source_item(struct parser *parser, const struct token *token, void *into)
{
	struct packet_marks *marks = into;
	struct addr addr;

	if (!parse_judge(parser, token, value_address(token->text, &addr)))
		return true;
	for (size_t i = 0; i < marks->sources.n; i++)
		if (addr_is_v4(&marks->sources.v[i]) == addr_is_v4(&addr))
			return parse_judge(parser, token,
			    "a second source address of this family");
	LIST_PUSH(parser->arena, &marks->sources, addr);
	return true;
}

static bool
mark_source(struct parser *parser, struct packet_marks *marks)
{
	return parse_list(parser, "an address", source_item, marks);
}

static const struct mark_word {
	const char *word;
	bool (*parse)(struct parser *parser, struct packet_marks *marks);
} mark_words[] = {
	{ "mark", mark_mark },
	{ "dscp", mark_dscp },
	{ "source", mark_source },
};

static const struct mark_word *
take_mark_word(struct parser *parser)
{
	for (size_t i = 0; i < COUNT_OF(mark_words); i++)
		if (parse_take(parser, mark_words[i].word))
			return &mark_words[i];
	return NULL;
}

/* In any order, each once. */
static bool
parse_marks(struct parser *parser, struct packet_marks *marks)
{
	const struct mark_word *word;
	struct token token = parse_peek(parser);
	unsigned given = 0;

	while ((word = take_mark_word(parser)) != NULL) {
		if (given & (1u << (word - mark_words)))
			return parse_judge(parser, &token, "given twice");
		given |= 1u << (word - mark_words);
		if (!word->parse(parser, marks))
			return false;
		token = parse_peek(parser);
	}
	if (given == 0)
		return parse_unexpected(
		    parser, &token, "\"mark\", \"dscp\" or \"source\"");
	LIST_PUSH(parser->arena, &parser->conf->marks, *marks);
	return true;
}

static bool
parse_user(struct parser *parser, const struct token *head)
{
	struct packet_marks marks = { .at = head->at };

	return parse_users(parser, &marks.who) && parse_marks(parser, &marks);
}

static bool
parse_not(struct parser *parser, const struct token *head)
{
	struct packet_marks marks = { .at = head->at };

	marks.who.negated = true;
	return parse_somebody(parser, &marks.who) &&
	    parse_marks(parser, &marks);
}

static bool
parse_everyone(struct parser *parser, const struct token *head)
{
	struct packet_marks marks = { .at = head->at };

	return parse_marks(parser, &marks);
}

/* --- groups, internal, decrypt, pac ------------------------------------------ */

static bool
member_item(struct parser *parser, const struct token *token, void *into)
{
	struct group *group = into;
	struct slice pattern;

	if (parse_judge(parser, token,
		value_account(parser->arena, token->text, &pattern)))
		LIST_PUSH(parser->arena, &group->members, pattern);
	return true;
}

static bool
define_group(struct parser *parser, struct group group)
{
	if (!parse_list_or_none(parser, "an account", member_item, &group))
		return false;
	LIST_PUSH(parser->arena, &parser->conf->groups, group);
	return true;
}

/* "group NAME {" defines one; anything else is the start of marks. */
static bool
parse_group(struct parser *parser, const struct token *head)
{
	struct packet_marks marks = { .at = head->at };
	struct token name = parse_peek(parser);
	struct who_item item = { .is_group = true, .at = name.at };

	if (name.kind == TOKEN_OPEN)
		return parse_groups(parser, &marks.who) &&
		    parse_marks(parser, &marks);
	if (!parse_value(parser, "a group", &name))
		return false;
	if (!parse_judge(parser, &name,
		value_account(parser->arena, name.text, &item.pattern)))
		return false;
	if (parse_peek(parser).kind == TOKEN_OPEN)
		return define_group(parser,
		    (struct group){ .name = item.pattern, .at = name.at });
	LIST_PUSH(parser->arena, &marks.who.items, item);
	return parse_marks(parser, &marks);
}

static bool
parse_internal(struct parser *parser, const struct token *head)
{
	parser->conf->internal_given = true;
	return parse_dests(
	    parser, ALLOW_FILE | MAY_BE_EMPTY, &parser->conf->internal);
}

static bool
parse_decrypt(struct parser *parser, const struct token *head)
{
	struct decrypt decrypt = { .at = head->at };
	const unsigned allowed = ALLOW_INTERNAL | ALLOW_PORT | ALLOW_FILE;
	struct token token;

	decrypt.none = parse_take(parser, "none");
	if (!decrypt.none && !parse_take(parser, "all") &&
	    !parse_dests(parser, allowed, &decrypt.to))
		return false;
	token = parse_peek(parser);
	if (parse_take(parser, "except")) {
		if (!parse_dests(parser, allowed, &decrypt.except))
			return false;
		if (decrypt.none)
			reading_error(parser->reading, token.at, SLICE_EMPTY,
			    "\"decrypt none\" has no exceptions");
	}
	if (parse_take(parser, "for") && !parse_who(parser, &decrypt.who))
		return false;
	LIST_PUSH(parser->arena, &parser->conf->decrypts, decrypt);
	return true;
}

static bool
parse_pac(struct parser *parser, const struct token *head)
{
	return parse_expect(parser, "direct") &&
	    parse_dests(parser, MAY_BE_EMPTY, &parser->conf->pac_direct);
}

static const struct statement statements[] = {
	{ "group", parse_group, false },
	{ "internal", parse_internal, false },
	{ "decrypt", parse_decrypt, false },
	{ "user", parse_user, false },
	{ "not", parse_not, false },
	{ "everyone", parse_everyone, false },
	{ "pac", parse_pac, false },
};

struct statements
selective_statements(void)
{
	return (struct statements){ statements, COUNT_OF(statements) };
}
