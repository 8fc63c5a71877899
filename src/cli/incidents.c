/*
 * incidents: the verb that reads what was found out of the record file.
 *
 * It only reads, and needs no proxy that runs.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "cli/verb.h"
#include "conf/conf.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))
#define SITES_MAX 100000

static const char help[] =
    "usage: sallyport incidents [OPTION ...] [INCIDENT ...]\n"
    "\n"
    "Shows the passwords that were found on their way out, from the record\n"
    "file that proxy.conf names.\n"
    "\n"
    "  -f, --file FILE      configuration that names the record\n"
    "                       (" VERB_CONF_DEFAULT ")\n"
    "  -r, --record FILE    the record itself; may be given several times\n"
    "  -a, --account NAME   only of this account, logged in or submitted\n"
    "  -s, --site HOST      only at this site\n"
    "  -t, --since TIME     only from then on: 2026-11-26, or the beginning\n"
    "                       of any time as records have it\n"
    "  -u, --unread         what may have been a login and could not be\n"
    "                       read, counted by site and reason\n"
    "      --json           the records as they are\n"
    "      --help           show this\n";

enum {
	OPT_HELP = 256,
	OPT_JSON
};

static const struct option options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "record", required_argument, NULL, 'r' },
	{ "account", required_argument, NULL, 'a' },
	{ "site", required_argument, NULL, 's' },
	{ "since", required_argument, NULL, 't' },
	{ "unread", no_argument, NULL, 'u' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

#define RECORDS_MAX 64

struct incidents {
	const char *conf;
	const char *paths[RECORDS_MAX];
	size_t npaths;
	char *found; /* owned: the configuration's */
	const char *account, *site, *since;
	char **ids; /* borrowed */
	int nids;
	bool unread, json;
	struct map *sites; /* owned: counts of --unread */
	uint64_t shown, bad;
};

/* --- one record -------------------------------------------------------------------- */

/* "" where there is none. */
static const char *
text_of(json_object *record, const char *key)
{
	json_object *value;

	if (!json_object_object_get_ex(record, key, &value))
		return "";
	return json_object_get_string(value);
}

static bool
is_listed(const struct incidents *verb, const char *id)
{
	for (int i = 0; i < verb->nids; i++)
		if (strcasecmp(verb->ids[i], id) == 0)
			return true;
	return verb->nids == 0;
}

static bool
is_wanted(const struct incidents *verb, json_object *record)
{
	const char *type = text_of(record, "type");
	bool right = verb->unread
	    ? strcmp(type, "unread") == 0
	    : strcmp(type, "credential") == 0 || strcmp(type, "continue") == 0;

	if (!right || !is_listed(verb, text_of(record, "incident")))
		return false;
	if (verb->site && strcasecmp(verb->site, text_of(record, "host")) != 0)
		return false;
	if (verb->since && strcmp(text_of(record, "time"), verb->since) < 0)
		return false;
	return !verb->account ||
	    strcasecmp(verb->account, text_of(record, "account")) == 0 ||
	    strcasecmp(verb->account, text_of(record, "submitted")) == 0;
}

static void
show_text(int width, const char *text)
{
	char quoted[LOG_QUOTE_SIZE];

	printf("%-*s  ", width, log_quote(quoted, slice_of(text)));
}

static void
show_head(const struct incidents *verb)
{
	if (verb->shown == 0)
		printf("%-11s  %-19s  %-16s  %-16s  %-24s  %-11s  %-11s  %s\n",
		    "incident", "time (UTC)", "account", "password of", "site",
		    "verdict", "action", "where");
}

/* For people: "continue" says why somebody went on. */
static void
show(struct incidents *verb, json_object *record)
{
	bool went_on = strcmp(text_of(record, "type"), "continue") == 0;
	char time[20];

	show_head(verb);
	snprintf(time, sizeof(time), "%s", text_of(record, "time"));
	if (strlen(time) > 10)
		time[10] = ' ';
	show_text(11, text_of(record, "incident"));
	show_text(19, time);
	show_text(16, text_of(record, "account"));
	show_text(16, text_of(record, "submitted"));
	show_text(24, text_of(record, "host"));
	show_text(11, text_of(record, "verdict"));
	show_text(11, went_on ? "went on" : text_of(record, "action"));
	show_text(0, text_of(record, went_on ? "words" : "where"));
	putchar('\n');
}

