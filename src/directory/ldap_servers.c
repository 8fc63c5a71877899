/*
 * ldap_servers: which server of a directory works, as far as is known.
 *
 * Runs in the directory process.  It asks nobody: those who do say here how
 * it went.
 */
#include "directory/ldap_servers.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

bool
ldap_servers_rest(const struct ldap_servers *servers, unsigned i, uint64_t now)
{
	return servers->health[i].rest_until_ms > now;
}

int
ldap_servers_first(const struct ldap_servers *servers, uint32_t beside)
{
	uint64_t now = clock_ms();

	for (unsigned i = 0; i < servers->n; i++)
		if (!(beside & 1u << i) && !ldap_servers_rest(servers, i, now))
			return (int)i;
	return -1;
}

bool
ldap_servers_have(const struct ldap_servers *servers, uint32_t beside)
{
	return ldap_servers_first(servers, beside) >= 0;
}

void
ldap_servers_failed(struct ldap_servers *servers, unsigned i, const char *why)
{
	struct ldap_health *health = &servers->health[i];

	health->rest_ms = health->rest_ms ? health->rest_ms * 2
					  : LDAP_REST_FIRST_MS;
	if (health->rest_ms > LDAP_REST_MAX_MS)
		health->rest_ms = LDAP_REST_MAX_MS;
	health->rest_until_ms = clock_ms() + health->rest_ms;
	health->fails++;
	/* as often as it has something new to say */
	if (!health->told || strcmp(health->why, why) != 0)
		log_warn("directory %s: %s: %s (\"sallyport directory "
			 "check\" says more)",
		    servers->name, servers->env.conf->servers.v[i].text, why);
	health->told = true;
	snprintf(health->why, sizeof(health->why), "%s", why);
}

void
ldap_servers_work(struct ldap_servers *servers, unsigned i)
{
	struct ldap_health *health = &servers->health[i];

	if (health->told)
		log_info("directory %s: %s works again", servers->name,
		    servers->env.conf->servers.v[i].text);
	health->told = false;
	health->rest_ms = health->rest_until_ms = 0;
}

const char *
ldap_servers_words(const struct ldap_servers *servers)
{
	for (unsigned i = 0; i < servers->n; i++)
		if (servers->health[i].why[0])
			return servers->health[i].why;
	return "it does not answer";
}

void
ldap_servers_status(const struct ldap_servers *servers, struct json *json)
{
	json_array(json, "servers");
	for (size_t i = 0; i < servers->n; i++) {
		const struct ldap_health *health = &servers->health[i];

		json_open(json, NULL);
		json_str(json, "server",
		    slice_of(servers->env.conf->servers.v[i].text));
		json_bool(json, "works", health->rest_ms == 0);
		json_u64(json, "failures", health->fails);
		if (health->rest_ms)
			json_str(json, "why", slice_of(health->why));
		json_close(json);
	}
	json_array_end(json);
}
