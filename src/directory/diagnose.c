/*
 * diagnose: directories, server by server.
 *
 * Runs in the command's own process, with the same links, searches and rules
 * as the directory process: what it says of a login is what would happen.
 */
#include "directory/diagnose.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "directory/accounts.h"
#include "directory/ldap_account.h"
#include "directory/ldap_filter.h"
#include "directory/ldap_groups.h"
#include "directory/ldap_search.h"
#include "directory/ldap_stream.h"
#include "directory/sources.h"

struct place_of_account {
	struct diagnosis *diagnosis;
	struct event_base *base;
	struct ldap_servers servers;
	struct ldap_pool *pool;
	struct secret password;
	struct ldap_groups *groups; /* owned */
	bool up, done;
};

void
diagnose_say(struct diagnosis *diagnosis, bool good, const char *fmt, ...)
{
	va_list args;

	fprintf(diagnosis->out, "  %s ", good ? "ok  " : "FAIL");
	va_start(args, fmt);
	vfprintf(diagnosis->out, fmt, args);
	va_end(args);
	fputc('\n', diagnosis->out);
	diagnosis->failures += !good;
}

void
diagnose_note(struct diagnosis *diagnosis, const char *fmt, ...)
{
	va_list args;

	fprintf(diagnosis->out, "  note ");
	va_start(args, fmt);
	vfprintf(diagnosis->out, fmt, args);
	va_end(args);
	fputc('\n', diagnosis->out);
}

/* --- the password of the service ----------------------------------------------- */

