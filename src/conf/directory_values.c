/*
 * directory_values: what may stand for a text, an attribute and a server's
 * URL in a `directory` statement.
 */
#include "conf/directory_values.h"

#include "conf/value.h"

#define PORT_LDAP 389
#define PORT_LDAPS 636
#define TEXT_MAX 1000 /* of a DN */

static const char *
judge_text(struct slice text)
{
	if (text.n == 0)
		return "the text is empty";
	if (text.n > TEXT_MAX)
		return "the text is longer than 1000 bytes";
	return NULL;
}

bool
directory_text(struct parser *parser, const char *what, const char **out)
{
	struct token token;

	if (!parse_value(parser, what, &token))
		return false;
	if (parse_judge(parser, &token, judge_text(token.text)))
		*out = parse_string(parser, &token);
	return true;
}

/* RFC 4514, as far as its shape: each part has an attribute and a value. What
 * a server thinks of it, it says itself. */
const char *
directory_dn_check(struct slice text)
{
	bool quoted = false, equals = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (c == '=')
			equals = true;
		else if (!quoted && (c == ',' || c == '+' || c == ';')) {
			if (!equals)
				return "not a DN: \"ou=people,dc=example\"";
			equals = false;
		}
	}
	if (!equals && text.n > 0)
		return "not a DN: \"ou=people,dc=example\"";
	return judge_text(text);
}

bool
directory_dn(struct parser *parser, const char **out)
{
	struct token token;

	if (!parse_value(parser, "a DN", &token))
		return false;
	if (parse_judge(parser, &token, directory_dn_check(token.text)))
		*out = parse_string(parser, &token);
	return true;
}

/* RFC 4512 section 1.4: a descriptor or a numeric OID; filters are made of
 * it. */
const char *
directory_attribute_check(struct slice text)
{
	const char *wrong = judge_text(text);

	for (size_t i = 0; !wrong && i < text.n; i++) {
		char c = text.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '-' || c == '.'))
			wrong = "not the name of an attribute";
	}
	return wrong;
}

bool
directory_attribute(struct parser *parser, const char **out)
{
	struct token token;

	if (!parse_value(parser, "the name of an attribute", &token))
		return false;
	if (parse_judge(parser, &token, directory_attribute_check(token.text)))
		*out = parse_string(parser, &token);
	return true;
}

static const char *
judge_port(struct slice rest, uint16_t *port)
{
	if (rest.n == 0)
		return NULL;
	if (rest.p[0] != ':')
		return "not a URL of a server: ldaps://NAME[:PORT]";
	return value_port(slice_from_idx(rest, 1), port);
}

/* "ldap[s]://host[:port][/]"; what else RFC 4516 has, stands in words. */
const char *
directory_url(struct slice text, struct ldap_url *url)
{
	struct slice scheme = slice_sub(text, 0, slice_find(text, ':'));
	struct slice rest, host;
	const char *wrong;
	size_t end;

	url->tls = slice_eq_str(scheme, "ldaps");
	url->port = url->tls ? PORT_LDAPS : PORT_LDAP;
	rest = slice_from_idx(text, scheme.n);
	if ((!url->tls && !slice_eq_str(scheme, "ldap")) ||
	    !slice_starts(rest, SLICE("://")))
		return "not a URL of a server: ldaps://NAME[:PORT]";
	rest = slice_from_idx(rest, 3);
	if (slice_ends(rest, SLICE("/")))
		rest.n--;
	end = slice_starts(rest, SLICE("[")) ? slice_find(rest, ']') + 1
					     : slice_find(rest, ':');
	host = slice_sub(rest, 0, end);
	wrong = host_parse(host, &url->host);
	return wrong ? wrong
		     : judge_port(slice_from_idx(rest, end), &url->port);
}
