/*
 * path: the path of a URL in the two forms in which rules compare it.
 *
 * Servers differ in how they read a path: some take "%2f" or "\" for "/",
 * merge repeated slashes, cut path parameters ("..;x"), or decode twice.  A
 * rule must hold whichever of them stands behind the proxy.  So there are
 * two readings, and a path rule that denies is to match by either of them, a
 * path rule that allows only by both:
 *
 * strict: RFC 3986 section 6.2.2.  Escaped characters that may stand bare in
 *   a path are decoded, those that may not are escaped in upper case, dot
 *   segments are removed; slashes are kept as they are.
 * loose: what the most lenient server could make of it.  Everything is
 *   decoded (up to three times over), "\" is "/", slashes are merged,
 *   parameters are cut from dot segments, then those are removed.  It may
 *   hold any byte, NUL too.
 *
 * Letters keep their case in both.
 */
#ifndef HTTP_PATH_H
#define HTTP_PATH_H

#include "base/arena.h"
#include "base/slice.h"

/* path: without a query; an empty one is "/". The results live in arena, or
 * are path itself where nothing had to change. */
struct slice path_strict(struct slice path, struct arena *arena);
struct slice path_loose(struct slice path, struct arena *arena);

#endif
