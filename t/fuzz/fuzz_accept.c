/*
 * fuzz_accept: an Accept-Language field.
 *
 * Beyond not crashing: the answer is one of the languages, and asking for
 * that one before all else, in front of the same field, changes nothing.
 */
#include "fuzz.h"

#include <string.h>

#include "base/must.h"
#include "http/accept.h"

#define FIELD_MAX 512

static const char *const tags[] = { "en", "de", "fr", "es", "zh" };
#define NTAGS (sizeof(tags) / sizeof(*tags))

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t at = accept_language(slice_from(p, n), tags, NTAGS);
	char longer[FIELD_MAX + 3];

	must(at < NTAGS);
	if (n > FIELD_MAX)
		return 0;
	memcpy(longer, tags[at], 2);
	longer[2] = ',';
	if (n > 0)
		memcpy(longer + 3, p, n);
	must(accept_language(slice_from(longer, n + 3), tags, NTAGS) == at);
	return 0;
}
