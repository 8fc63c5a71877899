/*
 * name: host names in the one form in which they are compared.
 *
 * Lower case, A-labels (IDNA 2008, UTS 46 non-transitional, through
 * libidn2), no trailing dot.  Address literals in any spelling become an
 * address and never a name.
 */
#ifndef BASE_NAME_H
#define BASE_NAME_H

#include <stdbool.h>

#include "base/addr.h"
#include "base/slice.h"

#define NAME_MAX_LEN 253
#define NAME_SIZE (NAME_MAX_LEN + 1)

struct host {
	bool is_addr;
	struct addr addr;     /* where is_addr; port 0 */
	char name[NAME_SIZE]; /* canonical; an address's text */
	size_t len;
};

/* A host of a URL, a Host field, an SNI or a rule: "Example.COM.",
 * "bücher.example", "[::1]", "0x7f.1". Returns NULL, or what is wrong in
 * words ("host name has an empty label"). Underscores are accepted, as
 * browsers do; "*" is not: see pattern_parse. */
const char *host_parse(struct slice s, struct host *out);

struct slice host_slice(const struct host *host); /* borrowed from host */
bool host_eq(const struct host *a, const struct host *b);

/* "*.example.com" matches every name below example.com, not example.com
 * itself; "example.com" matches just that. Addresses are refused: prefixes are
 * for those. */
struct name_pattern {
	bool wildcard;
	char name[NAME_SIZE]; /* without "*." */
	size_t len;
};

const char *pattern_parse(struct slice s, struct name_pattern *out);
bool pattern_matches(const struct name_pattern *pattern, struct slice name);

/* A name of a certificate (RFC 9525): a host name, an address, or "*." in
 * front of a name with two labels or more, which then stays in out->name.
 * Returns NULL, or what is wrong in words. */
const char *cert_name_parse(struct slice s, struct host *out);
/* Does a certificate with that name speak for the host? "*" stands for one
 * whole label. */
bool cert_name_covers(const struct host *name, const struct host *host);

#endif
