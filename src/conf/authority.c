/*
 * authority: the statement that names the CA.
 *
 * Takes words apart, and names the files that may lie beside it; whether they
 * are there is conf/check.c's.
 */
#include "conf/parse.h"
#include "conf/value.h"

#define AUTHORITY_URI_MAX 1024

/* Clients fetch what they need to trust us from there: https would need that
 * trust first (RFC 5280 section 8). */
static const char *
judge_site(struct slice url)
{
	const char *wrong = value_url(url);

	if (wrong)
		return wrong;
	if (!slice_starts(url, SLICE("http://")))
		return "not a URL that starts with http://";
	for (size_t i = 7; i < url.n; i++)
		if (url.p[i] == '/' || url.p[i] == '?' || url.p[i] == '#')
			return "a URL with more than host and port";
	return NULL;
}

static void
name_companions(struct parser *parser)
{
	struct conf *conf = parser->conf;
	struct arena *arena = parser->arena;

	conf->authority_next =
	    arena_printf(arena, "%s.next", conf->authority_cert).p;
	conf->authority_old =
	    arena_printf(arena, "%s.old", conf->authority_cert).p;
	conf->authority_revoked =
	    arena_printf(arena, "%s.revoked", conf->authority_cert).p;
	conf->authority_crl =
	    arena_printf(arena, "%s.crl", conf->authority_cert).p;
	conf->authority_old_crl =
	    arena_printf(arena, "%s.crl", conf->authority_old).p;
	if (conf->authority_key)
		conf->authority_old_key =
		    arena_printf(arena, "%s.old", conf->authority_key).p;
}

static bool
is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' ||
	    c == '_';
}

/* What OSSL_STORE takes: a scheme (RFC 3986 section 3.1), then whatever. */
static const char *
judge_uri(struct slice uri)
{
	size_t colon = slice_find(uri, ':');

	if (uri.n > AUTHORITY_URI_MAX)
		return "a URI of more than 1024 bytes";
	if (colon < 2 || colon == uri.n)
		return "not a URI: a scheme and a colon, as in \"pkcs11:…\"";
	for (size_t i = 0; i < uri.n; i++)
		if ((unsigned char)uri.p[i] <= ' ' || uri.p[i] == 0x7f)
			return "a URI with a space or a control character";
	for (size_t i = 0; i < colon; i++)
		if (!is_word_char(uri.p[i]))
			return "a URI whose scheme has an odd character";
	return NULL;
}

static const char *
judge_provider(struct slice name)
{
	if (name.n == 0 || name.n > AUTHORITY_URI_MAX)
		return "not a provider's name or module";
	for (size_t i = 0; i < name.n; i++)
		if (!is_word_char(name.p[i]) && name.p[i] != '/')
			return "not a provider's name or module";
	return NULL;
}

/* The key is a path; or a URI, where a provider is named behind it. */
static bool
parse_authority_key(struct parser *parser)
{
	struct conf *conf = parser->conf;
	struct token key, provider;

	if (!parse_value(parser, "a path", &key))
		return false;
	if (!parse_take(parser, "provider")) {
		if (parse_judge(
			parser, &key, key.text.n ? NULL : "the path is empty"))
			conf->authority_key = reading_path(
			    parser->reading, key.at.file, key.text);
		return true;
	}
	if (!parse_value(parser, "a provider", &provider))
		return false;
	if (parse_judge(parser, &key, judge_uri(key.text)) &&
	    parse_judge(parser, &provider, judge_provider(provider.text))) {
		conf->authority_uri = parse_string(parser, &key);
		conf->authority_provider = parse_string(parser, &provider);
	}
	return true;
}

bool
parse_authority(struct parser *parser, const struct token *head)
{
	struct conf *conf = parser->conf;
	struct token token;

	if (!parse_path(parser, &conf->authority_cert, &conf->authority_at) ||
	    !parse_expect(parser, "key") || !parse_authority_key(parser))
		return false;
	name_companions(parser);
	if (parse_take(parser, "passphrase") &&
	    !parse_path(parser, &conf->authority_passphrase, NULL))
		return false;
	if (!parse_take(parser, "url"))
		return true;
	if (!parse_value(parser, "a URL", &token))
		return false;
	if (parse_judge(parser, &token, judge_site(token.text)))
		conf->authority_url = parse_string(parser, &token);
	return true;
}
