/*
 * fuzz_facts: an origin's certificate, as an origin may send it.
 *
 * Beyond not crashing: what comes out is within its bounds and in the form
 * in which the signer takes it.
 */
#include "fuzz.h"

#include <string.h>

#include "base/must.h"
#include "base/utf8.h"
#include "net/facts.h"

static void
check_text(const char *text)
{
	must(strlen(text) < FACTS_TEXT_SIZE);
	must(text[0] == '\0' || utf8_is_plain(slice_of(text), FACTS_CHARS_MAX));
}

static void
check_names(const struct facts *facts)
{
	struct slice rest = slice_from(facts->names, facts->names_len), line;
	struct host name;
	size_t n = 0;

	while (facts->names_len > 0 && slice_split(&rest, '\n', &line)) {
		must(cert_name_parse(line, &name) == NULL);
		must(slice_eq(line, host_slice(&name)));
		n++;
	}
	must(n == facts->nnames && n <= FACTS_NAMES_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct facts *facts = facts_read_der(slice_from(p, n));

	if (facts == NULL)
		return 0;
	check_text(facts->cn);
	check_text(facts->org);
	check_names(facts);
	must(facts->not_before >= 1 && facts->not_after >= 1);
	facts_free(facts);
	return 0;
}
