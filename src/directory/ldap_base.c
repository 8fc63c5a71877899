/*
 * ldap_base: a search for one entry, and a timer.
 *
 * Runs in the directory process.  Logins don't wait for it.
 */
#include "directory/ldap_base.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "directory/ldap_search.h"

#define AGAIN_S 60     /* where it isn't there */
#define SERVERLESS_S 5 /* where nobody could be asked */

struct ldap_base {
	struct ldap_servers *servers; /* borrowed */
	struct ldap_pool *searches;   /* borrowed */
	struct ldap_search *search;   /* owned */
	struct event *timer;          /* owned */
	bool seen, told;
};

static void
look_in(struct ldap_base *base, time_t seconds)
{
	struct timeval in = { .tv_sec = seconds };

	if (event_add(base->timer, &in) < 0)
		fatal("cannot set a timer");
}

static void
tell(struct ldap_base *base, const char *why)
{
	const struct ldap_directory *conf = base->servers->env.conf;

	if (!base->told)
		log_error("directory %s: its base \"%s\", %s:%u: %s",
		    base->servers->name, conf->base, conf->base_at.file,
		    conf->base_at.line, why);
	base->told = true;
}

static void
on_found(struct ldap_search *search, enum ldap_found found,
    struct ldap_entry *const *entries, size_t n, const char *why, void *arg)
{
	struct ldap_base *base = arg;
	bool asked = found != LDAP_FOUND_NOT ||
	    ldap_servers_have(base->servers, 0);

	base->seen = found != LDAP_FOUND_NOT && n > 0;
	/* that no server can be asked is said of the servers */
	if (found == LDAP_FOUND_NOT && asked)
		tell(base, why);
	else if (found != LDAP_FOUND_NOT && n == 0)
		tell(base, "the service can't see it");
	else if (base->seen && base->told)
		log_info(
		    "directory %s: its base can be seen", base->servers->name);
	ldap_search_free(search);
	base->search = NULL;
	if (!base->seen)
		look_in(base, asked ? AGAIN_S : SERVERLESS_S);
}

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	/* RFC 4511 section 4.5.1.8: no attributes */
	static const char *const nothing[] = { "1.1", NULL };
	struct ldap_base *base = arg;
	const struct ldap_query query = {
		.base = base->servers->env.conf->base,
		.scope = LDAP_SCOPE_BASE,
		.filter = "(objectClass=*)",
		.attrs = nothing,
		.max = 1,
	};

	base->search = ldap_search_start(
	    base->searches, base->servers, &query, on_found, base);
}

struct ldap_base *
ldap_base_new(struct ldap_servers *servers, struct ldap_pool *searches)
{
	struct ldap_base *base = mem_zalloc(sizeof(*base));

	base->servers = servers;
	base->searches = searches;
	base->timer = evtimer_new(servers->env.base, on_time, base);
	if (!base->timer)
		fatal("cannot make a timer");
	look_in(base, 0);
	return base;
}

void
ldap_base_free(struct ldap_base *base)
{
	if (!base)
		return;
	ldap_search_free(base->search);
	event_free(base->timer);
	free(base);
}

void
ldap_base_status(const struct ldap_base *base, struct json *json)
{
	json_u64(json, "base_seen", base->seen);
}
