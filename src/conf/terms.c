/*
 * terms: the accounts and destinations that statements and rules speak of.
 */
#include "conf/destfile.h"
#include "conf/list.h"
#include "conf/parse.h"
#include "conf/value.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* --- accounts ---------------------------------------------------------------- */

static bool
who_item(struct parser *parser, const struct token *token, struct who *who,
    bool is_group)
{
	struct who_item item = { .is_group = is_group, .at = token->at };

	if (parse_judge(parser, token,
		value_account(parser->arena, token->text, &item.pattern)))
		LIST_PUSH(parser->arena, &who->items, item);
	return true;
}

static bool
user_item(struct parser *parser, const struct token *token, void *into)
{
	return who_item(parser, token, into, false);
}

static bool
group_item(struct parser *parser, const struct token *token, void *into)
{
	return who_item(parser, token, into, true);
}

bool
parse_users(struct parser *parser, struct who *who)
{
	return parse_list(parser, "an account", user_item, who);
}

bool
parse_groups(struct parser *parser, struct who *who)
{
	return parse_list(parser, "a group", group_item, who);
}

bool
parse_somebody(struct parser *parser, struct who *who)
{
	struct token token = parse_peek(parser);

	if (parse_take(parser, "user"))
		return parse_users(parser, who);
	if (parse_take(parser, "group"))
		return parse_groups(parser, who);
	return parse_unexpected(parser, &token, "\"user\" or \"group\"");
}

bool
parse_who(struct parser *parser, struct who *who)
{
	who->negated = parse_take(parser, "not");
	return parse_somebody(parser, who);
}

/* --- destinations ------------------------------------------------------------ */

struct dest_want {
	unsigned allowed;
	dests *out;
};

static bool
dest_port(struct parser *parser, struct dest *dest)
{
	struct token token;

	if (!parser->separated) {
		reading_error(parser->reading, dest->at, SLICE_EMPTY,
		    "\"port\" starts an item of its own here, for every host: "
		    "put a comma before it");
		return false;
	}
	if (!parse_value(parser, "a port", &token))
		return false;
	dest->kind = DEST_PORT;
	parse_judge(parser, &token, value_ports(token.text, &dest->port));
	return true;
}

static bool
dest_file(struct parser *parser, struct dest *dest)
{
	const char *path = NULL;

	if (!parse_path(parser, &path, NULL))
		return false;
	dest->kind = DEST_LIST;
	if (path)
		dest->list = destfile_get(parser->reading, path, dest->at);
	return true;
}

static bool
dest_any(struct parser *parser, struct dest *dest)
{
	dest->kind = DEST_ANY;
	return true;
}

static bool
dest_internal(struct parser *parser, struct dest *dest)
{
	dest->kind = DEST_INTERNAL;
	return true;
}

static const struct dest_word {
	const char *word;
	unsigned bit;
	bool (*parse)(struct parser *parser, struct dest *dest);
} dest_words[] = {
	{ "any", ALLOW_ANY, dest_any },
	{ "internal", ALLOW_INTERNAL, dest_internal },
	{ "port", ALLOW_PORT, dest_port },
	{ "file", ALLOW_FILE, dest_file },
};

static const struct dest_word *
find_dest_word(const struct token *token)
{
	if (token->kind != TOKEN_WORD)
		return NULL;
	for (size_t i = 0; i < COUNT_OF(dest_words); i++)
		if (slice_eq_str(token->text, dest_words[i].word))
			return &dest_words[i];
	return NULL;
}

static bool
dest_item(struct parser *parser, const struct token *token, void *into)
{
	struct dest_want *want = into;
	const struct dest_word *word = find_dest_word(token);
	struct dest dest = { .kind = DEST_NAME, .at = token->at };

	if (!word) {
		if (parse_judge(parser, token, value_dest(token->text, &dest)))
			LIST_PUSH(parser->arena, want->out, dest);
		return true;
	}
	if (!(want->allowed & word->bit)) {
		reading_error(parser->reading, token->at, SLICE_EMPTY,
		    "\"%s\" can't stand in this list", word->word);
		return false;
	}
	if (!word->parse(parser, &dest))
		return false;
	LIST_PUSH(parser->arena, want->out, dest);
	return true;
}

bool
parse_dests(struct parser *parser, unsigned allowed, dests *out)
{
	struct dest_want want = { allowed, out };

	if (allowed & MAY_BE_EMPTY)
		return parse_list_or_none(
		    parser, "a destination", dest_item, &want);
	return parse_list(parser, "a destination", dest_item, &want);
}
