/*
 * ldap_filter: one filter over all attributes that hold names.
 *
 * What a person typed gets into it through libldap's escaping alone.
 */
#include "directory/ldap_filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "directory/ldap_search.h"

int
ldap_account_filter(const struct ldap_directory *conf, struct slice name,
    char *buf, size_t size)
{
	int n = snprintf(buf, size, "(&(objectClass=%s)(|", conf->class);
	size_t used;

	if (n < 0 || (size_t)n >= size)
		return -1;
	for (size_t i = 0; i < conf->names.n; i++) {
		const char *attr = conf->names.v[i];
		bool proxy = slice_caseeq_str(slice_of(attr), "proxyAddresses");
		char *text = mem_printf(
		    "%s%.*s", proxy ? "smtp:" : "", SLICE_ARG(name));
		int bad = ldap_filter_add(buf, size - 3, attr, slice_of(text));

		free(text);
		if (bad < 0)
			return -1;
	}
	used = strlen(buf);
	snprintf(buf + used, size - used, "))");
	return 0;
}

const char **
ldap_account_attrs(const struct ldap_directory *conf)
{
	static const char *const more[] = { "uid", "gidNumber", "objectSid",
		"primaryGroupID" };
	const size_t nmore = sizeof(more) / sizeof(more[0]);
	const char **attrs = mem_resize(
	    NULL, conf->names.n + nmore + 2, sizeof(*attrs));
	size_t n = 0;

	for (size_t i = 0; i < conf->names.n; i++)
		attrs[n++] = conf->names.v[i];
	for (size_t i = 0; i < nmore; i++)
		attrs[n++] = more[i];
	if (conf->member_of)
		attrs[n++] = conf->member_of;
	attrs[n] = NULL;
	return attrs;
}

struct ldap_account *
ldap_account_pick(const struct ldap_directory *conf, struct slice name,
    struct ldap_entry *const *entries, size_t n)
{
	static struct log_limit limit;
	struct ldap_account *account = NULL;
	const char *why = NULL;
	char quoted[LOG_QUOTE_SIZE];
	unsigned missed;

	if (n > 1)
		why = "more than one account has that name";
	else if (n == 1)
		why = ldap_account_read(entries[0], conf, &account);
	if (why && log_allowed(&limit, 10, &missed))
		log_warn("directory %s: \"%s\" can't log in: %s", conf->name,
		    log_quote(quoted, name), why);
	return account;
}
