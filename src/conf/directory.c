/*
 * directory: the statement about accounts that live in LDAP servers.
 */
#include <string.h>

#include "base/log.h"
#include "conf/directory.h"
#include "conf/directory_values.h"
#include "conf/list.h"
#include "conf/nearest.h"
#include "conf/parse.h"
#include "conf/value.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* --- what stands in a directory ----------------------------------------------- */

typedef bool item_fn(struct parser *parser, struct ldap_directory *directory);

static bool
server_item(struct parser *parser, const struct token *token, void *into)
{
	struct ldap_directory *directory = into;
	struct ldap_url url = { .at = token->at };

	if (!parse_judge(parser, token, directory_url(token->text, &url)))
		return true;
	url.text = parse_string(parser, token);
	LIST_PUSH(parser->arena, &directory->servers, url);
	return true;
}

/* One or several in a row, or in braces. */
static bool
item_server(struct parser *parser, struct ldap_directory *directory)
{
	do {
		if (!parse_list(
			parser, "a URL of a server", server_item, directory))
			return false;
	} while (parse_peek(parser).kind == TOKEN_STRING);
	return true;
}

static bool
trust_item(struct parser *parser, const struct token *token, void *into)
{
	struct ldap_directory *directory = into;
	struct trust_file file = { .at = token->at };

	if (token->kind == TOKEN_WORD && slice_eq_str(token->text, "system")) {
		directory->trust_system = true;
		return true;
	}
	if (!parse_judge(
		parser, token, token->text.n ? NULL : "the path is empty"))
		return true;
	file.path = reading_path(parser->reading, token->at.file, token->text);
	LIST_PUSH(parser->arena, &directory->trust, file);
	return true;
}

static bool
item_trust(struct parser *parser, struct ldap_directory *directory)
{
	return parse_list(
	    parser, "\"system\" or a path", trust_item, directory);
}

static bool
item_base(struct parser *parser, struct ldap_directory *directory)
{
	directory->base_at = parse_peek(parser).at;
	if (!directory->base)
		directory->base = ""; /* a bad one is there, too */
	return directory_dn(parser, &directory->base);
}

static bool
item_bind(struct parser *parser, struct ldap_directory *directory)
{
	directory->bind_at = parse_peek(parser).at;
	return directory_text(parser, "a DN", &directory->bind_dn) &&
	    parse_expect(parser, "password") && parse_expect(parser, "file") &&
	    parse_path(
		parser, &directory->password_file, &directory->password_at);
}

static void
set_names(struct parser *parser, struct ldap_directory *directory,
    const char *const *names, size_t n)
{
	directory->names.n = 0;
	for (size_t i = 0; i < n; i++)
		LIST_PUSH(parser->arena, &directory->names, names[i]);
}

static void
set_active_directory(struct parser *parser, struct ldap_directory *directory)
{
	static const char *const names[] = { "sAMAccountName",
		"userPrincipalName", "mail", "proxyAddresses" };

	directory->flavour = FLAVOUR_ACTIVE_DIRECTORY;
	directory->class = "user";
	directory->member_of = "memberOf";
	directory->group_name = "cn";
	set_names(parser, directory, names, COUNT_OF(names));
}

static void
set_openldap(struct parser *parser, struct ldap_directory *directory)
{
	static const char *const names[] = { "uid", "mail" };

	directory->flavour = FLAVOUR_OPENLDAP;
	directory->class = "person";
	directory->member_of = NULL;
	directory->group_name = "cn";
	set_names(parser, directory, names, COUNT_OF(names));
}

static bool
item_flavour(struct parser *parser, struct ldap_directory *directory)
{
	struct token token = parse_peek(parser);

	if (parse_take(parser, "openldap"))
		set_openldap(parser, directory);
	else if (parse_take(parser, "active-directory"))
		set_active_directory(parser, directory);
	else
		return parse_unexpected(
		    parser, &token, "\"openldap\" or \"active-directory\"");
	return true;
}

static bool
item_class(struct parser *parser, struct ldap_directory *directory)
{
	return directory_attribute(parser, &directory->class);
}

static bool
name_item(struct parser *parser, const struct token *token, void *into)
{
	struct ldap_directory *directory = into;

	if (parse_judge(parser, token, directory_attribute_check(token->text)))
		LIST_PUSH(parser->arena, &directory->names,
		    parse_string(parser, token));
	return true;
}

static bool
item_names(struct parser *parser, struct ldap_directory *directory)
{
	directory->names.n = 0;
	return parse_list(
	    parser, "the name of an attribute", name_item, directory);
}

static bool
item_domain(struct parser *parser, struct ldap_directory *directory)
{
	return directory_text(
	    parser, "the name of a domain", &directory->domain);
}

static bool
item_groups(struct parser *parser, struct ldap_directory *directory)
{
	struct token token = parse_peek(parser);

	if (parse_take(parser, "none"))
		directory->groups = GROUPS_NONE;
	else if (parse_take(parser, "direct"))
		directory->groups = GROUPS_DIRECT;
	else if (parse_take(parser, "nested"))
		directory->groups = GROUPS_NESTED;
	else
		return parse_unexpected(
		    parser, &token, "\"none\", \"direct\" or \"nested\"");
	if (parse_take(parser, "below") &&
	    !directory_dn(parser, &directory->group_base))
		return false;
	if (parse_take(parser, "name") &&
	    !directory_attribute(parser, &directory->group_name))
		return false;
	return !parse_take(parser, "listed") ||
	    directory_attribute(parser, &directory->member_of);
}

static bool
item_starttls(struct parser *parser, struct ldap_directory *directory)
{
	directory->starttls = true;
	return true;
}

