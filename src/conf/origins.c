/*
 * origins: the statements about how origins are verified, what is accepted of
 * them all the same, and who is not decrypted since that breaks it.
 */
#include <string.h>

#include "base/log.h"
#include "conf/defaults.h"
#include "conf/list.h"
#include "conf/nearest.h"
#include "conf/conf.h"
#include "conf/parse.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))
#define ALLOWED (ALLOW_INTERNAL | ALLOW_PORT | ALLOW_FILE)
#define BYPASS_MIN UINT64_C(60000)
#define BYPASS_MAX (30 * UINT64_C(86400000))

const char *const origins_modes[] = { "soft", "hard", "off" };

const char *const origins_faults[] = { "expired", "not-yet-valid", "wrong-name",
	"self-signed", "unknown-authority", "weak-key", "weak-signature",
	"wrong-purpose", "name-constraint", "revoked", "no-status" };
const size_t origins_faults_count = COUNT_OF(origins_faults);

const char *
conf_fault_word(unsigned i)
{
	return i < origins_faults_count ? origins_faults[i] : NULL;
}

/* --- revocation -------------------------------------------------------------- */

static bool
crl_item(struct parser *parser, const struct token *token, void *into)
{
	struct trust_file file = { .at = token->at };

	if (!parse_judge(
		parser, token, token->text.n ? NULL : "the path is empty"))
		return true;
	file.path = reading_path(parser->reading, token->at.file, token->text);
	LIST_PUSH(parser->arena, &parser->conf->crls, file);
	return true;
}

static bool
take_mode(struct parser *parser, enum revocation_mode *mode)
{
	struct token token = parse_peek(parser);

	for (size_t i = 0; i < COUNT_OF(origins_modes); i++) {
		if (!parse_take(parser, origins_modes[i]))
			continue;
		*mode = (enum revocation_mode)i;
		return true;
	}
	return parse_unexpected(
	    parser, &token, "\"soft\", \"hard\" or \"off\"");
}

static bool
parse_revocation(struct parser *parser, const struct token *head)
{
	struct revocation revocation = { .at = head->at };

	struct token token;

	if (!take_mode(parser, &revocation.mode))
		return false;
	token = parse_peek(parser);
	revocation.fetch = parse_take(parser, "fetch");
	(void)parse_judge(parser, &token,
	    revocation.fetch && revocation.mode == REVOCATION_OFF
		? "nothing is looked at"
		: NULL);
	if (parse_take(parser, "crl") &&
	    !parse_list(parser, "a path", crl_item, NULL))
		return false;
	if (parse_take(parser, "to") &&
	    !parse_dests(parser, ALLOWED, &revocation.to))
		return false;
	LIST_PUSH(parser->arena, &parser->conf->revocations, revocation);
	return true;
}

static bool
parse_legacy(struct parser *parser, const struct token *head)
{
	return parse_expect(parser, "to") &&
	    parse_dests(parser, ALLOWED, &parser->conf->legacy);
}

/* --- exceptions -------------------------------------------------------------- */

/* "sha256:" and 64 hexadecimal digits, with colons between bytes or not. */
static const char *
read_fingerprint(struct slice text, struct fingerprint *out)
{
	static const char *wrong = "not a fingerprint: \"sha256:\" and 64 "
				   "hexadecimal digits";
	struct slice rest;
	size_t n = 0;

	if (!slice_starts(text, SLICE("sha256:")))
		return wrong;
	rest = slice_from_idx(text, sizeof("sha256:") - 1);
	while (n < FINGERPRINT_SIZE && rest.n >= 2) {
		int high = slice_hex_digit(rest.p[0]),
		    low = slice_hex_digit(rest.p[1]);

		if (high < 0 || low < 0)
			return wrong;
		out->sha256[n++] = (uint8_t)(high << 4 | low);
		rest = slice_from_idx(rest, 2);
		if (n < FINGERPRINT_SIZE && rest.n > 0 && rest.p[0] == ':')
			rest = slice_from_idx(rest, 1);
	}
	return n == FINGERPRINT_SIZE && rest.n == 0 ? NULL : wrong;
}

static bool
fingerprint_item(struct parser *parser, const struct token *token, void *into)
{
	struct cert_exception *exception = into;
	struct fingerprint fingerprint;

	if (parse_judge(
		parser, token, read_fingerprint(token->text, &fingerprint)))
		LIST_PUSH(parser->arena, &exception->certificates, fingerprint);
	return true;
}

static bool
fault_item(struct parser *parser, const struct token *token, void *into)
{
	struct cert_exception *exception = into;
	struct nearest nearest = nearest_to(token->text);
	char quoted[LOG_QUOTE_SIZE];

	for (size_t i = 0; i < COUNT_OF(origins_faults); i++) {
		if (slice_eq_str(token->text, origins_faults[i])) {
			exception->faults |= 1u << i;
			return true;
		}
		nearest_offer(&nearest, slice_of(origins_faults[i]));
	}
	reading_error(parser->reading, token->at, nearest.best,
	    "unknown certificate error \"%s\"", log_quote(quoted, token->text));
	return true;
}

static bool
parse_accept(struct parser *parser, const struct token *head)
{
	struct cert_exception exception = { .at = head->at };

	if (!parse_expect(parser, "certificate") ||
	    !parse_list(
		parser, "a fingerprint", fingerprint_item, &exception) ||
	    !parse_expect(parser, "error") ||
	    !parse_list(
		parser, "a certificate error", fault_item, &exception) ||
	    !parse_expect(parser, "to") ||
	    !parse_dests(parser, ALLOWED, &exception.to))
		return false;
	LIST_PUSH(parser->arena, &parser->conf->exceptions, exception);
	return true;
}

/* --- what we show, what we leave alone ----------------------------------------- */

bool
parse_pair(struct parser *parser, struct pair *out)
{
	return parse_path(parser, &out->cert, NULL) &&
	    parse_expect(parser, "key") &&
	    parse_path(parser, &out->key, NULL) &&
	    (!parse_take(parser, "passphrase") ||
		parse_path(parser, &out->passphrase, NULL));
}

static bool
parse_certificate(struct parser *parser, const struct token *head)
{
	struct own_certificate own = { .at = head->at };

	if (!parse_pair(parser, &own.pair) || !parse_expect(parser, "to") ||
	    !parse_dests(parser, ALLOWED, &own.to))
		return false;
	LIST_PUSH(parser->arena, &parser->conf->own_certificates, own);
	return true;
}

static bool
parse_bypass(struct parser *parser, const struct token *head)
{
	struct token token;
	uint64_t ms = 0;

	if (!parse_expect(parser, "learn"))
		return false;
	if (parse_take(parser, "off"))
		return true;
	if (!parse_value(parser, "a duration or \"off\"", &token))
		return false;
	if (!parse_judge(
		parser, &token, unit_parse(UNIT_MILLISECONDS, token.text, &ms)))
		return true;
	if (ms < BYPASS_MIN || ms > BYPASS_MAX)
		return parse_judge(parser, &token, "not from 1m to 30d");
	parser->conf->bypass_ms = ms;
	return true;
}

static const struct statement statements[] = {
	{ "revocation", parse_revocation, false },
	{ "legacy", parse_legacy, false },
	{ "accept", parse_accept, false },
	{ "certificate", parse_certificate, false },
	{ "bypass", parse_bypass, true },
};

struct statements
origins_statements(void)
{
	return (struct statements){ statements, COUNT_OF(statements) };
}