static void
read_password(struct place_of_account *it)
{
	const struct ldap_directory *conf = it->servers.env.conf;
	struct diagnosis *diagnosis = it->diagnosis;
	struct slice text;
	bool read;
	int fd;

	if (!conf->password_file)
		return;
	fd = open(conf->password_file, O_RDONLY | O_CLOEXEC);
	read = fd >= 0 && secret_read(&it->password, fd, SECRET_FILE_MAX) >= 0;
	if (!read)
		diagnose_say(diagnosis, false, "%s:%u: %s can't be read: %s",
		    conf->password_at.file, conf->password_at.line,
		    conf->password_file, strerror(errno));
	if (fd >= 0)
		close(fd);
	text = secret_slice(&it->password);
	while (text.n &&
	    (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
		text.n--;
	it->servers.env.password = text;
	if (read && text.n == 0)
		diagnose_say(diagnosis, false, "%s:%u: %s holds no password",
		    conf->password_at.file, conf->password_at.line,
		    conf->password_file);
}

/* --- one server ---------------------------------------------------------------------- */

static void
on_change(struct ldap_link *link, void *arg)
{
	struct place_of_account *it = arg;

	it->up = ldap_link_step(link) == LDAP_LINK_UP;
	event_base_loopbreak(it->base);
}

static void
say_tls(struct diagnosis *diagnosis, const struct ldap_link *link,
    const struct ldap_directory *conf, const struct ldap_url *url, bool good)
{
	const struct tls_info *info = ldap_link_tls(link);
	const struct addr *addr = ldap_link_addr(link);

	if (!url->tls && !conf->starttls) {
		diagnose_say(diagnosis, true, "no TLS is configured");
		return;
	}
	if (good && info)
		diagnose_say(diagnosis, true, "TLS: %s, %s, verified for %s",
		    info->version ? info->version : "?",
		    info->cipher ? info->cipher : "?", url->host.name);
	else
		diagnose_say(diagnosis, false, "TLS: %s", ldap_link_why(link));
	if (addr)
		diagnose_chain(diagnosis, addr, &url->host, !url->tls);
	if (!good)
		diagnose_next(diagnosis, ldap_link_why(link));
}

static void
say_link(struct diagnosis *diagnosis, const struct ldap_link *link,
    const struct ldap_directory *conf, const struct ldap_url *url, bool up)
{
	enum ldap_link_step at = up ? LDAP_LINK_UP : ldap_link_failed_at(link);
	const struct addr *addr = ldap_link_addr(link);
	char text[ADDR_TEXT_SIZE];

	if (!addr) {
		diagnose_say(
		    diagnosis, false, "name and TCP: %s", ldap_link_why(link));
		diagnose_next(diagnosis, ldap_link_why(link));
		return;
	}
	diagnose_say(diagnosis, true, "name and TCP: connected to %s",
	    addr_text_port(text, addr));
	say_tls(diagnosis, link, conf, url,
	    at == LDAP_LINK_UP || at == LDAP_LINK_BINDING);
	if (at == LDAP_LINK_UP)
		diagnose_say(diagnosis, true, "bind: as %s",
		    conf->bind_dn ? conf->bind_dn : "nobody (anonymous)");
	if (at != LDAP_LINK_BINDING)
		return;
	diagnose_say(diagnosis, false, "bind: %s", ldap_link_why(link));
	diagnose_next(diagnosis, ldap_link_why(link));
}

static bool
try_server(struct place_of_account *it, const struct ldap_url *url)
{
	struct ldap_link *link;

	fprintf(it->diagnosis->out, " server %s\n", url->text);
	it->up = false;
	link = ldap_link_open(&it->servers.env, url, true, on_change, it);
	event_base_dispatch(it->base);
	say_link(it->diagnosis, link, it->servers.env.conf, url, it->up);
	ldap_link_free(link);
	return it->up;
}

/* --- an account ------------------------------------------------------------------------ */

static void
on_groups(struct ldap_groups *groups, char *text, const char *why, void *arg)
{
	struct place_of_account *it = arg;
	struct slice rest = slice_of(text), one;
	char quoted[LOG_QUOTE_SIZE];
	size_t n = 0;

	if (!text) {
		diagnose_say(it->diagnosis, false, "groups: %s", why);
	} else {
		diagnose_say(
		    it->diagnosis, true, "groups:%s", *text ? "" : " none");
		while (rest.n && slice_split(&rest, '\n', &one) && ++n)
			fprintf(it->diagnosis->out, "         %s\n",
			    log_quote(quoted, one));
	}
	free(text);
	it->done = true;
	event_base_loopbreak(it->base);
}

static void
say_names(struct diagnosis *diagnosis, const struct ldap_account *account)
{
	char quoted[LOG_QUOTE_SIZE];

	diagnose_say(diagnosis, true, "account: %s",
	    log_quote(quoted, slice_of(account->name)));
	fprintf(diagnosis->out, "         %s\n",
	    log_quote(quoted, slice_of(account->dn)));
	for (size_t i = 0; i < account->nnames; i++)
		fprintf(diagnosis->out, "         logs in as %s\n",
		    log_quote(quoted, slice_of(account->names[i])));
}

static void
on_found(struct ldap_search *search, enum ldap_found found,
    struct ldap_entry *const *entries, size_t n, const char *why, void *arg)
{
	struct place_of_account *it = arg;
	const struct ldap_directory *conf = it->servers.env.conf;
	struct ldap_account *account = NULL;

	if (found != LDAP_FOUND_NOT && n == 1)
		why = ldap_account_read(
		    entries[0], it->servers.env.conf, &account);
	else if (found != LDAP_FOUND_NOT)
		why = n ? "more than one account has that name"
			: "there is no account of that name";
	if (!account) {
		diagnose_say(it->diagnosis, false,
		    "search below \"%s\" (%s:%u): %s", conf->base,
		    conf->base_at.file, conf->base_at.line, why);
		diagnose_next(it->diagnosis, why);
		it->done = true;
		event_base_loopbreak(it->base);
		return;
	}
	diagnose_say(it->diagnosis, true, "search: one account");
	say_names(it->diagnosis, account);
	it->groups = ldap_groups_start(
	    it->pool, &it->servers, account, on_groups, it);
	ldap_account_unref(account);
}

/* Without an account, whether the base is there. */
static void
on_base(struct ldap_search *search, enum ldap_found found,
    struct ldap_entry *const *entries, size_t n, const char *why, void *arg)
{
	struct place_of_account *it = arg;
	const struct ldap_directory *conf = it->servers.env.conf;

	if (found != LDAP_FOUND_NOT)
		why = n ? NULL : "it can't be seen by this bind";
	if (why) {
		diagnose_say(it->diagnosis, false, "base \"%s\" (%s:%u): %s",
		    conf->base, conf->base_at.file, conf->base_at.line, why);
		diagnose_next(it->diagnosis, why);
	} else {
		diagnose_say(it->diagnosis, true, "base \"%s\"", conf->base);
	}
	it->done = true;
	event_base_loopbreak(it->base);
}

/* "20261126142015.0Z" in UTC (RFC 4517 section 3.3.13), which domain
 * controllers tell whoever asks; -1: it is none. */
static time_t
time_of(struct slice text)
{
	char digits[16] = "";
	struct tm tm = { .tm_isdst = 0 };
	const char *end;

	if (text.n < 15 || text.p[text.n - 1] != 'Z')
		return -1;
	memcpy(digits, text.p, 14);
	end = strptime(digits, "%Y%m%d%H%M%S", &tm);
	return end && *end == '\0' ? timegm(&tm) : -1;
}

static void
on_time(struct ldap_search *search, enum ldap_found found,
    struct ldap_entry *const *entries, size_t n, const char *why, void *arg)
{
	struct place_of_account *it = arg;
	const struct ldap_attr *values = n
	    ? ldap_entry_get(entries[0], "currentTime")
	    : NULL;
	time_t theirs = values && values->n ? time_of(values->v[0]) : -1;

	if (theirs != -1)
		diagnose_skew(it->diagnosis, "the directory",
		    (int64_t)theirs - (int64_t)time(NULL));
	it->done = true;
	event_base_loopbreak(it->base);
}

static void
compare_clock(struct place_of_account *it)
{
	static const char *const attrs[] = { "currentTime", NULL };
	const struct ldap_query query = {
		.base = "",
		.scope = LDAP_SCOPE_BASE,
		.filter = "(objectClass=*)",
		.attrs = attrs,
		.max = 1,
	};
	struct ldap_search *search = ldap_search_start(
	    it->pool, &it->servers, &query, on_time, it);

	it->done = false;
	while (!it->done)
		event_base_dispatch(it->base);
	ldap_search_free(search);
}

static void
look_for(struct place_of_account *it)
{
	const struct ldap_directory *conf = it->servers.env.conf;
	const char **attrs = ldap_account_attrs(conf);
	char filter[8192] = "(objectClass=*)";
	struct ldap_query query = {
		.base = conf->base,
		.scope = LDAP_SCOPE_BASE,
		.filter = filter,
		.attrs = attrs,
		.max = 2,
	};
	struct slice name = SLICE_EMPTY;
	bool person = it->diagnosis->account != NULL;
	struct ldap_search *search;

	if (person) {
		query.scope = LDAP_SCOPE_SUBTREE;
		if (!ldap_account_typed(
			conf, slice_of(it->diagnosis->account), &name) ||
		    ldap_account_filter(conf, name, filter, sizeof(filter)) <
			0) {
			diagnose_say(it->diagnosis, false,
			    "search: the name is of another domain");
			free(attrs);
			return;
		}
		fprintf(it->diagnosis->out, "       filter %s\n", filter);
	}
	search = ldap_search_start(
	    it->pool, &it->servers, &query, person ? on_found : on_base, it);
	while (!it->done)
		event_base_dispatch(it->base);
	ldap_search_free(search);
	ldap_groups_free(it->groups);
	free(attrs);
}

/* --- a directory --------------------------------------------------------------------------- */

static void
try_directory(struct diagnosis *diagnosis, struct event_base *base,
    struct resolver *resolver, const struct ldap_directory *conf)
{
	struct place_of_account it = {
		.diagnosis = diagnosis,
		.base = base,
		.servers = { .name = conf->name,
		    .n = conf->servers.n < LDAP_SERVERS_MAX ? conf->servers.n
							    : LDAP_SERVERS_MAX,
		    .env = { .base = base,
			.resolver = resolver,
			.conf = conf } },
	};
	const char *why;
	bool any = false;

	fprintf(diagnosis->out, "directory %s\n", conf->name);
	why = sources_trust(diagnosis->bundle, conf, &it.servers.env.ctx);
	if (why) {
		diagnose_say(diagnosis, false, "trust: %s", why);
		return;
	}
	read_password(&it);
	for (size_t i = 0; i < it.servers.n; i++)
		any |= try_server(&it, &conf->servers.v[i]);
	if (any) {
		it.pool = ldap_pool_new(&it.servers, true, 1, LDAP_SHARED);
		compare_clock(&it);
		it.done = false;
		look_for(&it);
	}
	ldap_pool_free(it.pool);
	SSL_CTX_free(it.servers.env.ctx);
	secret_clear(&it.password);
}

unsigned
diagnose_run(const struct conf *conf, struct bundle *bundle,
    const char *account, FILE *out)
{
	struct diagnosis diagnosis = {
		.conf = conf,
		.bundle = bundle,
		.account = account,
		.out = out,
	};
	struct event_base *base = event_base_new();
	const char *why = ldap_stream_init();
	struct resolver *resolver;

	/* a server may close what is written to (net/io.h) */
	(void)signal(SIGPIPE, SIG_IGN);
	if (!base || why)
		fatal("%s", why ? why : "cannot make an event loop");
	resolver = resolver_new(
	    base, conf->resolvers.v, conf->resolvers.n, conf->timeouts.resolve);
	for (size_t i = 0; i < conf->directories.n; i++)
		try_directory(
		    &diagnosis, base, resolver, &conf->directories.v[i]);
	if (conf->authenticate.keytab)
		diagnose_keytab(&diagnosis);
	resolver_free(resolver);
	event_base_free(base);
	return diagnosis.failures;
}
