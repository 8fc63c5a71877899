/*
 * extend: building extensions one value at a time.
 *
 * Runs in the signer and in `ca init`.  It never goes through OpenSSL's
 * configuration syntax, in which a comma or a colon of a name would start
 * another value.
 */
#include "signer/extend.h"

#include <openssl/evp.h>

static bool
add(X509 *cert, int nid, void *value, bool critical)
{
	return value &&
	    X509_add1_ext_i2d(cert, nid, value, critical, X509V3_ADD_DEFAULT) ==
	    1;
}

bool
extend_basic(X509 *cert, bool ca, long pathlen)
{
	BASIC_CONSTRAINTS *value = BASIC_CONSTRAINTS_new();
	bool ok = value != NULL;

	if (ok && ca) {
		value->ca = 0xff;
		if (pathlen >= 0) {
			value->pathlen = ASN1_INTEGER_new();
			ok = value->pathlen &&
			    ASN1_INTEGER_set(value->pathlen, pathlen);
		}
	}
	ok = ok && add(cert, NID_basic_constraints, value, true);
	BASIC_CONSTRAINTS_free(value);
	return ok;
}

bool
extend_usage(X509 *cert, unsigned bits)
{
	ASN1_BIT_STRING *value = ASN1_BIT_STRING_new();
	bool ok = value != NULL;

	for (int i = 0; ok && i < 8; i++)
		if (bits & (0x80u >> i))
			ok = ASN1_BIT_STRING_set_bit(value, i, 1);
	ok = ok && add(cert, NID_key_usage, value, true);
	ASN1_BIT_STRING_free(value);
	return ok;
}

bool
extend_server_auth(X509 *cert)
{
	EXTENDED_KEY_USAGE *value = sk_ASN1_OBJECT_new_null();
	bool ok = value &&
	    sk_ASN1_OBJECT_push(value, OBJ_nid2obj(NID_server_auth)) &&
	    add(cert, NID_ext_key_usage, value, false);

	sk_ASN1_OBJECT_free(value); /* its one element is static */
	return ok;
}

bool
extend_subject_key(X509 *cert)
{
	unsigned char id[EVP_MAX_MD_SIZE];
	unsigned n;
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	bool ok = value && X509_pubkey_digest(cert, EVP_sha1(), id, &n) &&
	    ASN1_OCTET_STRING_set(value, id, (int)n) &&
	    add(cert, NID_subject_key_identifier, value, false);

	ASN1_OCTET_STRING_free(value);
	return ok;
}

bool
extend_authority_key(X509 *cert, X509 *issuer)
{
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(issuer);
	AUTHORITY_KEYID *value;
	bool ok;

	if (!id)
		return true;
	value = AUTHORITY_KEYID_new();
	ok = value && (value->keyid = ASN1_OCTET_STRING_dup(id)) != NULL &&
	    add(cert, NID_authority_key_identifier, value, false);
	AUTHORITY_KEYID_free(value);
	return ok;
}

static GENERAL_NAME *
general_addr(const struct addr *addr)
{
	bool v4 = addr_is_v4(addr);
	ASN1_OCTET_STRING *bytes = ASN1_OCTET_STRING_new();
	GENERAL_NAME *name = GENERAL_NAME_new();

	if (!name || !bytes ||
	    !ASN1_OCTET_STRING_set(
		bytes, v4 ? addr->ip + 12 : addr->ip, v4 ? 4 : 16)) {
		ASN1_OCTET_STRING_free(bytes);
		GENERAL_NAME_free(name);
		return NULL;
	}
	GENERAL_NAME_set0_value(name, GEN_IPADD, bytes);
	return name;
}

/* type: GEN_DNS or GEN_URI, which are both IA5 */
static GENERAL_NAME *
general_text(int type, struct slice value)
{
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	GENERAL_NAME *name = GENERAL_NAME_new();

	if (!name || !text || !ASN1_STRING_set(text, value.p, (int)value.n)) {
		ASN1_IA5STRING_free(text);
		GENERAL_NAME_free(name);
		return NULL;
	}
	GENERAL_NAME_set0_value(name, type, text);
	return name;
}

bool
extend_names(X509 *cert, const struct host *names, size_t nnames, bool critical)
{
	GENERAL_NAMES *all = sk_GENERAL_NAME_new_null();
	bool ok = all != NULL;

	for (size_t i = 0; ok && i < nnames; i++) {
		GENERAL_NAME *name = names[i].is_addr
		    ? general_addr(&names[i].addr)
		    : general_text(GEN_DNS, host_slice(&names[i]));

		ok = name && sk_GENERAL_NAME_push(all, name);
		if (!ok)
			GENERAL_NAME_free(name);
	}
	ok = ok && add(cert, NID_subject_alt_name, all, critical);
	GENERAL_NAMES_free(all);
	return ok;
}

