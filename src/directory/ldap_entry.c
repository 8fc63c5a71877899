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
