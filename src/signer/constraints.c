/*
 * constraints: holds a name against permitted and excluded subtrees, DNS
 * names and addresses. Other kinds of names are in no leaf of ours.
 */
#include "signer/constraints.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

static struct slice
bytes_of(const ASN1_STRING *string)
{
	return slice_from(
	    ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string));
}

/* "example.com" is that and all below, ".example.com" what is below, "" is
 * everything. */
static bool
is_below(struct slice base, struct slice name)
{
	if (base.n == 0)
		return true;
	if (!slice_caseends(name, base))
		return false;
	return name.n == base.n || base.p[0] == '.' ||
	    name.p[name.n - base.n - 1] == '.';
}

/* base: address and mask, one behind the other. */
static bool
is_within(struct slice base, const struct addr *addr)
{
	bool v4 = addr_is_v4(addr);
	size_t n = v4 ? 4 : 16;
	const uint8_t *ip = v4 ? addr->ip + 12 : addr->ip;

	if (base.n != n * 2)
		return false;
	for (size_t i = 0; i < n; i++) {
		uint8_t mask = (uint8_t)base.p[n + i];

		if ((ip[i] & mask) != ((uint8_t)base.p[i] & mask))
			return false;
	}
	return true;
}

static bool
matches(const GENERAL_NAME *base, const struct host *name)
{
	int type;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(base, &type);

	if (type == GEN_IPADD)
		return name->is_addr && is_within(bytes_of(value), &name->addr);
	return type == GEN_DNS && !name->is_addr &&
	    is_below(bytes_of(value), host_slice(name));
}

static bool
is_of_kind(const GENERAL_NAME *base, const struct host *name)
{
	return base->type == (name->is_addr ? GEN_IPADD : GEN_DNS);
}

static bool
permits(const NAME_CONSTRAINTS *limits, const struct host *name)
{
	bool asked = false, found = false;

	for (int i = 0; i < sk_GENERAL_SUBTREE_num(limits->permittedSubtrees);
	     i++) {
		const GENERAL_NAME *base = sk_GENERAL_SUBTREE_value(
		    limits->permittedSubtrees, i)
					       ->base;

		asked |= is_of_kind(base, name);
		found |= matches(base, name);
	}
	for (int i = 0; i < sk_GENERAL_SUBTREE_num(limits->excludedSubtrees);
	     i++)
		if (matches(
			sk_GENERAL_SUBTREE_value(limits->excludedSubtrees, i)
			    ->base,
			name))
			return false;
	return found || !asked;
}

bool
constraints_permit(X509 *ca, const struct host *name)
{
	int critical;
	NAME_CONSTRAINTS *limits = X509_get_ext_d2i(
	    ca, NID_name_constraints, &critical, NULL);
	bool ok = limits ? permits(limits, name)
			 : critical == -1; /* there is none */

	NAME_CONSTRAINTS_free(limits);
	ERR_clear_error();
	return ok;
}
