/*
 * authenticate: the statement about how people say who they are.
 */
#include "conf/directory_values.h"
#include "conf/list.h"
#include "conf/value.h"

static bool
with_item(struct parser *parser, const struct token *token, void *into)
{
	struct authenticate *authenticate = into;
	struct slice name;
	struct with with = { .at = token->at };

	if (!parse_judge(parser, token,
		value_account(parser->arena, token->text, &name)))
		return true;
	with.name = arena_str(parser->arena, name);
	LIST_PUSH(parser->arena, &authenticate->with, with);
	return true;
}

static bool
parse_authenticate(struct parser *parser, const struct token *head)
{
	struct authenticate *it = &parser->conf->authenticate;
	struct token token = parse_peek(parser);
	bool any = false;

	it->at = head->at;
	if (parse_take(parser, "negotiate")) {
		if (!parse_expect(parser, "keytab") ||
		    !parse_path(parser, &it->keytab, &it->keytab_at))
			return false;
		any = true;
	}
	if (parse_take(parser, "basic")) {
		if (!parse_expect(parser, "realm") ||
		    !directory_text(parser, "a text", &parser->conf->realm))
			return false;
		any = true;
	}
	if (!any)
		return parse_unexpected(
		    parser, &token, "\"negotiate\" or \"basic\"");
	return !parse_take(parser, "with") ||
	    parse_list(parser, "the name of a directory", with_item, it);
}

static const struct statement statements[] = {
	{ "authenticate", parse_authenticate, true },
};

struct statements
authenticate_statements(void)
{
	return (struct statements){ statements, 1 };
}
