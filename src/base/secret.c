/*
 * secret: where passwords, keys and keytabs are held while they are needed.
 *
 * Runs in the processes that hold secrets: signer, directory, supervisor at
 * start.  Every secret has pages of its own, because locking and unlocking
 * work on pages and a neighbour on the heap would be unlocked along with it.
 * It never formats, logs or compares in a time that depends on the bytes.
 */
#include "base/secret.h"

#include <sys/mman.h>
#include <sys/random.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "base/log.h"
#include "base/mem.h"

static size_t
page_round(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t padded;

	if (!mem_add(size, page - 1, &padded))
		fatal("out of memory (a secret of %zu bytes)", size);
	return padded / page * page;
}

static void *
pages_open(size_t size)
{
	size_t len = page_round(size);
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		fatal("out of memory (a secret of %zu bytes)", size);
	/* Both are best effort: RLIMIT_MEMLOCK may be small, and a secret in
	 * memory that might be swapped beats a proxy that won't start. */
	(void)mlock(p, len);
	(void)madvise(p, len, MADV_DONTDUMP);
	return p;
}

static void
pages_close(void *p, size_t size)
{
	size_t len = page_round(size);

	OPENSSL_cleanse(p, size);
	munmap(p, len); /* unlocks as well */
}

void
secret_init(struct secret *secret, size_t cap)
{
	secret->p = cap ? pages_open(cap) : NULL;
	secret->n = 0;
	secret->cap = cap;
}

void
secret_set(struct secret *secret, const void *p, size_t n)
{
	struct secret bigger;

	if (n > secret->cap) {
		secret_init(&bigger, n);
		memcpy(bigger.p, p, n); /* p may lie in the old one */
		bigger.n = n;
		secret_clear(secret);
		*secret = bigger;
		return;
	}
	if (n)
		memmove(secret->p, p, n);
	if (n < secret->n)
		OPENSSL_cleanse(secret->p + n, secret->n - n);
	secret->n = n;
}

void
secret_clear(struct secret *secret)
{
	if (secret->p)
		pages_close(secret->p, secret->cap);
	*secret = (struct secret){ 0 };
}

/* Until the end of fd or until the secret is full. */
static int
fill(struct secret *secret, int fd)
{
	while (secret->n < secret->cap) {
		ssize_t got = read(
		    fd, secret->p + secret->n, secret->cap - secret->n);

		if (got == 0)
			return 0;
		if (got > 0)
			secret->n += (size_t)got;
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

int
secret_read(struct secret *secret, int fd, size_t max)
{
	struct secret fresh;
	size_t cap;
	int error = 0;

	if (!mem_add(max, 1, &cap)) /* one more tells too long from full */
		fatal("out of memory (a secret of %zu bytes)", max);
	secret_init(&fresh, cap);
	if (fill(&fresh, fd) < 0)
		error = errno;
	else if (fresh.n > max)
		error = EFBIG;
	if (error) {
		secret_clear(&fresh);
		errno = error;
		return -1;
	}
	secret_clear(secret);
	*secret = fresh;
	return 0;
}

struct slice
secret_slice(const struct secret *secret)
{
	return slice_from(secret->p, secret->n);
}

bool
secret_eq(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int differ = n ? CRYPTO_memcmp(a.p, b.p, n) : 0;

	return (differ == 0) & (a.n == b.n);
}

void
secret_wipe(void *p, size_t n)
{
	if (n)
		OPENSSL_cleanse(p, n);
}

void
secret_random(void *p, size_t n)
{
	unsigned char *at = p;

	while (n) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			fatal("no random bytes: %s", strerror(errno));
		at += got;
		n -= (size_t)got;
	}
}