static void
count_site(struct incidents *verb, json_object *record)
{
	char *key = mem_printf(
	    "%s\t%s", text_of(record, "host"), text_of(record, "why"));
	uint64_t *count = map_get(verb->sites, slice_of(key));

	if (!count) {
		count = mem_zalloc(sizeof(*count));
		map_set(verb->sites, slice_of(key), count);
	}
	++*count;
	free(key);
}

static void
take(struct incidents *verb, const char *line)
{
	json_object *record = json_tokener_parse(line);

	if (!record || !json_object_is_type(record, json_type_object)) {
		verb->bad++;
	} else if (is_wanted(verb, record)) {
		if (verb->json)
			fputs(line, stdout);
		else if (verb->unread)
			count_site(verb, record);
		else
			show(verb, record);
		verb->shown++;
	}
	json_object_put(record);
}

/* --- all of them ------------------------------------------------------------------- */

static int
read_file(struct incidents *verb, const char *path)
{
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;

	if (!in) {
		fprintf(stderr, "sallyport: %s: %s\n", path, strerror(errno));
		return VERB_FAILED;
	}
	while (getline(&line, &cap, in) > 0)
		take(verb, line);
	free(line);
	fclose(in);
	return VERB_OK;
}

static int
show_site(struct slice key, void *value, void *arg)
{
	const uint64_t *count = value;
	struct slice rest = key, site = SLICE_EMPTY, why = SLICE_EMPTY;
	char quoted[LOG_QUOTE_SIZE], quoted_why[LOG_QUOTE_SIZE];

	(void)slice_split(&rest, '\t', &site);
	(void)slice_split(&rest, '\t', &why);
	printf("%8" PRIu64 "  %-32s  %s\n", *count, log_quote(quoted, site),
	    log_quote(quoted_why, why));
	return 0;
}

static int
show_all(struct incidents *verb)
{
	int status = VERB_OK;

	verb->sites = map_new(SITES_MAX, free);
	for (size_t i = 0; i < verb->npaths && status == VERB_OK; i++)
		status = read_file(verb, verb->paths[i]);
	if (verb->unread && !verb->json)
		(void)map_each(verb->sites, show_site, NULL);
	if (verb->bad)
		fprintf(stderr, "sallyport: %" PRIu64 " lines are no records\n",
		    verb->bad);
	map_free(verb->sites);
	return status;
}

static int
find_record(struct incidents *verb)
{
	struct bundle *bundle = bundle_new();
	struct diags diags = { .v = NULL };
	struct conf *conf = conf_parse(bundle, verb->conf, &diags);

	diags_print(&diags, stderr);
	diags_clear(&diags);
	if (conf && conf->record_path)
		verb->found = mem_dup(conf->record_path);
	else if (conf)
		fprintf(stderr,
		    "sallyport: %s writes its record to no file: see "
		    "--record\n",
		    verb->conf);
	conf_free(conf);
	bundle_free(bundle);
	if (!verb->found)
		return VERB_FAILED;
	verb->paths[verb->npaths++] = verb->found;
	return VERB_OK;
}

/* -1: go on */
static int
take_option(struct incidents *verb, int option)
{
	switch (option) {
	case 'f':
		verb->conf = optarg;
		return -1;
	case 'r':
		if (verb->npaths == RECORDS_MAX)
			return verb_misuse(help, "too many records");
		verb->paths[verb->npaths++] = optarg;
		return -1;
	case 'a':
		verb->account = optarg;
		return -1;
	case 's':
		verb->site = optarg;
		return -1;
	case 't':
		verb->since = optarg;
		return -1;
	case 'u':
		verb->unread = true;
		return -1;
	case OPT_JSON:
		verb->json = true;
		return -1;
	case OPT_HELP:
		return verb_help(help);
	}
	return verb_misuse(help, "see --help");
}

int
cli_incidents(int argc, char **argv)
{
	struct incidents verb = { .conf = VERB_CONF_DEFAULT };
	int option, status = -1;

	while (status < 0 &&
	    (option = getopt_long(argc, argv, "f:r:a:s:t:u", options, NULL)) !=
		-1)
		status = take_option(&verb, option);
	if (status >= 0)
		return status;
	verb.ids = argv + optind;
	verb.nids = argc - optind;
	status = verb.npaths ? VERB_OK : find_record(&verb);
	if (status == VERB_OK)
		status = show_all(&verb);
	free(verb.found);
	return status;
}
