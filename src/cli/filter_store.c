/*
 * filter_store: lock, copy, change, put in place.
 *
 * Runs in `sallyport filter`. It never changes a file in place.
 */
#include "cli/filter_store.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/secret.h"

#define KEY_BYTES 32
#define COPIES 20 /* tries, while somebody writes to the file */
#define BETWEEN_COPIES_MS 25

static const char *__attribute__((format(printf, 2, 3)))
say(struct filter_store *store, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(store->why, sizeof(store->why), fmt, args);
	va_end(args);
	return store->why;
}

/* --- the key ----------------------------------------------------------------- */

static const char *
make_key(struct filter_store *store)
{
	unsigned char bytes[KEY_BYTES];
	char text[2 * KEY_BYTES + 2];
	int fd = open(store->key_path,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
	bool good;

	if (fd < 0)
		return say(
		    store, "%.400s: %s", store->key_path, strerror(errno));
	secret_random(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	memcpy(text + 2 * KEY_BYTES, "\n", 2);
	good = write(fd, text, 2 * KEY_BYTES + 1) == 2 * KEY_BYTES + 1 &&
	    fsync(fd) == 0;
	if (!good) {
		say(store, "%.400s: %s", store->key_path, strerror(errno));
		unlink(store->key_path);
	}
	close(fd);
	secret_wipe(bytes, sizeof(bytes));
	secret_wipe(text, sizeof(text));
	return good ? NULL : store->why;
}

const char *
filter_store_key(struct filter_store *store, bool make)
{
	struct secret text = { NULL, 0, 0 };
	const char *wrong = NULL;
	int fd = open(store->key_path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 && errno == ENOENT && make) {
		wrong = make_key(store);
		return wrong ? wrong : filter_store_key(store, false);
	}
	if (fd < 0 || secret_read(&text, fd, TOKEN_KEY_MAX) < 0)
		say(store, "%.400s: %s", store->key_path, strerror(errno));
	else
		store->key = token_key_new(secret_slice(&text), &wrong);
	if (wrong)
		say(store, "%.400s: %s", store->key_path, wrong);
	secret_clear(&text);
	if (fd >= 0)
		close(fd);
	return store->key ? NULL : store->why;
}

/* --- memory -------------------------------------------------------------------- */

static void
drop_memory(struct filter_store *store)
{
	filter_close(store->filter);
	if (store->mem)
		munmap(store->mem, store->size);
	store->filter = NULL;
	store->mem = NULL;
}

static void *
memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* NULL, or why this copy is no filter: perhaps since it was copied while
 * somebody wrote. */
static const char *
copy(struct filter_store *store)
{
	struct mapping mapping = { NULL, 0 };
	const char *wrong;

	if (mapping_open(&mapping, store->replace.fd, false) < 0)
		return errno == EINVAL ? "it is empty or no file"
				       : strerror(errno);
	store->size = mapping.n;
	store->mem = memory(mapping.n);
	if (store->mem)
		memcpy(store->mem, mapping.p, mapping.n);
	mapping_close(&mapping);
	if (!store->mem)
		return "there is not enough memory";
	wrong = filter_open(
	    store->mem, store->size, store->key, FILTER_WRITE, &store->filter);
	if (wrong)
		drop_memory(store);
	return wrong;
}

const char *
filter_store_open(struct filter_store *store)
{
	const struct timespec between = { .tv_nsec = BETWEEN_COPIES_MS *
		    1000000L };
	const char *wrong = NULL;

	if (replace_begin(&store->replace, store->path, false) < 0) {
		store->replace.path = NULL;
		return say(store, "%.400s: %s", store->path, strerror(errno));
	}
	for (int i = 0; i < COPIES; i++) {
		wrong = copy(store);
		if (!wrong)
			return NULL;
		nanosleep(&between, NULL);
	}
	return say(store, "%.400s: %s", store->path, wrong);
}

/* --- changes --------------------------------------------------------------------- */

/* An empty file to put the first filter in the place of. */
static const char *
claim(struct filter_store *store)
{
	int fd = open(store->path,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd >= 0) {
		close(fd);
		if (replace_begin(&store->replace, store->path, false) == 0)
			return NULL;
		unlink(store->path);
	}
	store->replace.path = NULL;
	return say(store, "%.400s: %s", store->path, strerror(errno));
}

const char *
filter_store_fresh(
    struct filter_store *store, const struct filter_params *params)
{
	size_t size = filter_size(params);
	const char *wrong = store->replace.path ? NULL : claim(store);
	void *mem;

	if (wrong)
		return wrong;
	mem = memory(size);
	if (!mem)
		return say(store, "there is not enough memory");
	drop_memory(store);
	store->mem = mem;
	store->size = size;
	wrong = filter_create(mem, size, params, store->key,
	    clock_wall_us() / 1000000, &store->filter);
	return wrong ? say(store, "%.400s: %s", store->path, wrong) : NULL;
}

const char *
filter_store_rotate(struct filter_store *store)
{
	void *mem = memory(store->size);
	struct filter *filter;
	const char *wrong;

	if (!mem)
		return say(store, "there is not enough memory");
	wrong = filter_rotate(store->filter, mem, store->size,
	    clock_wall_us() / 1000000, &filter);
	if (wrong) {
		munmap(mem, store->size);
		return say(store, "%.400s: %s", store->path, wrong);
	}
	drop_memory(store);
	store->mem = mem;
	store->filter = filter;
	return NULL;
}

const char *
filter_store_commit(struct filter_store *store)
{
	if (replace_write(
		&store->replace, slice_from(store->mem, store->size)) == 0)
		return NULL;
	return say(
	    store, "%.400s: not changed: %s", store->path, strerror(errno));
}

void
filter_store_close(struct filter_store *store)
{
	struct stat st;

	drop_memory(store);
	token_key_free(store->key);
	store->key = NULL;
	if (!store->replace.path)
		return;
	/* empty: claimed, and nothing came of it */
	if (stat(store->replace.path, &st) == 0 && st.st_size == 0)
		unlink(store->replace.path);
	replace_end(&store->replace);
	store->replace.path = NULL;
}
