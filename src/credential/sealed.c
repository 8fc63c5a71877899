/*
 * sealed: tells what looks like an encrypted login by names and letters.
 *
 * Looks at the pieces a scan has found; decodes nothing but to see that there
 * is nothing to read.
 */
#include "credential/sealed.h"

#include "credential/escape.h"
#include "credential/span.h"
#include "credential/text.h"

#define HEX_MIN 32     /* characters: an MD5 hash */
#define BASE64_MIN 40  /* thirty bytes */
#define HEX_LETTERS 10 /* different ones in a value without a pattern */
#define BASE64_LETTERS 18
#define LOOK_AT 256 /* characters counted */
#define NAME_MAX_BYTES 64

static const struct slice password_words[] = { SLICE("pass"), SLICE("pwd"),
	SLICE("authpw"), SLICE("kennwort"), SLICE("clave"), SLICE("senha") };
static const struct slice cipher_words[] = { SLICE("cipher"),
	SLICE("encrypt") };
/* Of fields that are no login, whatever else their name says. */
static const struct slice other_words[] = { SLICE("token"), SLICE("csrf"),
	SLICE("ticket") };

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

static bool
has_word_of(struct slice name, const struct slice *words, size_t n)
{
	size_t i, at;

	if (name.n > NAME_MAX_BYTES)
		return false;
	for (i = 0; i < n; i++) {
		for (at = 0; at + words[i].n <= name.n; at++) {
			if (slice_caseeq(
				slice_sub(name, at, words[i].n), words[i]))
				return true;
		}
	}
	return false;
}

/* How many different characters there are. */
static size_t
letters(struct slice s)
{
	bool seen[256] = { false };
	size_t i, n = 0;

	for (i = 0; i < s.n && i < LOOK_AT; i++) {
		unsigned char c = (unsigned char)s.p[i];

		n += !seen[c];
		seen[c] = true;
	}
	return n;
}

static bool
is_readable(struct slice bytes)
{
	return bytes.n > 0 && !(text_mask(bytes) & HAS_CONTROL) &&
	    text_is_utf8(bytes);
}

/* Long, in base64 or hex, without a pattern, and no text when decoded. */
static bool
is_blob(struct scan *scan, struct slice s)
{
	unsigned mask;

	if (s.n < HEX_MIN)
		return false;
	mask = text_mask(s);
	if (mask & HAS_NON64)
		return false;
	if (!(mask & HAS_NONHEX))
		return letters(s) >= HEX_LETTERS &&
		    !is_readable(escape_hex(scan, s));
	return s.n >= BASE64_MIN && (mask & HAS_DIGIT) &&
	    letters(s) >= BASE64_LETTERS &&
	    !is_readable(escape_base64(scan, s));
}

/* What CryptoJS and the openssl command write: "Salted__" in base64. */
static bool
is_salted(struct slice s)
{
	return s.n >= BASE64_MIN && slice_starts(s, SLICE("U2FsdGVkX1"));
}

static bool
has_cipher_parts(const struct where *steps, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (slice_caseeq_str(steps[i].name, "iv") ||
		    slice_caseeq_str(steps[i].name, "nonce") ||
		    slice_caseeq_str(steps[i].name, "rsa"))
			return true;
	}
	return false;
}

/* Does a name on the way to `at` say that it is a login? */
static bool
is_named(const struct where *steps, size_t n, uint32_t at)
{
	for (; at != WHERE_NONE; at = steps[at].parent) {
		struct slice name = steps[at].name;

		if (has_word_of(name, other_words, COUNT_OF(other_words)))
			return false;
		if (has_word_of(name, password_words, COUNT_OF(password_words)))
			return true;
		if (has_word_of(name, cipher_words, COUNT_OF(cipher_words)) &&
		    has_cipher_parts(steps, n))
			return true;
	}
	return false;
}

bool
sealed_found(struct scan *scan)
{
	const struct where *steps;
	const struct span *spans;
	size_t nsteps, nspans, i;

	spans = scan_spans(scan, &nspans);
	steps = scan_steps(scan, &nsteps);
	for (i = 0; i < nspans; i++) {
		if (spans[i].bytes.n < HEX_MIN)
			continue;
		if (is_salted(spans[i].bytes) ||
		    (is_named(steps, nsteps, spans[i].where) &&
			is_blob(scan, spans[i].bytes)))
			return true;
	}
	return false;
}
