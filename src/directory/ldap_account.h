/*
 * ldap_account: from a directory's entry to an account: its names, and what
 * its groups are found by.
 *
 * Pure.  All of an account's names lead to one, which is what rules and
 * records show: the first value of the first attribute of `names`.
 */
#ifndef DIRECTORY_LDAP_ACCOUNT_H
#define DIRECTORY_LDAP_ACCOUNT_H

#include <stdint.h>

#include "conf/model.h"
#include "directory/ldap_entry.h"

#define LDAP_NAMES_MAX 64    /* of an account */
#define LDAP_GROUPS_MAX 1000 /* of an account */
#define LDAP_GROUPS_BYTES (60u << 10)

struct ldap_account {
	unsigned refs;
	char *dn;     /* owned */
	char *name;   /* owned: the one that is shown */
	char **names; /* owned: all, folded */
	size_t nnames;
	char *lines;          /* owned: the same, one a line */
	char *uid;            /* owned: for posixGroup; NULL: none */
	char *gid;            /* owned: the same */
	struct slice primary; /* owned: SID of AD's primary group; or empty */
	char **listed;        /* owned: DNs that member_of gave */
	size_t nlisted;
	uint32_t listed_next; /* where the rest of them begins; 0: none */
	char *groups;         /* owned: names, one a line; NULL: not known */
	uint64_t fetched_ms;  /* clock_ms() */
};

/* NULL, or why the entry is no account: no usable name. */
const char *ldap_account_read(const struct ldap_entry *entry,
    const struct ldap_directory *conf, struct ldap_account **out);
struct ldap_account *ldap_account_ref(struct ldap_account *account);
void ldap_account_unref(struct ldap_account *account); /* NULL is fine */
/* Takes text over: names of groups, one a line. */
void ldap_account_set_groups(
    struct ldap_account *account, char *text, uint64_t now_ms);

/* What a person typed as a name, taken to what is looked for: without
 * "DOMAIN\" where that is ours. False: it can't be of this directory. */
bool ldap_account_typed(
    const struct ldap_directory *conf, struct slice typed, struct slice *out);

/* The value of the first component of a DN; -1: it is none. The caller frees
 * *out. */
int ldap_dn_name(const char *dn, char **out);

/* Names of groups, one a line, each once and within bounds. */
struct ldap_group_names {
	char *text; /* owned */
	size_t n, cap, count;
	bool cut; /* some were left out */
};
void ldap_group_names_add(struct ldap_group_names *names, struct slice name);
bool ldap_group_names_have(
    const struct ldap_group_names *names, struct slice name);

#endif
