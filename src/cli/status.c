/*
 * status: the verb that shows what a running proxy is doing.
 *
 * The proxy answers in lines of JSON (cli/survey.h), which are shown as
 * tables or as one JSON object.  What stands in them comes from clients in
 * part, so whatever is printed goes through log_quote.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/call.h"
#include "cli/verb.h"

static const char help[] =
    "usage: sallyport status [-f FILE] [-s SOCKET] [--connections | --pinned]\n"
    "                        [--json]\n"
    "\n"
    "Shows the processes of a running proxy and what they have done.\n"
    "\n"
    "  -f, --file FILE      configuration (" VERB_CONF_DEFAULT ")\n"
    "  -s, --socket SOCKET  control socket of the proxy (as FILE says)\n"
    "      --connections    show the connections instead, with the account\n"
    "                       each belongs to\n"
    "      --pinned         show programs that break off when their "
    "connections\n"
    "                       are decrypted, and what to write in FILE\n"
    "      --json           one JSON object instead of tables\n"
    "      --help           show this\n";

enum {
	OPT_HELP = 256,
	OPT_CONNECTIONS,
	OPT_PINNED,
	OPT_JSON
};

static const struct option options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "socket", required_argument, NULL, 's' },
	{ "connections", no_argument, NULL, OPT_CONNECTIONS },
	{ "pinned", no_argument, NULL, OPT_PINNED },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

/* --- one line of the answer ------------------------------------------------ */

struct line {
	struct slice kind, role, index;
	json_object *json; /* owned */
};

static json_object *
parse(struct slice text)
{
	json_tokener *tokener = json_tokener_new();
	json_object *json = json_tokener_parse_ex(tokener, text.p, (int)text.n);

	json_tokener_free(tokener);
	return json;
}

/* False where it isn't "KIND ROLE INDEX {…}". */
static bool
line_read(struct line *line, struct slice text)
{
	if (!slice_split(&text, ' ', &line->kind) ||
	    !slice_split(&text, ' ', &line->role) ||
	    !slice_split(&text, ' ', &line->index))
		return false;
	line->json = parse(text);
	if (json_object_is_type(line->json, json_type_object))
		return true;
	json_object_put(line->json);
	return false;
}

/* Calls fn for every line of that kind. */
static void
each_line(struct slice body, const char *kind,
    void (*fn)(const struct line *line, void *arg), void *arg)
{
	struct slice text;
	struct line line;

	while (slice_split(&body, '\n', &text)) {
		if (!line_read(&line, text))
			continue;
		if (slice_eq_str(line.kind, kind))
			fn(&line, arg);
		json_object_put(line.json);
	}
}

/* --- as tables --------------------------------------------------------------- */

/* A field as printable text; "-" where there is none. */
static const char *
field(const struct line *line, const char *key, char buf[LOG_QUOTE_SIZE])
{
	json_object *value = json_object_object_get(line->json, key);
	const char *text = value ? json_object_get_string(value) : NULL;

	return text && *text ? log_quote(buf, slice_of(text)) : "-";
}

static uint64_t
number(const struct line *line, const char *key)
{
	json_object *value = json_object_object_get(line->json, key);

	return value ? json_object_get_uint64(value) : 0;
}

#define SPAN_SIZE 32
/* "3d 2h", "5m 10s": the two largest units. */
static const char *
span(uint64_t s, char buf[SPAN_SIZE])
{
	if (s >= 86400)
		snprintf(buf, SPAN_SIZE, "%" PRIu64 "d %" PRIu64 "h", s / 86400,
		    s % 86400 / 3600);
	else if (s >= 3600)
		snprintf(buf, SPAN_SIZE, "%" PRIu64 "h %" PRIu64 "m", s / 3600,
		    s % 3600 / 60);
	else if (s >= 60)
		snprintf(buf, SPAN_SIZE, "%" PRIu64 "m %" PRIu64 "s", s / 60,
		    s % 60);
	else
		snprintf(buf, SPAN_SIZE, "%" PRIu64 "s", s);
	return buf;
}

static void
show_supervisor(const struct line *line, void *arg)
{
	char version[LOG_QUOTE_SIZE], file[LOG_QUOTE_SIZE],
	    where[LOG_QUOTE_SIZE], up[SPAN_SIZE];

	printf("sallyport %s, process %" PRIu64 ", up %s\n",
	    field(line, "version", version), number(line, "pid"),
	    span(number(line, "uptime_s"), up));
	printf("configuration %" PRIu64 " of %s\n",
	    number(line, "configuration"), field(line, "file", file));
	printf("listening on %s\n\n", field(line, "listening", where));
}

