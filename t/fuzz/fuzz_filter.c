/*
 * fuzz_filter: a filter file, as damage or a thief may have left it.
 *
 * The key is known here, and every other input is sealed anew, so that what
 * stands behind the header's seal is reached too.
 */
#include "fuzz.h"
#include "the_key.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "credential/filter_file.h"

#define FILE_MAX_BYTES ((size_t)1 << 18)

static void
seal_again(void *mem, size_t size)
{
	struct filter filter = { .key = the_key() };

	if (size < FILTER_PAGE)
		return;
	filter_file_map(&filter, mem, size, FILTER_SEGMENT_BLOCKS);
	filter.header->key_id = token_key_id(filter.key);
	filter_file_seal_header(&filter);
}

static void
use(void *mem, size_t size, enum filter_mode mode)
{
	struct token token = { { 1, 2, 3 } };
	struct filter_info info;
	struct filter *filter = NULL;
	const char *reason;

	reason = filter_open(mem, size, the_key(), mode, &filter);
	must((reason == NULL) == (filter != NULL));
	if (filter == NULL)
		return;
	filter_info(filter, &info);
	must(info.size == size);
	if (mode == FILTER_WRITE)
		filter_add(filter, &token, 1);
	must(mode == FILTER_READ || filter_test(filter, &token));
	filter_close(filter);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	void *mem;

	if (n > FILE_MAX_BYTES)
		return 0;
	mem = mem_alloc(n ? n : 1);
	if (n > 0)
		memcpy(mem, p, n);
	use(mem, n, FILTER_READ);
	use(mem, n, FILTER_WRITE);
	seal_again(mem, n);
	use(mem, n, FILTER_WRITE);
	free(mem);
	return 0;
}
