/*
 * config: one generation of the configuration, as the supervisor holds it:
 * the model, the files it was read from, and the sealed copy for the roles.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include <stdint.h>

#include "conf/conf.h"

struct config {
	char *path;            /* owned: proxy.conf as it was named */
	struct bundle *bundle; /* owned */
	struct conf *conf;     /* owned */
	int sealed;            /* owned: the bundle as a descriptor */
	uint32_t generation;   /* the caller's; 0 at first */
};

/* Reads, parses and checks. Findings go to diags (the caller's to print and
 * clear). NULL where there was an error. Fatal where the sealed copy can't
 * be made. */
struct config *config_load(const char *path, struct diags *diags);
void config_free(struct config *config); /* NULL is fine */

/* As config_load, for verbs that end where there is an error: prints all
 * findings to standard error. */
struct config *config_load_and_tell(const char *path);

#endif
