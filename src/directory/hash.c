/*
 * hash: crypt(3) behind a door that only lets known forms through.
 *
 * Runs in the directory process (on the checker's threads) and in `user`.
 * It never hands crypt(3) a setting it has not recognised: what libxcrypt
 * makes of an odd one may be weak, endless or of a gigabyte.
 */
#include "directory/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <crypt.h>

#include "base/mem.h"
#include "base/secret.h"

#define BCRYPT_LEN 60
#define BCRYPT_HEAD 7 /* "$2y$10$" */
#define BCRYPT_COST 10
#define SHA512_SALT_MAX 16
#define SHA512_DIGEST_LEN 86
#define YESCRYPT_HEAD 7 /* "$y$j9T$" */
#define YESCRYPT_SALT_MAX 24
#define YESCRYPT_DIGEST_LEN 43
#define YESCRYPT_COST 5 /* 16 MB and about 20 ms */

/* crypt(3)'s digits of 64, in order */
static const char digits[] =
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* What files hold as well, and what to tell their owner. */
static const struct {
	const char *prefix, *words;
} refused[] = {
	{ "$apr1$", "the hash is Apache's MD5, which is too weak" },
	{ "{SHA}", "the hash is unsalted SHA-1, which is too weak" },
	{ "{SSHA}", "the hash is SHA-1, which is too weak" },
	{ "$1$", "the hash is MD5 crypt, which is too weak" },
	{ "$5$", "the hash is SHA-256 crypt, which is not accepted" },
	{ "$2x$", "the hash is of the broken bcrypt $2x$" },
	{ "$gy$", "the hash is gost-yescrypt, which is not accepted" },
	{ "$7$", "the hash is scrypt, which is not accepted" },
	{ "$argon2", "the hash is Argon2, which crypt(3) doesn't know" },
	{ "!", "the account is locked (its hash starts with '!')" },
	{ "*", "the account is locked (its hash starts with '*')" },
};

const char *
hash_kind_name(enum hash_kind kind)
{
	switch (kind) {
	case HASH_YESCRYPT:
		return "yescrypt";
	case HASH_BCRYPT:
		return "bcrypt";
	case HASH_SHA512:
		return "sha512crypt";
	}
	return "?";
}

static bool
all_digits64(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!s.p[i] || !strchr(digits, s.p[i]))
			return false;
	return true;
}

static bool
is_kind(struct slice text, enum hash_kind *kind)
{
	if (slice_starts(text, SLICE("$y$")))
		*kind = HASH_YESCRYPT;
	else if (slice_starts(text, SLICE("$2a$")) ||
	    slice_starts(text, SLICE("$2b$")) ||
	    slice_starts(text, SLICE("$2y$")))
		*kind = HASH_BCRYPT;
	else if (slice_starts(text, SLICE("$6$")))
		*kind = HASH_SHA512;
	else
		return false;
	return true;
}

static const char *
check_bcrypt(struct slice text)
{
	uint64_t cost;

	if (text.n != BCRYPT_LEN || text.p[BCRYPT_HEAD - 1] != '$' ||
	    slice_to_u64(slice_sub(text, 4, 2), 99, &cost) < 0 || cost < 4 ||
	    !all_digits64(slice_from_idx(text, BCRYPT_HEAD)))
		return "the bcrypt hash is damaged";
	if (cost > HASH_BCRYPT_COST_MAX)
		return "the bcrypt hash costs too much (above 15)";
	return NULL;
}

static const char *
check_salt_and_digest(
    struct slice rest, size_t salt_max, size_t digest_len, const char *damaged)
{
	size_t dollar = slice_find(rest, '$');

	if (dollar == rest.n || dollar > salt_max ||
	    rest.n - dollar - 1 != digest_len ||
	    !all_digits64(slice_sub(rest, 0, dollar)) ||
	    !all_digits64(slice_from_idx(rest, dollar + 1)))
		return damaged;
	return NULL;
}

static const char *
check_sha512(struct slice text)
{
	static const char damaged[] = "the SHA-512 hash is damaged";
	struct slice rest = slice_from_idx(text, 3), rounds;
	uint64_t n;

	if (slice_starts(rest, SLICE("rounds="))) {
		rest = slice_from_idx(rest, 7);
		if (!slice_split(&rest, '$', &rounds) ||
		    slice_to_u64(rounds, UINT32_MAX, &n) < 0 || n < 1000)
			return damaged;
		if (n > HASH_SHA512_ROUNDS_MAX)
			return "the SHA-512 hash costs too much (above "
			       "2000000 rounds)";
	}
	return check_salt_and_digest(
	    rest, SHA512_SALT_MAX, SHA512_DIGEST_LEN, damaged);
}

