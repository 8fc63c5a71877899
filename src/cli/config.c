/*
 * config: reading a configuration into a value that can be put in force,
 * kept for a way back, and let go of.
 *
 * It judges nothing by itself: conf/ says what is wrong.
 */
#include "cli/config.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "proxy/rules.h"

/* What workers look for besides: the templates of pages, the system's trust
 * anchors. */
static bool
preload(struct bundle *bundle, const struct conf *conf, const char *path,
    struct diags *diags)
{
	char *why = rules_preload(bundle, conf);
	struct diag finding = { .is_error = true, .at = { .file = path } };

	if (!why)
		return true;
	finding.text = why; /* is taken */
	diags_add(diags, &finding, SLICE_EMPTY, NULL);
	return false;
}

/* Fails closed, but is hardly what was meant. */
static void
warn_of_accounts(const struct conf *conf, const char *path, struct diags *diags)
{
	struct diag finding = { .at = { .file = path } };

	for (size_t i = 0; i < conf->listeners.n; i++)
		if (conf->listeners.v[i].local_accounts)
			return;
	if (conf->accounts_file || conf->directories.n > 0 ||
	    conf->authenticate.keytab)
		return;
	finding.text = mem_dup("without \"accounts\" nobody can log in");
	diags_add(diags, &finding, SLICE_EMPTY, NULL);
}

struct config *
config_load(const char *path, struct diags *diags)
{
	struct bundle *bundle = bundle_new();
	struct conf *conf = conf_load(bundle, path, diags);
	struct config *config;

	if (!conf || !preload(bundle, conf, path, diags)) {
		conf_free(conf);
		bundle_free(bundle);
		return NULL;
	}
	warn_of_accounts(conf, path, diags);
	config = mem_zalloc(sizeof(*config));
	config->path = mem_dup(path);
	config->bundle = bundle;
	config->conf = conf;
	config->sealed = bundle_seal(bundle);
	if (config->sealed < 0)
		fatal("cannot pass the configuration on: %m");
	return config;
}

void
config_free(struct config *config)
{
	if (!config)
		return;
	conf_free(config->conf);
	bundle_free(config->bundle);
	close(config->sealed);
	free(config->path);
	free(config);
}

struct config *
config_load_and_tell(const char *path)
{
	struct diags diags = { .v = NULL };
	struct config *config = config_load(path, &diags);

	diags_print(&diags, stderr);
	diags_clear(&diags);
	return config;
}
