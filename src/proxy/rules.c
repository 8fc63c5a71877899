/*
 * rules: from the configuration's text to what a worker decides by.
 *
 * Runs in every worker, and in the supervisor and `check` as far as they try
 * the same things first.  It opens no file: all of them are in the bundle.
 */
#include "proxy/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "conf/given.h"
#include "http/target.h"
#include "proxy/contexts.h"
#include "proxy/page.h"

void
rules_free(struct rules *rules)
{
	if (rules == NULL)
		return;
	contexts_clear(rules);
	pages_free(rules->pages);
	cas_clear(&rules->cas);
	policy_free(rules->policy);
	conf_free(rules->conf);
	bundle_free(rules->bundle);
	free(rules);
}

char *
rules_preload(struct bundle *bundle, const struct conf *conf)
{
	struct slice text;
	char *why = NULL;
	struct pages *pages = pages_load(bundle, conf->pages_dir, &why);

	if (pages == NULL)
		return why;
	pages_free(pages);
	if (conf->trust_system &&
	    bundle_get(bundle, CONF_SYSTEM_TRUST, &text) != 0 &&
	    conf->trust.n == 0)
		return mem_dup("there are no trust anchors: install "
			       "ca-certificates or name a file with `trust`");
	return NULL;
}

/* conf has judged the URL: what can't be read is no host of ours. */
static void
find_site(struct rules *rules)
{
	char *url = conf_site(rules->conf);

	if (url != NULL &&
	    authority_parse(slice_of(url + strlen("http://")), 80, &rules->site,
		&rules->site_port) != NULL)
		rules->site.len = 0;
	free(url);
}

/* The supervisor has tried them and said what is wrong, if anything is. */
static const char *
load_pages(struct rules *rules)
{
	char *why;

	rules->pages = pages_load(rules->bundle, rules->conf->pages_dir, &why);
	if (rules->pages != NULL)
		return NULL;
	log_error("%s", why);
	free(why);
	return "the pages can't be used";
}

/* RFC 9110 section 7.6.3 lets a proxy use a pseudonym: the host's real name
 * is nobody's business outside. It must differ between two proxies in a
 * row, or each would take the other for a loop. */
static void
name_pseudonym(struct rules *rules)
{
	const char *name = rules->conf->host_name;
	char host[256] = "";
	uint64_t hash;

	if (name == NULL && gethostname(host, sizeof(host) - 1) == 0)
		name = host;
	hash = slice_hash(slice_of(name), 0);
	if (rules->conf->listeners.n > 0)
		hash ^= slice_hash(slice_from(&rules->conf->listeners.v[0].addr,
				       sizeof(struct addr)),
		    1);
	snprintf(rules->pseudonym, sizeof(rules->pseudonym), "sallyport-%08x",
	    (unsigned)hash);
	snprintf(rules->via, sizeof(rules->via), "1.1 %s", rules->pseudonym);
}

static const char *
fill(struct rules *rules, const struct worker *worker)
{
	const char *why;

	rules->policy = policy_new(rules->conf);
	why = contexts_load(rules, worker);
	if (why == NULL)
		why = cas_load(&rules->cas, rules->bundle, rules->conf);
	if (why != NULL)
		return why;
	why = load_pages(rules);
	if (why == NULL) {
		name_pseudonym(rules);
		find_site(rules);
	}
	return why;
}

struct rules *
rules_load(const struct worker *worker, uint32_t generation, struct slice path,
    int bundle_fd, const char **why)
{
	struct rules *rules = mem_zalloc(sizeof(*rules));
	struct given given;

	*why = given_take(&given, bundle_fd, path);
	rules->generation = generation;
	rules->bundle = given.bundle;
	rules->conf = given.conf;
	if (*why == NULL)
		*why = fill(rules, worker);
	if (*why == NULL)
		return rules;
	rules_free(rules);
	return NULL;
}