static void
show_process(const struct line *line, void *arg)
{
	char state[LOG_QUOTE_SIZE], up[SPAN_SIZE];

	printf("%-10.*s %5.*s %8" PRIu64 "  %-9s %9s %9" PRIu64 "\n",
	    SLICE_ARG(line->role), SLICE_ARG(line->index), number(line, "pid"),
	    field(line, "state", state), span(number(line, "uptime_s"), up),
	    number(line, "restarts"));
}

static void
show_counter(const char *group, const char *key, json_object *value)
{
	char text[LOG_QUOTE_SIZE], name[LOG_QUOTE_SIZE];
	const char *word = value ? json_object_get_string(value) : NULL;
	char *full = mem_printf("%s%s%s", group, *group ? "." : "", key);

	printf("  %-26s %s\n", log_quote(name, slice_of(full)),
	    word && *word ? log_quote(text, slice_of(word)) : "-");
	free(full);
}

/* Counters may stand in groups, one deep. */
static void
show_counters(const struct line *line, void *arg)
{
	printf("\n%.*s %.*s\n", SLICE_ARG(line->role), SLICE_ARG(line->index));
	json_object_object_foreach(line->json, key, value)
	{
		if (!json_object_is_type(value, json_type_object)) {
			show_counter("", key, value);
			continue;
		}
		json_object_object_foreach(value, inner, number_of)
		    show_counter(key, inner, number_of);
	}
}

static void
show_summary(struct slice body)
{
	each_line(body, "supervisor", show_supervisor, NULL);
	printf("%-10s %5s %8s  %-9s %9s %9s\n", "PROCESS", "INDEX", "PID",
	    "STATE", "UP", "RESTARTS");
	each_line(body, "process", show_process, NULL);
	each_line(body, "counters", show_counters, NULL);
}

/* --- connections as a table ---------------------------------------------------- */

/* Whose client an upstream connection serves: by the connection's id. */
struct search {
	const char *id;
	char found[LOG_QUOTE_SIZE];
};

static void
look_for_client(const struct line *line, void *arg)
{
	struct search *search = arg;
	char id[LOG_QUOTE_SIZE], kind[LOG_QUOTE_SIZE];

	if (strcmp(field(line, "kind", kind), "client") == 0 &&
	    strcmp(field(line, "connection", id), search->id) == 0)
		(void)field(line, "client", search->found);
}

struct connections {
	struct slice body;
	unsigned shown;
};

static void
show_connection(const struct line *line, void *arg)
{
	struct connections *all = arg;
	char account[LOG_QUOTE_SIZE], client[LOG_QUOTE_SIZE],
	    upstream[LOG_QUOTE_SIZE], host[LOG_QUOTE_SIZE], id[LOG_QUOTE_SIZE],
	    age[SPAN_SIZE];
	struct search search = { .id = field(line, "for", id) };
	const char *from = field(line, "client", client);

	if (strcmp(from, "-") == 0 && strcmp(search.id, "-") != 0) {
		each_line(all->body, "connection", look_for_client, &search);
		from = search.found[0] ? search.found : "-";
	}
	printf("%-16s %-22s %-22s %-24s %10" PRIu64 " %10" PRIu64 " %8s\n",
	    field(line, "account", account), from,
	    field(line, "upstream", upstream), field(line, "host", host),
	    number(line, "in"), number(line, "out"),
	    span(number(line, "age_ms") / 1000, age));
	all->shown++;
}

static void
show_connections(struct slice body)
{
	struct connections all = { .body = body };

	printf("%-16s %-22s %-22s %-24s %10s %10s %8s\n", "ACCOUNT", "CLIENT",
	    "UPSTREAM", "HOST", "IN", "OUT", "AGE");
	each_line(body, "connection", show_connection, &all);
	printf("%u connections\n", all.shown);
}

/* --- pinned programs as a table -------------------------------------------------- */

/* What several workers saw of one account and name. */
struct pinned_row {
	char *account, *host; /* owned */
	uint64_t alerts, closes, bypassed_ms;
};

struct pinned_rows {
	struct pinned_row *v; /* owned */
	size_t n, cap;
};

static void
gather_pinned(const struct line *line, void *arg)
{
	struct pinned_rows *rows = arg;
	char account[LOG_QUOTE_SIZE], host[LOG_QUOTE_SIZE];
	struct pinned_row *row;
	size_t i = 0;

	(void)field(line, "account", account);
	(void)field(line, "host", host);
	while (i < rows->n &&
	    (strcmp(rows->v[i].account, account) != 0 ||
		strcmp(rows->v[i].host, host) != 0))
		i++;
	if (i == rows->n) {
		rows->v = mem_grow(
		    rows->v, rows->n, &rows->cap, sizeof(*rows->v));
		rows->v[rows->n++] = (struct pinned_row){
			.account = slice_dup(slice_of(account)),
			.host = slice_dup(slice_of(host)),
		};
	}
	row = &rows->v[i];
	row->alerts += number(line, "alerts");
	row->closes += number(line, "closes");
	if (row->bypassed_ms < number(line, "bypassed_ms"))
		row->bypassed_ms = number(line, "bypassed_ms");
}

