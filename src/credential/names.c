/*
 * names: canonical forms, and a table of them.
 *
 * Never tells a name to anybody: the table keeps hashes of names and the
 * logins they stand for.
 */
#include "credential/names.h"

#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <uninorm.h>

#include "base/mem.h"
#include "base/secret.h"
#include "credential/text.h"

struct entry {
	uint64_t hash;    /* 0: free */
	uint32_t account; /* offset in the logins */
};

struct names {
	struct entry *slots; /* owned */
	size_t cap, count;   /* cap: a power of two */
	char *logins;        /* owned; each behind one byte of length */
	size_t used, room;
	uint32_t last; /* where the login added last stands */
	uint64_t seed;
};

/* value: UTF-8. Returns its length in out; 0: it does not fit. */
static size_t
fold_case(struct slice value, char out[CREDENTIAL_NAME_MAX])
{
	size_t n = CREDENTIAL_NAME_MAX;
	uint8_t *made = u8_casefold((const uint8_t *)value.p, value.n, NULL,
	    UNINORM_NFC, (uint8_t *)out, &n);

	if (made == (uint8_t *)out)
		return n < CREDENTIAL_NAME_MAX ? n : 0;
	/* too long, so it was put elsewhere */
	if (made != NULL)
		secret_wipe(made, n);
	free(made);
	return 0;
}

size_t
name_canonical(struct slice value, char out[CREDENTIAL_NAME_MAX])
{
	unsigned mask = 0;
	size_t i;

	value = text_trim(value);
	if (value.n == 0 || value.n >= CREDENTIAL_NAME_MAX)
		return 0;
	for (i = 0; i < value.n; i++) {
		mask |= text_class(value.p[i]);
		out[i] = value.p[i] >= 'A' && value.p[i] <= 'Z'
		    ? (char)(value.p[i] + 32)
		    : value.p[i];
	}
	if (mask & (HAS_CONTROL | HAS_LINE | HAS_BLANK))
		return 0;
	if (!(mask & HAS_HIGH))
		return value.n;
	return text_is_utf8(value) ? fold_case(value, out) : 0;
}

static bool
ask(const struct names_source *source, struct slice name, struct slice *account)
{
	return name.n > 0 && source->find(source->arg, name, account);
}

bool
name_find(const struct names_source *source, struct slice value,
    struct slice *account)
{
	char buf[CREDENTIAL_NAME_MAX];
	struct slice name = slice_from(buf, name_canonical(value, buf)), unused;
	size_t cut;

	if (name.n == 0)
		return false;
	if (ask(source, name, account))
		return true;
	cut = slice_find(name, '\\');
	if (cut == name.n)
		cut = slice_find(name, '/');
	if (cut < name.n)
		return ask(source, slice_from_idx(name, cut + 1), account);
	cut = slice_rfind(name, '@');
	return cut < name.n &&
	    ask(source, slice_from_idx(name, cut), &unused) &&
	    ask(source, slice_sub(name, 0, cut), account);
}

struct names *
names_new(void)
{
	struct names *names = mem_zalloc(sizeof(*names));

	names->cap = 64;
	names->slots = mem_zalloc(names->cap * sizeof(*names->slots));
	secret_random(&names->seed, sizeof(names->seed));
	return names;
}

void
names_free(struct names *names)
{
	if (names == NULL)
		return;
	free(names->slots);
	free(names->logins);
	free(names);
}

static uint64_t
hash_name(const struct names *names, struct slice name)
{
	uint64_t hash = slice_hash(name, names->seed);

	return hash ? hash : 1;
}

/* The slot of hash, or the free one where it belongs. */
static struct entry *
slot_of(const struct names *names, uint64_t hash)
{
	size_t i = hash & (names->cap - 1);

	while (names->slots[i].hash != 0 && names->slots[i].hash != hash)
		i = (i + 1) & (names->cap - 1);
	return &names->slots[i];
}

static void
grow(struct names *names)
{
	struct entry *old = names->slots;
	size_t cap = names->cap, i;

	names->cap *= 2;
	names->slots = mem_zalloc(names->cap * sizeof(*names->slots));
	for (i = 0; i < cap; i++) {
		if (old[i].hash != 0)
			*slot_of(names, old[i].hash) = old[i];
	}
	free(old);
}

/* The login's place, which it shares with its other names where they were
 * added in a row. */
static uint32_t
keep_login(struct names *names, struct slice login)
{
	uint32_t last = names->last;
	struct slice before;

	if (names->used > 0) {
		before = slice_from(names->logins + last + 1,
		    (unsigned char)names->logins[last]);
		if (slice_eq(before, login))
			return last;
	}
	if (names->room - names->used < login.n + 1) {
		names->room = names->room * 2 + 4096;
		names->logins = mem_resize(names->logins, names->room, 1);
	}
	last = (uint32_t)names->used;
	names->logins[names->used] = (char)login.n;
	memcpy(names->logins + names->used + 1, login.p, login.n);
	names->used += login.n + 1;
	return last;
}

bool
names_add(struct names *names, struct slice name, struct slice account)
{
	char buf[CREDENTIAL_NAME_MAX], login[CREDENTIAL_NAME_MAX];
	size_t n = name_canonical(name, buf);
	size_t m = name_canonical(account, login);
	struct entry *entry;
	uint64_t hash;

	if (n == 0 || m == 0 || names->used > UINT32_MAX - 512)
		return false;
	if (names->count * 2 >= names->cap)
		grow(names);
	hash = hash_name(names, slice_from(buf, n));
	entry = slot_of(names, hash);
	names->count += entry->hash == 0;
	entry->hash = hash;
	names->last = keep_login(names, slice_from(login, m));
	entry->account = names->last;
	return true;
}

size_t
names_count(const struct names *names)
{
	return names->count;
}

static bool
find(void *arg, struct slice name, struct slice *account)
{
	struct names *names = arg;
	struct entry *entry = slot_of(names, hash_name(names, name));

	if (entry->hash == 0)
		return false;
	*account = slice_from(names->logins + entry->account + 1,
	    (unsigned char)names->logins[entry->account]);
	return true;
}

struct names_source
names_source(struct names *names)
{
	return (struct names_source){ find, names };
}
