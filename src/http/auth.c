/*
 * auth: reads Basic credentials, and only those.  What it decodes is a
 * password: it goes to the caller's buffer and nowhere else, and is wiped
 * here where it turns out to be no good.
 */
#include "http/auth.h"

#include "base/secret.h"
#include "http/field.h"

/* RFC 4648 section 4: 64 for '=', -1 for anything else outside. */
static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : c == '=' ? 64 : -1;
}

/* Four characters to one, two or three bytes: 0 where they are no canonical
 * base64. Padding is good in the last quantum only. */
static size_t
decode_quantum(const char *p, bool last, char out[3])
{
	int v[4], pad = 0;

	for (int i = 0; i < 4; i++) {
		v[i] = base64_value(p[i]);
		if (v[i] < 0 || (v[i] != 64 && pad > 0))
			return 0;
		if (v[i] == 64)
			pad++, v[i] = 0;
	}
	if (pad > 2 || (pad > 0 && !last))
		return 0;
	/* Bits that padding leaves over must be zero: else the same secret
	 * could be spelled in several ways. */
	if ((pad == 1 && (v[2] & 3)) || (pad == 2 && (v[1] & 15)))
		return 0;
	out[0] = (char)(v[0] << 2 | v[1] >> 4);
	out[1] = (char)(v[1] << 4 | v[2] >> 2);
	out[2] = (char)(v[2] << 6 | v[3]);
	return (size_t)(3 - pad);
}

static const char *
decode(struct slice text, char *out, size_t max, size_t *len)
{
	size_t used = 0;

	if (text.n == 0 || text.n % 4 != 0)
		return "credentials are not base64";
	for (size_t i = 0; i < text.n; i += 4) {
		char three[3];
		size_t n = decode_quantum(text.p + i, i + 4 == text.n, three);

		if (n == 0)
			return "credentials are not base64";
		if (n > max - used)
			return "credentials too long";
		for (size_t k = 0; k < n; k++)
			out[used++] = three[k];
		secret_wipe(three, sizeof(three));
	}
	*len = used;
	return NULL;
}

static const char *
split(struct slice all, struct slice *name, struct slice *password)
{
	size_t colon = slice_find(all, ':');

	for (size_t i = 0; i < all.n; i++)
		if ((uint8_t)all.p[i] < ' ' || all.p[i] == 0x7f)
			return "control character in the credentials";
	if (colon == all.n)
		return "credentials without a colon";
	if (colon == 0)
		return "empty user name";
	if (colon + 1 == all.n)
		return "empty password";
	*name = slice_sub(all, 0, colon);
	*password = slice_from_idx(all, colon + 1);
	return NULL;
}

struct slice
auth_scheme(struct slice value)
{
	struct slice scheme = slice_sub(value, 0, slice_find(value, ' '));

	return token_ok(scheme) ? scheme : SLICE_EMPTY;
}

const char *
auth_basic(struct slice value, char *out, size_t max, struct slice *name,
    struct slice *password)
{
	struct slice scheme = auth_scheme(value);
	const char *words;
	size_t len = 0;

	if (!slice_caseeq_str(scheme, "Basic"))
		return "not Basic credentials";
	words = decode(
	    slice_trim(slice_from_idx(value, scheme.n)), out, max, &len);
	if (!words)
		words = split(slice_from(out, len), name, password);
	if (words)
		secret_wipe(out, max);
	return words;
}

const char *
auth_negotiate(struct slice value, char *out, size_t max, struct slice *token)
{
	struct slice scheme = auth_scheme(value);
	const char *words;
	size_t len = 0;

	if (!slice_caseeq_str(scheme, "Negotiate"))
		return "not Negotiate credentials";
	words = decode(
	    slice_trim(slice_from_idx(value, scheme.n)), out, max, &len);
	if (words == NULL)
		*token = slice_from(out, len);
	return words;
}

struct slice
auth_base64(struct arena *arena, struct slice bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	char *p = arena_alloc(arena, (bytes.n + 2) / 3 * 4 + 1);
	size_t n = 0;

	for (size_t i = 0; i < bytes.n; i += 3) {
		uint32_t v = (uint32_t)(uint8_t)bytes.p[i] << 16;

		if (i + 1 < bytes.n)
			v |= (uint32_t)(uint8_t)bytes.p[i + 1] << 8;
		if (i + 2 < bytes.n)
			v |= (uint8_t)bytes.p[i + 2];
		for (size_t k = 0; k < 4; k++)
			p[n++] = i + k <= bytes.n
			    ? digits[v >> (18 - 6 * k) & 63]
			    : '=';
	}
	p[n] = '\0';
	return slice_from(p, n);
}