static bool
item_cleartext(struct parser *parser, struct ldap_directory *directory)
{
	directory->cleartext = true;
	return true;
}

static bool
item_timeout(struct parser *parser, struct ldap_directory *directory)
{
	return parse_setting(parser, directory_times(), &directory->times);
}

static bool
item_limit(struct parser *parser, struct ldap_directory *directory)
{
	return parse_setting(parser, directory_numbers(), &directory->limits);
}

static bool
item_budget(struct parser *parser, struct ldap_directory *directory)
{
	struct token token;

	if (!parse_expect(parser, "spent"))
		return false;
	token = parse_peek(parser);
	if (parse_take(parser, "known"))
		directory->past = PAST_KNOWN;
	else if (parse_take(parser, "nobody"))
		directory->past = PAST_NOBODY;
	else
		return parse_unexpected(
		    parser, &token, "\"known\" or \"nobody\"");
	return true;
}

static bool
outage_credentials(struct parser *parser, struct ldap_directory *directory)
{
	struct token token = parse_peek(parser);

	if (parse_take(parser, "block"))
		directory->outage_credentials = OUTAGE_BLOCK;
	else if (parse_take(parser, "pass"))
		directory->outage_credentials = OUTAGE_PASS;
	else
		return parse_unexpected(
		    parser, &token, "\"block\" or \"pass\"");
	return true;
}

static bool
item_outage(struct parser *parser, struct ldap_directory *directory)
{
	struct token token = parse_peek(parser);

	if (parse_take(parser, "credentials"))
		return outage_credentials(parser, directory);
	if (!parse_take(parser, "logins"))
		return parse_unexpected(
		    parser, &token, "\"logins\" or \"credentials\"");
	token = parse_peek(parser);
	if (parse_take(parser, "refuse"))
		directory->admit_unchecked = false;
	else if (parse_take(parser, "admit-unchecked"))
		directory->admit_unchecked = true;
	else
		return parse_unexpected(
		    parser, &token, "\"refuse\" or \"admit-unchecked\"");
	return true;
}

static const struct item {
	const char *word;
	item_fn *parse;
} items[] = {
	{ "server", item_server },
	{ "trust", item_trust },
	{ "starttls", item_starttls },
	{ "cleartext-i-know-the-risk", item_cleartext },
	{ "base", item_base },
	{ "bind", item_bind },
	{ "flavour", item_flavour },
	{ "class", item_class },
	{ "names", item_names },
	{ "domain", item_domain },
	{ "groups", item_groups },
	{ "budget", item_budget },
	{ "outage", item_outage },
	{ "timeout", item_timeout },
	{ "limit", item_limit },
};

static bool
parse_item_line(struct parser *parser, struct ldap_directory *directory)
{
	struct token token = parse_next(parser);
	struct nearest nearest = nearest_to(token.text);
	char quoted[LOG_QUOTE_SIZE];

	if (token.kind != TOKEN_WORD)
		return parse_unexpected(parser, &token, "a word");
	for (size_t i = 0; i < COUNT_OF(items); i++) {
		if (slice_eq_str(token.text, items[i].word))
			return items[i].parse(parser, directory);
		nearest_offer(&nearest, slice_of(items[i].word));
	}
	reading_error(parser->reading, token.at, nearest.best,
	    "unknown word \"%s\" in a directory",
	    log_quote(quoted, token.text));
	return false;
}

/* Each item has its line. */
static bool
parse_block(struct parser *parser, struct ldap_directory *directory)
{
	struct token token = parse_peek(parser);

	if (token.kind != TOKEN_OPEN)
		return parse_unexpected(parser, &token, "\"{\"");
	parse_next(parser);
	for (;;) {
		token = parse_peek(parser);
		if (token.kind == TOKEN_END) {
			reading_error(parser->reading, directory->at,
			    SLICE_EMPTY, "the directory is not closed");
			return false;
		}
		if (token.kind == TOKEN_LINE) {
			parse_next(parser);
			continue;
		}
		if (token.kind == TOKEN_CLOSE) {
			parse_next(parser);
			return true;
		}
		if (!parse_item_line(parser, directory))
			return false;
		token = parse_peek(parser);
		if (token.kind != TOKEN_LINE && token.kind != TOKEN_CLOSE)
			return parse_unexpected(
			    parser, &token, "the end of the line");
	}
}

static void
set_numbers(struct settings settings, void *base)
{
	for (size_t i = 0; i < settings.n; i++)
		*setting_in(&settings.v[i], base) = settings.v[i].value;
}

static bool
parse_directory(struct parser *parser, const struct token *head)
{
	struct ldap_directory directory = {
		.at = head->at,
		.groups = GROUPS_NESTED,
	};
	struct token token;
	struct slice name;

	set_openldap(parser, &directory);
	set_numbers(directory_times(), &directory.times);
	set_numbers(directory_numbers(), &directory.limits);
	if (!parse_expect(parser, "ldap") ||
	    !parse_value(parser, "a name", &token))
		return false;
	directory.name = "";
	if (parse_judge(parser, &token,
		value_account(parser->arena, token.text, &name)))
		directory.name = arena_str(parser->arena, name);
	if (!parse_block(parser, &directory))
		return false;
	if (directory.trust.n == 0)
		directory.trust_system = true;
	LIST_PUSH(parser->arena, &parser->conf->directories, directory);
	return true;
}

static const struct statement statements[] = {
	{ "directory", parse_directory, false },
};

struct statements
directory_statements(void)
{
	return (struct statements){ statements, COUNT_OF(statements) };
}
