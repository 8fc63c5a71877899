/*
 * fuzz_target: request targets, Host fields and the paths in them.
 */
#include "fuzz.h"

#include "base/must.h"
#include "http/path.h"
#include "http/target.h"

static void
check_paths(struct slice path, struct arena *arena)
{
	struct slice strict = path_strict(path, arena);
	struct slice loose = path_loose(path, arena);

	must(strict.n > 0 && strict.p[0] == '/');
	must(loose.n > 0 && loose.p[0] == '/');
	must(slice_eq(path_strict(strict, arena), strict));
	must(slice_search(strict, SLICE("/../")) == strict.n);
	must(slice_search(loose, SLICE("/../")) == loose.n);
	must(slice_search(loose, SLICE("//")) == loose.n);
	must(slice_find(loose, '\\') == loose.n);
	must(!slice_ends(strict, SLICE("/..")));
	must(!slice_ends(loose, SLICE("/..")));
}

static void
check_authority(struct slice s, uint16_t standard, struct arena *arena)
{
	struct host host, again;
	uint16_t port, port_again;
	struct slice text;

	if (authority_parse(s, standard, &host, &port))
		return;
	text = authority_text(arena, &host, port, standard);
	must(!authority_parse(text, standard, &again, &port_again));
	must(host_eq(&host, &again) && port == port_again);
}

static void
check_target(struct slice s, bool connect, bool options, struct arena *arena)
{
	struct target target;

	if (target_parse(s, connect, options, arena, &target))
		return;
	must((target.form == TARGET_AUTHORITY) == connect);
	must(connect || target.path_query.n > 0);
	for (size_t i = 0; i < target.path_query.n; i++)
		must(target.path_query.p[i] > ' ' &&
		    target.path_query.p[i] < 0x7f &&
		    target.path_query.p[i] != '#');
	if (target.form == TARGET_ABSOLUTE || connect)
		must(target.host.len > 0 && target.port > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice s = slice_from(p, n);
	struct arena *arena = arena_new(1024);

	check_paths(s, arena);
	check_authority(s, 0, arena);
	check_authority(s, 443, arena);
	check_target(s, false, false, arena);
	check_target(s, false, true, arena);
	check_target(s, true, false, arena);
	arena_free(arena);
	return 0;
}
