/*
 * hostconf: reads, checks, and refuses what packets don't show.
 */
#include "cli/hostconf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "guard/hostguard.h"

struct hostconf *
hostconf_load(const char *path)
{
	struct hostconf *hostconf = mem_zalloc(sizeof(*hostconf));
	struct diags diags = { .v = NULL };

	hostconf->bundle = bundle_new();
	hostconf->conf = conf_load_host(hostconf->bundle, path, &diags);
	diags_print(&diags, stderr);
	diags_clear(&diags);
	if (hostconf->conf && hostguard_refusals(hostconf->conf, stderr) == 0)
		return hostconf;
	hostconf_free(hostconf);
	return NULL;
}

void
hostconf_free(struct hostconf *hostconf)
{
	if (!hostconf)
		return;
	conf_free(hostconf->conf);
	bundle_free(hostconf->bundle);
	free(hostconf);
}
