/*
 * token: portions of a credential, and their keyed hash.
 *
 * Never hashes a whole password, but into an NT hash, of which again only
 * portions are used.
 */
#include "credential/token.h"

#include <string.h>

#include <nettle/md4.h>
#include <unistr.h>

#include "base/must.h"
#include "base/secret.h"
#include "credential/limits.h"
#include "credential/nfc.h"
#include "credential/text.h"

/* NFC never makes UTF-8 longer than this many times (Unicode Annex 15,
 * table 9: three). */
#define NFC_GROWTH 3
#define PASSWORD_BYTES_MAX ((size_t)TOKEN_CHARS_MAX * 4)
/* what is hashed: an account, portions of a password, their lengths */
#define TEXT_MAX (5 + CREDENTIAL_NAME_MAX + PASSWORD_BYTES_MAX * NFC_GROWTH)

enum token_kind {
	KIND_PASSWORD = 'P',
	KIND_NT_HASH = 'N',
};

const char *
token_rule_check(const struct token_rule *rule)
{
	if (rule->of == 0 || rule->of > 100)
		return "portions must be fractions of 1 to 100 parts";
	if (rule->first == 0 || rule->last == 0)
		return "a portion must not be empty";
	if (rule->first + rule->last >= rule->of)
		return "the two portions leave nothing between them";
	if (rule->min_chars < 3 || rule->min_chars > TOKEN_CHARS_MAX)
		return "the shortest password must have 3 to 256 characters";
	return NULL;
}

bool
token_portions(
    const struct token_rule *rule, size_t n, size_t *first, size_t *last)
{
	size_t a = (n + 1) * rule->first / rule->of;
	size_t b = (n + 1) * rule->last / rule->of;

	if (n < 3)
		return false;
	if (a == 0)
		a = 1;
	if (b == 0)
		b = 1;
	while (a + b >= n) {
		if (a >= b)
			a--;
		else
			b--;
	}
	*first = a;
	*last = b;
	return true;
}

static size_t
put(char *out, struct slice s)
{
	memcpy(out, s.p, s.n);
	return s.n;
}

/* kind, then account and portions, each behind its length; in one piece, for
 * hashing pieces of a few bytes takes longer than copying them. */
static void
make(const struct token_key *key, enum token_kind kind, struct slice account,
    struct slice first, struct slice last, struct token *out)
{
	char text[TEXT_MAX];
	struct slice whole = { text, 5 };

	must(account.n + first.n + last.n <= TEXT_MAX - 5);
	text[0] = (char)kind;
	text[1] = (char)(account.n >> 8 & 0xff);
	text[2] = (char)(account.n & 0xff);
	text[3] = (char)(first.n >> 8 & 0xff);
	text[4] = (char)(first.n & 0xff);
	whole.n += put(text + whole.n, account);
	whole.n += put(text + whole.n, first);
	whole.n += put(text + whole.n, last);
	token_key_mac(key, TOKEN_KEY_TOKEN, &whole, 1, out->b);
	secret_wipe(text, whole.n);
}

/* The byte at which character n of valid UTF-8 starts. */
static size_t
char_at(struct slice s, size_t n)
{
	size_t i = 0;

	while (n > 0 && i < s.n) {
		i += (size_t)u8_mblen((const uint8_t *)s.p + i, s.n - i);
		n--;
	}
	return i;
}

static bool
token_of_nfc(const struct token_key *key, const struct token_rule *rule,
    struct slice account, struct slice password, size_t chars,
    struct token *out)
{
	size_t first, last, tail;

	if (account.n > CREDENTIAL_NAME_MAX || chars < rule->min_chars ||
	    chars > TOKEN_CHARS_MAX ||
	    !token_portions(rule, chars, &first, &last))
		return false;
	if (chars == password.n) {
		make(key, KIND_PASSWORD, account, slice_sub(password, 0, first),
		    slice_from_idx(password, chars - last), out);
		return true;
	}
	tail = char_at(password, chars - last);
	make(key, KIND_PASSWORD, account,
	    slice_sub(password, 0, char_at(password, first)),
	    slice_from_idx(password, tail), out);
	return true;
}

bool
token_of_ascii(const struct token_key *key, const struct token_rule *rule,
    struct slice account, struct slice password, struct token *out)
{
	return token_of_nfc(key, rule, account, password, password.n, out);
}

bool
token_of_password(const struct token_key *key, const struct token_rule *rule,
    struct slice account, struct slice password, struct token *out)
{
	char nfc[PASSWORD_BYTES_MAX * NFC_GROWTH];
	size_t n;
	bool ok;

	if (password.n == 0 || password.n > PASSWORD_BYTES_MAX)
		return false;
	if (!(text_mask(password) & HAS_HIGH))
		return token_of_ascii(key, rule, account, password, out);
	n = nfc_write(password, nfc, sizeof(nfc));
	ok = n > 0 &&
	    token_of_nfc(key, rule, account, slice_from(nfc, n),
		text_chars(slice_from(nfc, n)), out);
	secret_wipe(nfc, sizeof(nfc));
	return ok;
}

bool
token_of_nt_hash(const struct token_key *key, const struct token_rule *rule,
    struct slice account, const unsigned char hash[NT_HASH_SIZE],
    struct token *out)
{
	struct slice s = slice_from(hash, NT_HASH_SIZE);
	size_t first, last;

	if (account.n > CREDENTIAL_NAME_MAX ||
	    !token_portions(rule, NT_HASH_SIZE, &first, &last))
		return false;
	make(key, KIND_NT_HASH, account, slice_sub(s, 0, first),
	    slice_from_idx(s, NT_HASH_SIZE - last), out);
	return true;
}

bool
token_nt_hash(struct slice password, unsigned char hash[NT_HASH_SIZE])
{
	uint16_t units[TOKEN_CHARS_MAX * 2];
	unsigned char bytes[sizeof(units)];
	size_t n = TOKEN_CHARS_MAX * 2, i;
	struct md4_ctx md4;
	bool ok;

	if (password.n == 0 || password.n > PASSWORD_BYTES_MAX ||
	    !text_is_utf8(password) || text_chars(password) > TOKEN_CHARS_MAX)
		return false;
	ok = u8_to_u16((const uint8_t *)password.p, password.n, units, &n) ==
	    units;
	for (i = 0; ok && i < n; i++) {
		bytes[i * 2] = (unsigned char)(units[i] & 0xff);
		bytes[i * 2 + 1] = (unsigned char)(units[i] >> 8);
	}
	if (ok) {
		md4_init(&md4);
		md4_update(&md4, n * 2, bytes);
		md4_digest(&md4, NT_HASH_SIZE, hash);
		secret_wipe(&md4, sizeof(md4));
	}
	secret_wipe(units, sizeof(units));
	secret_wipe(bytes, sizeof(bytes));
	return ok;
}
