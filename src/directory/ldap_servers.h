/*
 * ldap_servers: the servers of a directory, and how they are.
 *
 * One that failed is left alone for a time that doubles, and gone back to
 * when it works again.
 */
#ifndef DIRECTORY_LDAP_SERVERS_H
#define DIRECTORY_LDAP_SERVERS_H

#include "base/json.h"
#include "directory/ldap_link.h"

#define LDAP_SERVERS_MAX 16
#define LDAP_REST_FIRST_MS 500 /* how long a server that failed is left */
#define LDAP_REST_MAX_MS 15000

/* Of each server; shared by all who ask. */
struct ldap_health {
	uint64_t rest_until_ms; /* 0: it may be asked */
	uint64_t rest_ms;       /* the last rest; 0: it works */
	uint64_t fails;
	bool told; /* the log knows that it doesn't work */
	char why[160];
};

struct ldap_servers {
	struct ldap_env env;
	const char *name; /* of the directory; borrowed */
	size_t n;
	struct ldap_health health[LDAP_SERVERS_MAX];
};

/* Is server i left alone now? */
bool ldap_servers_rest(
    const struct ldap_servers *servers, unsigned i, uint64_t now_ms);
/* What somebody met who asked it. */
void ldap_servers_failed(
    struct ldap_servers *servers, unsigned i, const char *why);
void ldap_servers_work(struct ldap_servers *servers, unsigned i);
/* What one said that failed last. */
const char *ldap_servers_words(const struct ldap_servers *servers);
/* The first that may be asked, beside those (bit i: server i); -1: none. */
int ldap_servers_first(const struct ldap_servers *servers, uint32_t beside);
/* Is there one? */
bool ldap_servers_have(const struct ldap_servers *servers, uint32_t beside);
/* An array of the servers and how they are. */
void ldap_servers_status(const struct ldap_servers *servers, struct json *json);

#endif
