/*
 * ldap_provider: the accounts of one directory, as a provider.
 *
 * A login is: find the account by what was typed, in memory or by a search;
 * ask the warden; bind as it; find its groups.  While no server answers, a
 * login that was right within `grace` goes on.
 */
#ifndef DIRECTORY_LDAP_PROVIDER_H
#define DIRECTORY_LDAP_PROVIDER_H

#include "base/secret.h"
#include "conf/model.h"
#include "directory/grace.h"
#include "directory/warden.h"
#include "directory/provider.h"
#include "net/resolve.h"
#include "net/tls.h"

struct ldap_provider;

struct ldap_provider_setup {
	struct event_base *base; /* borrowed, as all of these */
	struct resolver *resolver;
	const struct ldap_directory *conf; /* outlives the provider */
	SSL_CTX *ctx;                      /* a reference is taken; or NULL */
	struct slice password;             /* copied */
	struct warden *warden;
	struct grace *grace;
};

struct ldap_provider *ldap_provider_new(
    const struct ldap_provider_setup *setup, provider_fn *on_answer, void *arg);
/* Questions under way are answered NOT_NOW. NULL is fine. */
void ldap_provider_free(struct ldap_provider *provider);
struct provider ldap_provider_face(struct ldap_provider *provider);

/* The service's password, again; its connections are made anew. */
void ldap_provider_set_password(
    struct ldap_provider *provider, struct slice password);

#endif