/* One point with one full name. Each part belongs to the next as soon as it
 * hangs there. */
static DIST_POINT *
point_of(GENERAL_NAME *url)
{
	DIST_POINT *point = DIST_POINT_new();
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();

	if (!point || !names ||
	    (point->distpoint = DIST_POINT_NAME_new()) == NULL ||
	    !sk_GENERAL_NAME_push(names, url)) {
		sk_GENERAL_NAME_free(names);
		DIST_POINT_free(point);
		GENERAL_NAME_free(url);
		return NULL;
	}
	point->distpoint->type = 0; /* fullName */
	point->distpoint->name.fullname = names;
	return point;
}

bool
extend_crl_address(X509 *cert, struct slice url)
{
	CRL_DIST_POINTS *points = sk_DIST_POINT_new_null();
	GENERAL_NAME *name = general_text(GEN_URI, url);
	DIST_POINT *point = name ? point_of(name) : NULL;
	bool ok = points && point && sk_DIST_POINT_push(points, point);

	if (!ok)
		DIST_POINT_free(point);
	ok = ok && add(cert, NID_crl_distribution_points, points, false);
	CRL_DIST_POINTS_free(points);
	return ok;
}

bool
extend_issuer_address(X509 *cert, struct slice url)
{
	AUTHORITY_INFO_ACCESS *all = sk_ACCESS_DESCRIPTION_new_null();
	ACCESS_DESCRIPTION *one = ACCESS_DESCRIPTION_new();
	bool ok = all && one;

	if (ok) {
		GENERAL_NAME_free(one->location);
		one->location = general_text(GEN_URI, url);
		one->method = OBJ_nid2obj(NID_ad_ca_issuers);
		ok = one->location && sk_ACCESS_DESCRIPTION_push(all, one);
	}
	if (!ok)
		ACCESS_DESCRIPTION_free(one);
	ok = ok && add(cert, NID_info_access, all, false);
	AUTHORITY_INFO_ACCESS_free(all);
	return ok;
}

/* --- name constraints ------------------------------------------------------- */

static bool
push_subtree(STACK_OF(GENERAL_SUBTREE) * *trees, GENERAL_NAME *base)
{
	GENERAL_SUBTREE *tree = GENERAL_SUBTREE_new();

	if (!*trees)
		*trees = sk_GENERAL_SUBTREE_new_null();
	if (!base || !tree || !*trees ||
	    !sk_GENERAL_SUBTREE_push(*trees, tree)) {
		GENERAL_SUBTREE_free(tree);
		GENERAL_NAME_free(base);
		return false;
	}
	GENERAL_NAME_free(tree->base);
	tree->base = base;
	return true;
}

static bool
push_names(
    STACK_OF(GENERAL_SUBTREE) * *trees, const struct host *names, size_t n)
{
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++)
		ok = push_subtree(
		    trees, general_text(GEN_DNS, host_slice(&names[i])));
	return ok;
}

/* All addresses of a family: address and mask are zero. */
static bool
push_every_address(STACK_OF(GENERAL_SUBTREE) * *trees, int bytes)
{
	static const unsigned char zero[32];
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	GENERAL_NAME *name = GENERAL_NAME_new();

	if (!name || !value || !ASN1_OCTET_STRING_set(value, zero, bytes)) {
		ASN1_OCTET_STRING_free(value);
		GENERAL_NAME_free(name);
		return false;
	}
	GENERAL_NAME_set0_value(name, GEN_IPADD, value);
	return push_subtree(trees, name);
}

bool
extend_constraints(X509 *cert, const struct host *permit, size_t npermit,
    const struct host *exclude, size_t nexclude)
{
	NAME_CONSTRAINTS *value = NAME_CONSTRAINTS_new();
	bool ok = value &&
	    push_names(&value->permittedSubtrees, permit, npermit) &&
	    push_names(&value->excludedSubtrees, exclude, nexclude);

	if (npermit)
		ok = ok && push_every_address(&value->excludedSubtrees, 8) &&
		    push_every_address(&value->excludedSubtrees, 32);
	ok = ok && add(cert, NID_name_constraints, value, true);
	NAME_CONSTRAINTS_free(value);
	return ok;
}
