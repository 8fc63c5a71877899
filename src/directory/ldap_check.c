/*
 * ldap_check: a password's way to a server.
 *
 * Runs in the directory process.  It knows neither names nor groups, and
 * never what a verdict means for the person.
 */
#include "directory/ldap_check.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "directory/ldap_bind.h"

/* A name that nobody has: its bind takes as long as a real one's. */
#define NOBODY_DN "cn=nobody.invalid,%s"

struct ldap_check {
	const struct ldap_means *means; /* borrowed */
	char *key;                      /* owned */
	size_t nkey;
	struct slice password; /* borrowed */
	struct addr client;
	bool has_client;
	bool settled;
	struct ldap_bind *bind; /* owned */
	ldap_check_fn *on_checked;
	void *arg; /* borrowed */
};

static struct warden_limits
limits_of(const struct ldap_means *means)
{
	const struct ldap_directory *conf = means->servers->env.conf;

	return (struct warden_limits){
		.remember_ms = conf->times.remember,
		.window_ms = conf->times.window,
		.account = conf->limits.account,
		.client = conf->limits.client,
	};
}

static void
on_bound(struct ldap_bind *bind, enum provider_verdict verdict, const char *why,
    void *arg)
{
	struct ldap_check *check = arg;

	check->on_checked(check, verdict, why, check->arg);
}

static void
bind_as(struct ldap_check *check, const char *dn)
{
	const struct ldap_means *means = check->means;
	char *nobody = NULL;

	if (!dn)
		dn = nobody = mem_printf(
		    NOBODY_DN, means->servers->env.conf->base);
	check->bind = ldap_bind_start(
	    means->binds, means->servers, dn, check->password, on_bound, check);
	free(nobody);
}

static struct ldap_check *
make(const struct ldap_means *means, const struct ldap_check_what *what)
{
	struct ldap_check *check = mem_zalloc(sizeof(*check));

	check->means = means;
	check->key = mem_dupn(what->key.p, what->key.n);
	check->nkey = what->key.n;
	check->password = what->password;
	check->has_client = what->client != NULL;
	if (what->client)
		check->client = *what->client;
	return check;
}

struct ldap_check *
ldap_check_start(const struct ldap_means *means,
    const struct ldap_check_what *what, struct provider_answer *out,
    ldap_check_fn *on_checked, void *arg)
{
	struct warden_limits limits = limits_of(means);
	struct ldap_check *check = NULL;
	uint32_t retry_s = 1;

	switch (warden_begin(means->warden, &limits, what->key, what->password,
	    what->client, clock_ms(), &retry_s)) {
	case WARDEN_ASK:
		check = make(means, what);
		check->on_checked = on_checked;
		check->arg = arg;
		bind_as(check, what->dn);
		break;
	case WARDEN_WRONG:
		*out = (struct provider_answer){ .verdict = PROVIDER_WRONG };
		break;
	case WARDEN_SPENT:
		*out = (struct provider_answer){
			.verdict = PROVIDER_SPENT,
			.retry_s = retry_s,
		};
		break;
	}
	return check;
}

void
ldap_check_settle(struct ldap_check *check, enum warden_end end)
{
	struct warden_limits limits;

	if (!check || check->settled)
		return;
	check->settled = true;
	limits = limits_of(check->means);
	warden_end(check->means->warden, &limits,
	    slice_from(check->key, check->nkey), check->password,
	    check->has_client ? &check->client : NULL, end, clock_ms());
}

void
ldap_check_free(struct ldap_check *check)
{
	if (!check)
		return;
	ldap_check_settle(check, WARDEN_NOT_KNOWN);
	ldap_bind_free(check->bind);
	free(check->key);
	free(check);
}
