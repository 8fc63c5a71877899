/*
 * wipe: malloc(3) with the size in front, so that free can erase.
 *
 * Never used for our own buffers: those know their length.
 */
#include "credential/wipe.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/secret.h"

/* Keeps what follows aligned for any type. */
#define WIPE_HEAD _Alignof(max_align_t)

static size_t
size_of(const void *p)
{
	size_t size;

	memcpy(&size, (const char *)p - WIPE_HEAD, sizeof(size));
	return size;
}

void *
wipe_alloc(size_t size)
{
	char *p;
	size_t total;

	must(mem_add(size, WIPE_HEAD, &total));
	p = mem_alloc(total);
	memcpy(p, &size, sizeof(size));
	return p + WIPE_HEAD;
}

void *
wipe_resize(void *old, size_t size)
{
	void *p = wipe_alloc(size);

	if (old != NULL) {
		memcpy(p, old, size_of(old) < size ? size_of(old) : size);
		wipe_free(old);
	}
	return p;
}

void
wipe_free(void *p)
{
	if (p == NULL)
		return;
	secret_wipe(p, size_of(p));
	free((char *)p - WIPE_HEAD);
}
