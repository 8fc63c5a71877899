/*
 * conf: reads a configuration in one go: parse, then check, then freeze.
 *
 * The supervisor and every role run it over the same bytes.
 */
#include "conf/conf.h"

#include <stdlib.h>

#include "base/mem.h"
#include "conf/check.h"
#include "conf/defaults.h"
#include "conf/list.h"
#include "conf/parse.h"

#define ARENA_CHUNK (64u << 10)
#define PORT_DEFAULT 3128

static struct conf *
conf_new(const char *path)
{
	struct conf *conf = mem_zalloc(sizeof(*conf));

	conf->arena = arena_new(ARENA_CHUNK);
	conf->path = arena_str(conf->arena, slice_of(path));
	conf->realm = "sallyport";
	conf->control_path = CONTROL_DEFAULT;
	conf->pages_dir = PAGES_DEFAULT;
	conf->trust_system = true;
	conf->record_sink = RECORD_SYSLOG;
	conf->guarding.exempt_system = true;
	defaults_set(conf);
	return conf;
}

/* Defaults that depend on a statement having been left out. */
static void
fill(struct conf *conf)
{
	struct listener listener = { .at = { .file = conf->path } };

	if (!conf->alert_spool && conf->filter_path &&
	    (conf->alert_webhook || conf->alert_command))
		conf->alert_spool = arena_str(conf->arena,
		    arena_printf(conf->arena, "%s.alerts", conf->filter_path));
	if (conf->listeners.n > 0)
		return;
	addr_parse(SLICE("127.0.0.1"), &listener.addr);
	listener.addr.port = PORT_DEFAULT;
	LIST_PUSH(conf->arena, &conf->listeners, listener);
}

static struct conf *
load(struct bundle *bundle, const char *path, struct diags *diags,
    void (*check)(struct reading *reading))
{
	struct conf *conf = conf_new(path);
	struct reading reading = {
		.conf = conf, .bundle = bundle, .diags = diags
	};
	size_t errors = diags->errors;

	parse_file(&reading, conf->path);
	/* a file that can't be read says all there is to say */
	if (reading.sources.n > 0) {
		fill(conf);
		if (check)
			check(&reading);
	}
	reading_sort(&reading);
	if (diags->errors == errors)
		return conf;
	conf_free(conf);
	return NULL;
}

struct conf *
conf_load(struct bundle *bundle, const char *path, struct diags *diags)
{
	return load(bundle, path, diags, check_model);
}

struct conf *
conf_parse(struct bundle *bundle, const char *path, struct diags *diags)
{
	return load(bundle, path, diags, NULL);
}

struct conf *
conf_load_host(struct bundle *bundle, const char *path, struct diags *diags)
{
	return load(bundle, path, diags, check_host);
}

char *
conf_site(const struct conf *conf)
{
	size_t i = 0;

	if (conf->authority_url)
		return mem_dup(conf->authority_url);
	while (i < conf->listeners.n && conf->listeners.v[i].pairs.n)
		i++;
	if (!conf->host_name || i == conf->listeners.n)
		return NULL;
	return mem_printf(
	    "http://%s:%u", conf->host_name, conf->listeners.v[i].addr.port);
}

void
conf_free(struct conf *conf)
{
	if (!conf)
		return;
	arena_free(conf->arena);
	free(conf);
}
