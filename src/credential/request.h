/*
 * request: which bytes of a request are looked into.
 *
 * The query, the path's segments and parameters, user info in the target,
 * Authorization with the Basic scheme (also where a cookie carries it), header
 * fields that no standard knows, and the body without its content codings.
 * Proxy-Authorization is the proxy's own and is not looked at.
 */
#ifndef CREDENTIAL_REQUEST_H
#define CREDENTIAL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "credential/scan.h"

struct request_field {
	struct slice name;
	struct slice value;
};

/* All slices are borrowed and must live until the scan is cleared. */
struct request_view {
	struct slice target; /* as sent: origin or absolute form */
	const struct request_field *fields;
	size_t nfields;
	struct slice body; /* without transfer coding; may be the first part */
	bool body_cut;     /* there is more than that */
};

/* Clears the scan, takes the request apart, runs to the end. */
void request_scan(struct scan *scan, const struct request_view *request);

/* The path of a target in origin form alone: enough of a request that has
 * nothing else, as of most pictures and scripts. */
void request_scan_path(struct scan *scan, struct slice target);

/* Whether request_scan() would pass this field over. */
bool request_passes_field(struct slice name, struct slice value);

/* The same for one message of a WebSocket (credential/ws.h). */
void request_scan_message(struct scan *scan, struct slice message);

#endif
