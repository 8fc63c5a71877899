/*
 * ldap_entry: an entry of a directory as plain data, copied from a reply.
 */
#ifndef DIRECTORY_LDAP_ENTRY_H
#define DIRECTORY_LDAP_ENTRY_H

#include <stdint.h>

#include "base/slice.h"

#define LDAP_DN_MAX 2000
#define LDAP_ATTRS_MAX 64
#define LDAP_VALUES_MAX 20000 /* of an entry */
#define LDAP_VALUE_MAX 4096   /* bytes */
#define LDAP_RANGE_MAX 10000000

struct ldap_attr {
	char *name;      /* owned; without options (";range=0-1499") */
	struct slice *v; /* owned, and what they point to */
	size_t n, cap;
	/* Active Directory gives long lists in parts (MS-ADTS section
	 * 3.1.1.3.1.3.3): where the next begins; 0: this was the last */
	uint32_t next;
};

struct ldap_entry {
	char *dn; /* owned */
	struct ldap_attr attrs[LDAP_ATTRS_MAX];
	size_t n;
	size_t values;
};

struct ldap_entry *ldap_entry_new(struct slice dn);
void ldap_entry_free(struct ldap_entry *entry); /* NULL is fine */
/* 0, or -1: beyond a bound, the value is left out. */
int ldap_entry_add(
    struct ldap_entry *entry, struct slice name, struct slice value);
/* NULL where it has none. Names without regard to case. */
const struct ldap_attr *ldap_entry_get(
    const struct ldap_entry *entry, const char *name);

#endif
