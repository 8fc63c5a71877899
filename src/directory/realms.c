/*
 * realms: a list of realms, looked through for each login.
 */
#include "directory/realms.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct realm {
	char *name; /* owned */
	enum realm_how how;
	char *as; /* owned; NULL: none */
};

struct realms {
	struct realm *v; /* owned */
	size_t n;
};

struct realms *
realms_new(const struct authenticate *authenticate)
{
	struct realms *realms = mem_zalloc(sizeof(*realms));
	size_t n = authenticate->realms.n;

	realms->v = mem_zalloc((n + 1) * sizeof(*realms->v));
	realms->n = n;
	for (size_t i = 0; i < n; i++) {
		const struct realm_rule *rule = &authenticate->realms.v[i];

		realms->v[i].name = mem_dup(rule->realm);
		realms->v[i].how = rule->how;
		realms->v[i].as = rule->as ? mem_dup(rule->as) : NULL;
	}
	return realms;
}

void
realms_free(struct realms *realms)
{
	if (!realms)
		return;
	for (size_t i = 0; i < realms->n; i++) {
		free(realms->v[i].name);
		free(realms->v[i].as);
	}
	free(realms->v);
	free(realms);
}

/* Realms are compared with regard to case (RFC 4120 section 6.1). */
static struct realm
find(const struct realms *realms, struct slice own, struct slice name)
{
	struct realm unsaid = { .how = slice_eq(name, own) ? REALM_STRIP
							   : REALM_REFUSE };

	for (size_t i = 0; realms && i < realms->n; i++)
		if (slice_eq_str(name, realms->v[i].name))
			return realms->v[i];
	return unsaid;
}

/* A name that is too long comes out as one that account_name_check refuses. */
static struct slice
put(char out[ACCOUNT_NAME_MAX + 1], const struct realm *realm,
    struct slice name, struct slice principal)
{
	struct slice parts[3] = { SLICE_EMPTY, SLICE_EMPTY, name };
	size_t n = 0;

	if (realm->how == REALM_KEEP)
		parts[2] = principal;
	if (realm->how == REALM_AS) {
		parts[0] = slice_of(realm->as);
		parts[1] = SLICE("\\");
	}
	for (size_t i = 0; i < 3; i++) {
		if (parts[i].n > ACCOUNT_NAME_MAX - n)
			return SLICE_EMPTY;
		if (parts[i].n) /* an empty one may be NULL */
			memcpy(out + n, parts[i].p, parts[i].n);
		n += parts[i].n;
	}
	out[n] = '\0';
	return slice_from(out, n);
}

enum realms_ret
realms_map(const struct realms *realms, struct slice own,
    struct slice principal, char out[ACCOUNT_NAME_MAX + 1], const char **why)
{
	size_t at = slice_rfind(principal, '@');
	struct slice name = slice_sub(principal, 0, at);
	struct realm realm = find(
	    realms, own, slice_from_idx(principal, at + 1));

	/* services and instances ("host/x") are nobody; what libkrb5 escapes
	 * is in no account's name */
	*why = "the ticket is not a person's";
	if (at == principal.n || slice_find(principal, '/') < principal.n ||
	    slice_find(principal, '\\') < principal.n)
		return REALMS_NOBODY;
	if (realm.how == REALM_REFUSE)
		return REALMS_UNKNOWN;
	*why = account_name_check(put(out, &realm, name, principal));
	return *why ? REALMS_NOBODY : REALMS_OK;
}
