/*
 * roster: a map of names, and how it is written down for workers.
 *
 * Runs in the directory process.  It holds names only, no secrets.
 */
#include "directory/roster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mapping.h"
#include "base/mem.h"
#include "credential/names.h"

struct roster {
	struct map *accounts; /* owned; canonical name to spelling */
	char *domains;        /* owned: their lines */
};

struct roster *
roster_new(void)
{
	struct roster *roster = mem_zalloc(sizeof(*roster));

	roster->accounts = map_new(ROSTER_MAX, free);
	roster->domains = mem_dup("");
	return roster;
}

void
roster_free(struct roster *roster)
{
	if (!roster)
		return;
	map_free(roster->accounts);
	free(roster->domains);
	free(roster);
}

void
roster_clear(struct roster *roster)
{
	map_free(roster->accounts);
	roster->accounts = map_new(ROSTER_MAX, free);
}

bool
roster_add(struct roster *roster, struct slice account)
{
	return roster_add_alias(roster, account, account);
}

bool
roster_add_alias(
    struct roster *roster, struct slice alias, struct slice account)
{
	char buf[CREDENTIAL_NAME_MAX];
	struct slice name = slice_from(buf, name_canonical(alias, buf));

	if (name.n == 0 || map_get(roster->accounts, name))
		return false;
	map_set(roster->accounts, name, slice_dup(account));
	return true;
}

static FILE *
memory(char **text, size_t *n)
{
	FILE *out = open_memstream(text, n);

	if (!out)
		fatal("out of memory (names of accounts)");
	return out;
}

/* "@example.com TAB -": what stands behind the tab of a domain is unused. */
void
roster_set_domains(struct roster *roster, const struct conf *conf)
{
	size_t n = 0;
	FILE *out;

	free(roster->domains);
	roster->domains = NULL;
	out = memory(&roster->domains, &n);
	for (size_t i = 0; i < conf->domains.n; i++)
		fprintf(out, "@%.*s\t-\n", SLICE_ARG(conf->domains.v[i]));
	for (size_t i = 0; i < conf->internal.n; i++)
		if (conf->internal.v[i].kind == DEST_NAME)
			fprintf(out, "@%s\t-\n", conf->internal.v[i].name.name);
	if (fclose(out) != 0)
		fatal("out of memory (names of domains)");
}

size_t
roster_count(const struct roster *roster)
{
	return map_count(roster->accounts);
}

struct slice
roster_spelling(struct roster *roster, struct slice canonical)
{
	const char *spelling = map_get(roster->accounts, canonical);

	return spelling ? slice_of(spelling) : canonical;
}

static int
write_one(struct slice key, void *value, void *arg)
{
	char buf[CREDENTIAL_NAME_MAX];
	struct slice account = slice_from(
	    buf, name_canonical(slice_of(value), buf));

	fprintf(arg, "%.*s\t%.*s\n", SLICE_ARG(key), SLICE_ARG(account));
	return 0;
}

int
roster_seal(const struct roster *roster)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = memory(&text, &n);
	int fd, saved;

	fputs("\n", out); /* an empty file can't be mapped */
	(void)map_each(roster->accounts, write_one, out);
	fputs(roster->domains, out);
	if (fclose(out) != 0)
		fatal("out of memory (names of accounts)");
	fd = mapping_seal("sallyport-names", slice_from(text, n));
	saved = errno;
	free(text);
	errno = saved;
	return fd;
}
