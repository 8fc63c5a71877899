/*
 * fuzz_host: whatever spells a host, an address, a prefix or a pattern.
 *
 * Beyond not crashing: what is accepted has one canonical form, and reading
 * that form again changes nothing.
 */
#include "fuzz.h"

#include <string.h>

#include "base/addr.h"
#include "base/must.h"
#include "base/name.h"
#include "base/prefix.h"
#include "base/reach.h"

static void
try_host(struct slice s)
{
	struct host host, again;

	if (host_parse(s, &host))
		return;
	must(host.len > 0 && host.len <= NAME_MAX_LEN);
	must(host.name[host.len] == '\0');
	must(!host_parse(host_slice(&host), &again));
	must(host_eq(&host, &again));
	must(slice_eq(host_slice(&host), host_slice(&again)));
}

static void
try_addr(struct slice s)
{
	struct addr strict, loose, inside;
	char text[ADDR_TEXT_SIZE];
	char port[ADDR_TEXT_SIZE];

	if (addr_parse_loose(s, &loose) < 0) {
		must(addr_parse(s, &strict) < 0);
		return;
	}
	must(addr_parse(slice_of(addr_text(text, &loose)), &strict) == 0);
	must(addr_eq(&strict, &loose));
	must(strstr(addr_text_port(port, &loose), ":0") != NULL);
	inside = addr_unfold(loose);
	strict = addr_unfold(inside);
	must(addr_eq(&inside, &strict));
	must(!addr_is_special(&loose) || addr_is_internal(&loose));
}

static void
try_prefix(struct slice s)
{
	struct prefix prefix, again;
	struct addr first = { 0 };
	char text[ADDR_TEXT_SIZE];

	if (prefix_parse(s, &prefix))
		return;
	must(!prefix_parse(slice_of(prefix_text(text, &prefix)), &again));
	must(memcmp(&prefix, &again, sizeof(prefix)) == 0);
	memcpy(first.ip, prefix.ip, sizeof(first.ip));
	must(prefix_has(&prefix, &first));
	must(prefix_covers(&prefix, &again));
}

static void
try_pattern(struct slice s)
{
	struct name_pattern pattern;
	struct slice name;

	if (pattern_parse(s, &pattern))
		return;
	name = slice_from(pattern.name, pattern.len);
	must(pattern_matches(&pattern, name) == !pattern.wildcard);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice s = slice_from(p, n);

	try_host(s);
	try_addr(s);
	try_prefix(s);
	try_pattern(s);
	return 0;
}
