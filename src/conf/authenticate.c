/*
 * authenticate: the statement about how people say who they are.
 */
#include <string.h>

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

/* --- realms ----------------------------------------------------------------- */

static const char *
judge_realm(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || strchr("@/\\\x7f", text.p[i]))
			return "not the name of a realm";
	return text.n ? NULL : "the text is empty";
}

static bool
take_how(struct parser *parser, struct realm_rule *rule)
{
	struct token token = parse_peek(parser);

	if (parse_take(parser, "strip"))
		rule->how = REALM_STRIP;
	else if (parse_take(parser, "keep"))
		rule->how = REALM_KEEP;
	else if (parse_take(parser, "refuse"))
		rule->how = REALM_REFUSE;
	else if (parse_take(parser, "as")) {
		rule->how = REALM_AS;
		return directory_text(
		    parser, "the name of a domain", &rule->as);
	} else
		return parse_unexpected(parser, &token,
		    "\"strip\", \"keep\", \"as\" or \"refuse\"");
	return true;
}

static bool
parse_kerberos(struct parser *parser, const struct token *head)
{
	struct realm_rule rule = { .at = head->at };
	struct token token;

	if (!parse_expect(parser, "realm") ||
	    !parse_value(parser, "the name of a realm", &token))
		return false;
	rule.realm = "";
	if (parse_judge(parser, &token, judge_realm(token.text)))
		rule.realm = parse_string(parser, &token);
	if (!take_how(parser, &rule))
		return false;
	LIST_PUSH(parser->arena, &parser->conf->authenticate.realms, rule);
	return true;
}

static const struct statement statements[] = {
	{ "authenticate", parse_authenticate, true },
	{ "kerberos", parse_kerberos, false },
};

struct statements
authenticate_statements(void)
{
	return (struct statements){ statements,
		sizeof(statements) / sizeof(statements[0]) };
}