/* Ready to be copied, account by account. */
static void
show_exceptions(const struct pinned_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		const char *account = rows->v[i].account;
		size_t first = 0;

		while (strcmp(rows->v[first].account, account) != 0)
			first++;
		if (first != i)
			continue;
		printf("decrypt all except {");
		for (size_t j = i; j < rows->n; j++)
			if (strcmp(rows->v[j].account, account) == 0)
				printf("%s %s", j == i ? "" : ",",
				    rows->v[j].host);
		printf(" } for user \"%s\"\n", account);
	}
}

static void
show_pinned(struct slice body)
{
	struct pinned_rows rows = { .v = NULL };
	char left[SPAN_SIZE];

	each_line(body, "pinned", gather_pinned, &rows);
	printf("%-16s %-32s %7s %7s  %s\n", "ACCOUNT", "HOST", "ALERTS",
	    "CLOSES", "NOT DECRYPTED FOR");
	for (size_t i = 0; i < rows.n; i++)
		printf("%-16s %-32s %7" PRIu64 " %7" PRIu64 "  %s\n",
		    rows.v[i].account, rows.v[i].host, rows.v[i].alerts,
		    rows.v[i].closes,
		    rows.v[i].bypassed_ms
			? span(rows.v[i].bypassed_ms / 1000, left)
			: "-");
	if (rows.n > 0)
		puts("\nTo leave them alone for good, before the other decrypt "
		     "statements:\n");
	show_exceptions(&rows);
	for (size_t i = 0; i < rows.n; i++) {
		free(rows.v[i].account);
		free(rows.v[i].host);
	}
	free(rows.v);
}

/* --- as JSON ------------------------------------------------------------------- */

/* What can be asked, and how the answer's lines are called. */
static const struct asked {
	const char *command, *kind, *key;
	void (*show)(struct slice body);
} asks[] = {
	{ "status", "counters", "counters", show_summary },
	{ "connections", "connection", "connections", show_connections },
	{ "pinned", "pinned", "pinned", show_pinned },
};

/* Adds role and index, which stand before the object in the answer. */
static void
add_to_array(const struct line *line, void *arg)
{
	json_object *array = arg;
	char *role = slice_dup(line->role);
	uint64_t index = 0;

	(void)slice_to_u64(line->index, UINT32_MAX, &index);
	json_object_object_add(
	    line->json, "role", json_object_new_string(role));
	json_object_object_add(
	    line->json, "index", json_object_new_uint64(index));
	json_object_array_add(array, json_object_get(line->json));
	free(role);
}

static void
add_all(json_object *top, struct slice body, const char *kind, const char *key)
{
	json_object *array = json_object_new_array();

	each_line(body, kind, add_to_array, array);
	json_object_object_add(top, key, array);
}

static void
show_json(struct slice body, const struct asked *asked)
{
	json_object *top = json_object_new_object();

	add_all(top, body, "supervisor", "supervisor");
	add_all(top, body, "process", "processes");
	add_all(top, body, asked->kind, asked->key);
	puts(json_object_to_json_string_ext(
	    top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(top);
}

/* --- the verb ------------------------------------------------------------------ */

static int
show(const char *path, const struct asked *asked, bool json)
{
	struct call call;
	const char *why = call_ask(path, asked->command, &call);
	int status = VERB_FAILED;

	if (why) {
		fprintf(stderr, "sallyport: %s\n", why);
	} else if (!call.ok) {
		fwrite(call.body.p, 1, call.body.n, stderr);
	} else {
		status = VERB_OK;
		if (json)
			show_json(call.body, asked);
		else
			asked->show(call.body);
	}
	call_clear(&call);
	return status;
}

int
cli_status(int argc, char **argv)
{
	const char *file = VERB_CONF_DEFAULT, *socket = NULL;
	const struct asked *asked = &asks[0];
	bool json = false;
	char *path;
	int c, status;

	while ((c = getopt_long(argc, argv, "f:s:", options, NULL)) != -1)
		switch (c) {
		case 'f':
			file = optarg;
			break;
		case 's':
			socket = optarg;
			break;
		case OPT_CONNECTIONS:
			asked = &asks[1];
			break;
		case OPT_PINNED:
			asked = &asks[2];
			break;
		case OPT_JSON:
			json = true;
			break;
		case OPT_HELP:
			return verb_help(help);
		default:
			return verb_misuse(help, "see --help");
		}
	if (optind < argc)
		return verb_misuse(help, "too many words: %s", argv[optind]);
	path = call_path(socket, file);
	if (!path)
		return VERB_FAILED;
	status = show(path, asked, json);
	free(path);
	return status;
}
