/*
 * region: anonymous shared memory in the place of a file.
 */
#include "region.h"

#include <sys/mman.h>

#include <string.h>

#include <xxhash.h>

#include "base/must.h"

void
region_init(struct region *region, size_t size)
{
	region->size = size;
	region->mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(region->mem != MAP_FAILED);
}

void
region_clear(struct region *region)
{
	munmap(region->mem, region->size);
}

struct filter *
region_filter(struct region *region, const struct filter_params *params,
    const struct token_key *key)
{
	struct filter *filter;

	region_init(region, filter_size(params));
	must(filter_create(region->mem, region->size, params, key, 1000,
		 &filter) == NULL);
	filter_seal(filter, 1000);
	return filter;
}

struct token_key *
region_key(const char *text)
{
	const char *reason;
	struct token_key *key = token_key_new(slice_of(text), &reason);

	must(key != NULL);
	return key;
}

struct token
entry(uint64_t i)
{
	XXH128_hash_t a = XXH3_128bits_withSeed(&i, sizeof(i), 1);
	XXH128_hash_t b = XXH3_128bits_withSeed(&i, sizeof(i), 2);
	struct token token;

	memcpy(token.b, &a, 16);
	memcpy(token.b + 16, &b, 16);
	return token;
}
