/*
 * keyring: a short list. It opens no file and parses no key.
 */
#include "proxy/keyring.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/secret.h"

struct key {
	char *path; /* owned */
	struct secret pem;
};

struct keyring {
	struct key *v; /* owned */
	size_t n, cap;
};

struct keyring *
keyring_new(void)
{
	return mem_zalloc(sizeof(struct keyring));
}

void
keyring_free(struct keyring *keyring)
{
	if (keyring == NULL)
		return;
	for (size_t i = 0; i < keyring->n; i++) {
		free(keyring->v[i].path);
		secret_clear(&keyring->v[i].pem);
	}
	free(keyring->v);
	free(keyring);
}

static struct key *
find(const struct keyring *keyring, struct slice path)
{
	for (size_t i = 0; i < keyring->n; i++)
		if (slice_eq_str(path, keyring->v[i].path))
			return &keyring->v[i];
	return NULL;
}

static struct key *
add(struct keyring *keyring, struct slice path)
{
	struct key *key;

	if (keyring->n == KEYRING_MAX)
		return NULL;
	keyring->v = mem_grow(
	    keyring->v, keyring->n, &keyring->cap, sizeof(*keyring->v));
	key = &keyring->v[keyring->n++];
	key->path = slice_dup(path);
	secret_init(&key->pem, 0);
	return key;
}

const char *
keyring_put(struct keyring *keyring, struct slice path, int fd)
{
	struct key *key = find(keyring, path);
	const char *why = NULL;

	if (key == NULL)
		key = add(keyring, path);
	if (key == NULL)
		why = "there are too many keys";
	else if (secret_read(&key->pem, fd, KEYRING_FILE_MAX) == -1)
		why = "a key can't be read";
	close(fd);
	return why;
}

struct slice
keyring_get(const struct keyring *keyring, const char *path)
{
	const struct key *key = find(keyring, slice_of(path));

	return key == NULL ? SLICE_EMPTY : secret_slice(&key->pem);
}