/* "j" for the usual flavour, the binary logarithm of the blocks less one,
 * the size of a block less one: 'D' and 'T' make 256 MB. */
static const char *
check_yescrypt(struct slice text)
{
	static const char damaged[] = "the yescrypt hash is damaged";
	const char *blocks, *size;

	if (text.n < YESCRYPT_HEAD || text.p[YESCRYPT_HEAD - 1] != '$' ||
	    !all_digits64(slice_sub(text, 3, 3)))
		return "the yescrypt hash has parameters that are not known";
	blocks = strchr(digits, text.p[4]);
	size = strchr(digits, text.p[5]);
	if (text.p[3] != 'j' || blocks < strchr(digits, '5'))
		return "the yescrypt hash has parameters that are not known";
	if (blocks > strchr(digits, 'D') || size > strchr(digits, 'T'))
		return "the yescrypt hash costs too much (above 256 MB)";
	return check_salt_and_digest(slice_from_idx(text, YESCRYPT_HEAD),
	    YESCRYPT_SALT_MAX, YESCRYPT_DIGEST_LEN, damaged);
}

const char *
hash_check(struct slice text, enum hash_kind *kind)
{
	if (text.n == 0)
		return "there is no hash";
	if (!is_kind(text, kind)) {
		for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
			if (slice_starts(text, slice_of(refused[i].prefix)))
				return refused[i].words;
		return "this is no password hash that is known";
	}
	if (text.n >= HASH_TEXT_SIZE)
		return "the hash is too long";
	switch (*kind) {
	case HASH_YESCRYPT:
		return check_yescrypt(text);
	case HASH_BCRYPT:
		return check_bcrypt(text);
	case HASH_SHA512:
		return check_sha512(text);
	}
	return "this is no password hash that is known";
}

struct slice
hash_cost(struct slice text)
{
	struct slice rest = slice_from_idx(text, 3);

	if (!slice_starts(text, SLICE("$6$")))
		return slice_sub(text, 0, YESCRYPT_HEAD);
	if (slice_starts(rest, SLICE("rounds=")))
		return slice_sub(text, 0, 3 + slice_find(rest, '$'));
	return slice_sub(text, 0, 3);
}

bool
hash_matches(const char *hash, struct slice password)
{
	char text[PASSWORD_MAX_LEN + 1];
	struct crypt_data *data;
	const char *got;
	bool matches;

	if (password.n > PASSWORD_MAX_LEN ||
	    slice_find(password, '\0') < password.n)
		return false;
	memcpy(text, password.p ? password.p : "", password.n);
	text[password.n] = '\0';
	data = mem_zalloc(sizeof(*data));
	got = crypt_rn(text, hash, data, (int)sizeof(*data));
	matches = got && secret_eq(slice_of(got), slice_of(hash));
	secret_wipe(text, sizeof(text));
	secret_wipe(data, sizeof(*data));
	free(data);
	return matches;
}

static const char *
judge_password(enum hash_kind kind, struct slice password)
{
	if (password.n == 0)
		return "the password is empty";
	if (password.n > PASSWORD_MAX_LEN)
		return "the password is longer than 511 bytes";
	if (kind == HASH_BCRYPT && password.n > PASSWORD_BCRYPT_MAX_LEN)
		return "bcrypt takes no password of more than 72 bytes";
	for (size_t i = 0; i < password.n; i++)
		if ((unsigned char)password.p[i] < 0x20 ||
		    password.p[i] == 0x7f)
			return "the password has a control character";
	return NULL;
}

const char *
hash_make(enum hash_kind kind, struct slice password, char out[HASH_TEXT_SIZE])
{
	bool bcrypt = kind == HASH_BCRYPT;
	const char *wrong = judge_password(kind, password), *got = NULL;
	char setting[CRYPT_GENSALT_OUTPUT_SIZE], text[PASSWORD_MAX_LEN + 1];
	struct crypt_data *data;

	if (wrong)
		return wrong;
	memcpy(text, password.p, password.n);
	text[password.n] = '\0';
	data = mem_zalloc(sizeof(*data));
	if (crypt_gensalt_rn(bcrypt ? "$2y$" : "$y$",
		bcrypt ? BCRYPT_COST : YESCRYPT_COST, NULL, 0, setting,
		(int)sizeof(setting)))
		got = crypt_rn(text, setting, data, (int)sizeof(*data));
	if (!got || strlen(got) >= HASH_TEXT_SIZE)
		wrong = "crypt(3) of this system can't make such a hash";
	else
		snprintf(out, HASH_TEXT_SIZE, "%s", got);
	secret_wipe(text, sizeof(text));
	secret_wipe(data, sizeof(*data));
	free(data);
	return wrong;
}
