/*
 * ldap_means: what a login through a directory works with.
 */
#ifndef DIRECTORY_LDAP_MEANS_H
#define DIRECTORY_LDAP_MEANS_H

#include "directory/grace.h"
#include "directory/ldap_known.h"
#include "directory/ldap_pool.h"
#include "directory/warden.h"

/* All is borrowed and outlives the logins. */
struct ldap_means {
	struct ldap_servers *servers;
	struct ldap_pool *searches, *binds;
	struct ldap_known *known;
	struct warden *warden;
	struct grace *grace;
};

#endif
