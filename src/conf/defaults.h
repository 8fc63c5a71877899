/*
 * defaults: the sizes and times of proxy.conf as a table, from defaults.def.
 */
#ifndef CONF_DEFAULTS_H
#define CONF_DEFAULTS_H

#include "conf/model.h"

/* Where they are unless said otherwise: they depend on the installation. */
#define CONTROL_DEFAULT RUNDIR "/control.sock"
#define PAGES_DEFAULT PKGDATADIR "/pages"

enum unit {
	UNIT_BYTES,
	UNIT_COUNT,
	UNIT_MILLISECONDS
};

struct setting {
	const char *word;
	size_t offset; /* in struct limits or struct timeouts */
	uint64_t value, min, max;
	enum unit unit;
	const char *meaning;
};

struct settings {
	const char *what; /* "limit", "timeout" */
	const struct setting *v;
	size_t n;
};

struct settings defaults_limits(void);
struct settings defaults_timeouts(void);

/* NULL where there is none of that name. */
const struct setting *settings_find(
    struct settings settings, struct slice word);

/* The number that a setting stands for inside its struct. */
uint64_t *setting_in(const struct setting *setting, void *base);

void defaults_set(struct conf *conf);

#define UNIT_TEXT_SIZE 32
/* "8k", "30s", "128", "none" for 0 bytes or none of a count: as proxy.conf
 * has it. Returns buf. */
char *unit_text(char buf[UNIT_TEXT_SIZE], enum unit unit, uint64_t value);
/* What unit_text writes, in any unit that fits. NULL, or what is wrong. */
const char *unit_parse(enum unit unit, struct slice s, uint64_t *out);

#endif
