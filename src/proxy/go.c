/*
 * go: makes and checks the tokens. What they allow is step_inspect's.
 */
#include "proxy/go.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/keyed.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"
#include "proxy/account.h"

#define GO_SECONDS 600
#define GO_USED_MAX 4096
#define COOKIE "sallyport-go="

struct go {
	struct keyed *keyed; /* owned; NULL: no key yet */
	struct map *used;    /* tokens that have served, by text */
};

struct go *
go_new(void)
{
	struct go *go = mem_zalloc(sizeof(*go));

	go->used = map_new(GO_USED_MAX, free);
	return go;
}

void
go_free(struct go *go)
{
	if (go == NULL)
		return;
	keyed_free(go->keyed);
	map_free(go->used);
	free(go);
}

void
go_set_key(struct go *go, struct slice key)
{
	keyed_free(go->keyed);
	go->keyed = keyed_new_from(key);
}

/* "expiry.hmac" in hex: nothing in it needs quoting anywhere. */
static void
sign(const struct exchange *x, struct slice path, uint64_t expires,
    char out[GO_TOKEN_SIZE])
{
	unsigned char tag[KEYED_SIZE] = { 0 };
	struct slice text = arena_printf(x->arena, "%s\n%s\n%u\n%.*s\n%llu",
	    x->account->name, x->host.name, x->port, SLICE_ARG(path),
	    (unsigned long long)expires);
	int n = snprintf(
	    out, GO_TOKEN_SIZE, "%llx.", (unsigned long long)expires);

	keyed_hash(x->client->worker->go->keyed, text, tag);
	for (size_t i = 0; i < sizeof(tag); i++)
		n += snprintf(
		    out + n, GO_TOKEN_SIZE - (size_t)n, "%02x", tag[i]);
}

void
go_make(const struct exchange *x, char out[GO_TOKEN_SIZE])
{
	out[0] = '\0';
	if (x->client->worker->go->keyed != NULL)
		sign(x, x->request.target.path,
		    clock_wall_us() / 1000000 + GO_SECONDS, out);
}

bool
go_check(const struct exchange *x, struct slice path, struct slice token)
{
	char text[GO_TOKEN_SIZE], want[GO_TOKEN_SIZE];
	uint64_t expires;

	if (x->client->worker->go->keyed == NULL || token.n >= sizeof(text))
		return false;
	memcpy(text, token.p, token.n);
	text[token.n] = '\0';
	expires = strtoull(text, NULL, 16);
	if (expires < clock_wall_us() / 1000000)
		return false;
	sign(x, path, expires, want);
	return secret_eq(slice_of(want), token);
}

/* --- the cookie -------------------------------------------------------------- */

/* The value of our cookie among "a=b; c=d"; empty: not there. */
static struct slice
find_cookie(struct slice value)
{
	struct slice part;

	while (slice_split(&value, ';', &part)) {
		part = slice_trim(part);
		if (slice_starts(part, SLICE(COOKIE)))
			return slice_from_idx(part, sizeof(COOKIE) - 1);
	}
	return SLICE_EMPTY;
}

bool
go_is_granted(struct exchange *x)
{
	struct go *go = x->client->worker->go;
	struct slice token;

	token = x->go_cookie;
	if (token.n == 0 || !go_check(x, x->request.target.path, token) ||
	    map_get(go->used, token) != NULL)
		return false;
	map_set(go->used, token, mem_dup("used"));
	return true;
}

/* One allocation, as a peer chooses the number of parts. */
static struct slice
without(struct exchange *x, struct slice value)
{
	char *p = arena_alloc(x->arena, 2 * value.n + 2);
	struct slice part;
	size_t n = 0;

	while (slice_split(&value, ';', &part)) {
		part = slice_trim(part);
		if (part.n == 0 || slice_starts(part, SLICE(COOKIE)))
			continue;
		if (n > 0) {
			p[n++] = ';';
			p[n++] = ' ';
		}
		memcpy(p + n, part.p, part.n);
		n += part.n;
	}
	return slice_from(p, n);
}

void
go_strip(struct exchange *x)
{
	struct head *head = &x->request;
	size_t kept = 0;

	for (size_t i = 0; i < head->nfields; i++) {
		struct field *field = &head->fields[i];
		struct slice token = SLICE_EMPTY;

		if (field->id == FIELD_COOKIE)
			token = find_cookie(field->value);
		if (token.n > 0) {
			x->go_cookie = token;
			field->value = without(x, field->value);
		}
		if (token.n == 0 || field->value.n > 0)
			head->fields[kept++] = *field;
	}
	head->nfields = kept;
}

bool
go_is_answer(const struct exchange *x)
{
	return x->request.method == METHOD_POST &&
	    slice_eq_str(x->request.target.path, GO_PATH);
}
