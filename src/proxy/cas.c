/*
 * cas: reads the authorities' certificates out of the bundle and keeps what
 * the signer says of them. Verifies nothing: the signer has.
 */
#include "proxy/cas.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

#define CRLS_MAX 4

/* A file has what signs first and the root last. */
static struct slice
last_of(struct slice pem)
{
	struct slice begin = SLICE("-----BEGIN CERTIFICATE-----");
	size_t at = slice_search(pem, begin), more = at;

	while (more < pem.n) {
		at = more;
		more = at + 1 +
		    slice_search(slice_from_idx(pem, at + 1), begin);
	}
	return slice_from_idx(pem, at);
}

static void
make_tag(const struct cert_info *info, char tag[CA_TAG_SIZE])
{
	const char *p = info->sha256; /* "AB:CD:…" */

	for (size_t i = 0; i < CA_TAG_SIZE - 1; p++)
		if (*p != ':')
			tag[i++] = *p >= 'A' ? (char)(*p - 'A' + 'a') : *p;
}

static const char *
load(struct ca *ca, struct bundle *bundle, const char *path, const char *crl)
{
	struct slice pem;

	if (bundle_get(bundle, path, &pem) != 0)
		return "the authority's certificate is not in the bundle";
	ca->pem = last_of(pem);
	if (cert_read_pem(pem, &ca->signs) != 0)
		return "the authority's certificate can't be read";
	ca->there = true;
	if (cert_read_pem(ca->pem, &ca->info) != 0)
		return "the root of the authority can't be read";
	make_tag(&ca->signs, ca->tag);
	make_tag(&ca->info, ca->root_tag);
	if (strcmp(ca->tag, ca->root_tag) != 0 && crl != NULL &&
	    bundle_get(bundle, crl, &ca->root_crl) != 0)
		ca->root_crl = SLICE_EMPTY;
	return NULL;
}

const char *
cas_load(struct cas *out, struct bundle *bundle, const struct conf *conf)
{
	const char *why;

	memset(out, 0, sizeof(*out));
	if (conf->authority_cert == NULL)
		return NULL;
	why = load(&out->v[CA_CURRENT], bundle, conf->authority_cert,
	    conf->authority_crl);
	if (why != NULL)
		return why;
	/* the other two may be there or not */
	(void)load(&out->v[CA_NEXT], bundle, conf->authority_next, NULL);
	(void)load(&out->v[CA_OLD], bundle, conf->authority_old,
	    conf->authority_old_crl);
	return NULL;
}

void
cas_clear(struct cas *cas)
{
	for (int i = 0; i < CA_COUNT; i++) {
		cert_info_clear(&cas->v[i].info);
		cert_info_clear(&cas->v[i].signs);
	}
	memset(cas, 0, sizeof(*cas));
}

const struct ca *
cas_get(const struct cas *cas, enum ca_which which)
{
	const struct ca *ca = &cas->v[which];

	return ca->there && ca->tag[0] != '\0' ? ca : NULL;
}

const struct ca *
cas_find(const struct cas *cas, struct slice tag)
{
	for (int i = 0; i < CA_COUNT; i++) {
		const struct ca *ca = cas_get(cas, (enum ca_which)i);

		if (ca != NULL &&
		    (slice_eq_str(tag, ca->tag) ||
			slice_eq_str(tag, ca->root_tag)))
			return ca;
	}
	return NULL;
}

/* --- lists of revoked leaves ------------------------------------------------ */

struct crls {
	struct map *map; /* owned; of struct crl */
};

struct crl {
	size_t n;
	char der[];
};

struct crls *
crls_new(void)
{
	struct crls *crls = mem_alloc(sizeof(*crls));

	crls->map = map_new(CRLS_MAX, free);
	return crls;
}

void
crls_free(struct crls *crls)
{
	if (crls == NULL)
		return;
	map_free(crls->map);
	free(crls);
}

void
crls_set(struct crls *crls, struct slice tag, struct slice der)
{
	struct crl *crl = mem_alloc(sizeof(*crl) + der.n);

	crl->n = der.n;
	if (der.n > 0)
		memcpy(crl->der, der.p, der.n);
	map_set(crls->map, tag, crl);
}

struct slice
crls_get(struct crls *crls, struct slice tag)
{
	struct crl *crl = map_get(crls->map, tag);

	return crl == NULL ? SLICE_EMPTY : slice_from(crl->der, crl->n);
}
