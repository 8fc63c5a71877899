/*
 * ldap_entry: names and values with bounds.  Pure: it never sees BER, which
 * directory/ldap_search.c reads by libldap.
 */
#include "directory/ldap_entry.h"

#include <stdlib.h>

#include "base/mem.h"

struct ldap_entry *
ldap_entry_new(struct slice dn)
{
	struct ldap_entry *entry = mem_zalloc(sizeof(*entry));

	entry->dn = slice_dup(dn);
	return entry;
}

void
ldap_entry_free(struct ldap_entry *entry)
{
	if (!entry)
		return;
	for (size_t i = 0; i < entry->n; i++) {
		struct ldap_attr *attr = &entry->attrs[i];

		for (size_t j = 0; j < attr->n; j++)
			free((char *)(uintptr_t)attr->v[j].p);
		free(attr->v);
		free(attr->name);
	}
	free(entry->dn);
	free(entry);
}

static struct ldap_attr *
find(struct ldap_entry *entry, struct slice name)
{
	for (size_t i = 0; i < entry->n; i++)
		if (slice_caseeq_str(name, entry->attrs[i].name))
			return &entry->attrs[i];
	return NULL;
}

/* ";range=0-1499" says that there are more, ";range=1500-*" that there
 * aren't. Other options, and what isn't a range, say nothing of that. */
static uint32_t
next_of(struct slice options)
{
	struct slice rest = options, one, end;
	uint64_t first, last;

	while (rest.n && slice_split(&rest, ';', &one)) {
		if (one.n < 6 ||
		    !slice_caseeq_str(slice_sub(one, 0, 6), "range="))
			continue;
		one = slice_from_idx(one, 6);
		end = slice_from_idx(one, slice_find(one, '-') + 1);
		if (slice_to_u64(slice_sub(one, 0, slice_find(one, '-')),
			LDAP_RANGE_MAX, &first) == 0 &&
		    slice_to_u64(end, LDAP_RANGE_MAX, &last) == 0 &&
		    last >= first)
			return (uint32_t)last + 1;
	}
	return 0;
}

int
ldap_entry_add(struct ldap_entry *entry, struct slice name, struct slice value)
{
	struct slice plain = slice_sub(name, 0, slice_find(name, ';'));
	struct ldap_attr *attr = find(entry, plain);

	if (entry->values == LDAP_VALUES_MAX || value.n > LDAP_VALUE_MAX ||
	    plain.n == 0 || plain.n > LDAP_VALUE_MAX)
		return -1;
	if (!attr && entry->n == LDAP_ATTRS_MAX)
		return -1;
	if (!attr) {
		attr = &entry->attrs[entry->n++];
		attr->name = slice_dup(plain);
	}
	attr->next = next_of(slice_from_idx(name, plain.n));
	attr->v = mem_grow(attr->v, attr->n, &attr->cap, sizeof(*attr->v));
	attr->v[attr->n++] = slice_from(slice_dup(value), value.n);
	entry->values++;
	return 0;
}

const struct ldap_attr *
ldap_entry_get(const struct ldap_entry *entry, const char *name)
{
	return find((struct ldap_entry *)(uintptr_t)entry, slice_of(name));
}
