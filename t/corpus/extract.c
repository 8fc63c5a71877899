/*
 * extract: puts requests through the credential check, for recall.py.
 *
 * Reads records from standard input and answers each 'V' with one line.  A
 * record is a letter, a count of strings, and the strings, each behind four
 * bytes of length (little endian):
 *
 *	A login domain mail-domain password     the account that logged in
 *	O login mail-domain                     another known account
 *	H target body (name value)*             a request
 *	W deflate bytes                         frames of a WebSocket
 *	V                                       the suspicion so far, then forget
 *
 * The filter holds the account's password alone, so what it lets through
 * beside it are values that share both portions.
 */
#include <sys/mman.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "credential/request.h"
#include "credential/sealed.h"
#include "credential/suspicion.h"
#include "credential/ws.h"

#define STRINGS_MAX 256
#define STRING_MAX ((uint32_t)64 << 20)

struct record {
	int letter;
	size_t n;
	struct slice s[STRINGS_MAX]; /* owned by storage */
	char *storage[STRINGS_MAX];  /* owned */
};

struct result {
	bool found;      /* the password itself */
	bool named;      /* the account, by name */
	size_t asked;    /* pairs for the directory */
	size_t needless; /* ... that aren't the password */
	size_t candidates;
	size_t most_lookups;
	unsigned cuts;
	bool sealed;
	char where[WHERE_TEXT_MAX];
};

struct bench {
	struct scan *scan;
	struct token_key *key;
	struct filter *filter;
	void *mem;
	size_t size;
	struct names *names;
	struct slice login;
	struct slice password;
	struct record account; /* keeps login and password alive */
	struct result result;
};

static uint32_t
get_u32(void)
{
	unsigned char b[4];

	if (fread(b, 1, 4, stdin) != 4)
		errx(1, "input ends inside a record");
	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
	    (uint32_t)b[3] << 24;
}

static bool
get_record(struct record *record)
{
	uint32_t n;
	size_t i;

	record->letter = getchar();
	if (record->letter == EOF)
		return false;
	record->n = get_u32();
	if (record->n > STRINGS_MAX)
		errx(1, "too many strings");
	for (i = 0; i < record->n; i++) {
		n = get_u32();
		if (n > STRING_MAX)
			errx(1, "string too long");
		record->storage[i] = mem_alloc(n + 1);
		if (fread(record->storage[i], 1, n, stdin) != n)
			errx(1, "input ends inside a string");
		record->s[i] = slice_from(record->storage[i], n);
	}
	return true;
}

static void
free_record(struct record *record)
{
	size_t i;

	for (i = 0; i < record->n; i++)
		free(record->storage[i]);
	record->n = 0;
}

static struct slice
glue(char *buf, size_t cap, struct slice a, const char *join, struct slice b)
{
	int n = snprintf(
	    buf, cap, "%.*s%s%.*s", SLICE_ARG(a), join, SLICE_ARG(b));

	must(n > 0 && (size_t)n < cap);
	return slice_from(buf, (size_t)n);
}

static void
name_account(struct bench *bench, struct slice login, struct slice mail)
{
	char buf[512];

	names_add(bench->names, login, login);
	names_add(
	    bench->names, glue(buf, sizeof(buf), login, "@", mail), login);
}

static void
set_account(struct bench *bench, struct record *record)
{
	static const struct filter_params params = { .capacity = 1000,
		.rate = 1e-6,
		.lanes = 2,
		.kinds = FILTER_PASSWORDS,
		.rule = { 1, 1, 3, 4 } };
	struct token token;
	const char *reason;

	free_record(&bench->account);
	bench->account = *record;
	record->n = 0;
	bench->login = bench->account.s[0];
	bench->password = bench->account.s[3];
	names_free(bench->names);
	bench->names = names_new();
	name_account(bench, bench->login, bench->account.s[2]);
	filter_close(bench->filter);
	if (bench->mem != NULL)
		munmap(bench->mem, bench->size);
	bench->size = filter_size(&params);
	bench->mem = mmap(NULL, bench->size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (bench->mem == MAP_FAILED)
		err(1, "mmap");
	reason = filter_create(
	    bench->mem, bench->size, &params, bench->key, 1, &bench->filter);
	if (reason != NULL)
		errx(1, "%s", reason);
	if (!token_of_password(bench->key, &params.rule, bench->login,
		bench->password, &token))
		errx(1, "the password has no token");
	filter_load(bench->filter, &token);
	filter_seal(bench->filter, 1);
}

static void
look(struct bench *bench)
{
	struct result *result = &bench->result;
	struct names_source names = names_source(bench->names);
	struct suspicion suspicion;
	size_t i, n;

	suspicion_init(&suspicion);
	suspicion_add_account(&suspicion, bench->login, SUSPICION_LOGGED_IN);
	scan_candidates(bench->scan, &n);
	result->candidates += n;
	result->cuts |= scan_cuts(bench->scan);
	result->sealed |= sealed_found(bench->scan);
	/* found again by name, or not? ask for the name alone */
	suspicion.naccounts = 0;
	suspicion_add_named(&suspicion, bench->scan, &names);
	for (i = 0; i < suspicion.naccounts; i++)
		result->named |= slice_eq(
		    suspicion.accounts[i].name, bench->login);
	suspicion_add_account(&suspicion, bench->login, SUSPICION_LOGGED_IN);
	suspicion_look_up(&suspicion, bench->scan, bench->filter, bench->key);
	if (suspicion.lookups > result->most_lookups)
		result->most_lookups = suspicion.lookups;
	result->asked += suspicion.nhits;
	for (i = 0; i < suspicion.nhits; i++) {
		if (!slice_eq(
			suspicion.hits[i].candidate->value, bench->password)) {
			result->needless++;
			continue;
		}
		if (!result->found)
			scan_where(bench->scan, suspicion.hits[i].candidate,
			    result->where);
		result->found = true;
	}
	scan_clear(bench->scan);
}

static void
do_request(struct bench *bench, const struct record *record)
{
	struct request_field fields[STRINGS_MAX / 2];
	struct request_view view = {
		.target = record->s[0], .body = record->s[1], .fields = fields
	};
	size_t i;

	for (i = 2; i + 1 < record->n; i += 2)
		fields[view.nfields++] = (struct request_field){ record->s[i],
			record->s[i + 1] };
	request_scan(bench->scan, &view);
	look(bench);
}

static void
do_messages(struct bench *bench, const struct record *record)
{
	struct ws_params params = { .message_max = (size_t)1 << 20,
		.deflate = record->s[0].n > 0 };
	struct slice in = record->s[1], message;
	struct ws *ws = ws_new(&params);
	enum ws_event event;
	bool text, cut;

	while (
	    (event = ws_read(ws, &in)) == WS_MESSAGE || event == WS_CONTROL) {
		message = event == WS_CONTROL ? ws_control(ws)
					      : ws_message(ws, &text, &cut);
		request_scan_message(bench->scan, message);
		look(bench);
	}
	if (event == WS_ERROR)
		errx(1, "websocket: %s", ws_reason(ws));
	ws_free(ws);
}

static void
answer(struct bench *bench)
{
	const struct result *r = &bench->result;

	printf("%d %d %zu %zu %zu %zu %u %d %s\n", r->found, r->named, r->asked,
	    r->needless, r->candidates, r->most_lookups, r->cuts, r->sealed,
	    r->found ? r->where : "-");
	fflush(stdout);
	memset(&bench->result, 0, sizeof(bench->result));
}

static void
handle(struct bench *bench, struct record *record)
{
	switch (record->letter) {
	case 'A':
		set_account(bench, record);
		break;
	case 'O':
		name_account(bench, record->s[0], record->s[1]);
		break;
	case 'H':
		do_request(bench, record);
		break;
	case 'W':
		do_messages(bench, record);
		break;
	case 'V':
		answer(bench);
		break;
	default:
		errx(1, "unknown record %d", record->letter);
	}
}

int
main(void)
{
	struct bench bench = { .scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT) };
	struct record record;
	const char *reason;

	bench.key = token_key_new(
	    SLICE("0123456789abcdef0123456789abcdef"), &reason);
	if (bench.key == NULL)
		errx(1, "%s", reason);
	while (get_record(&record)) {
		handle(&bench, &record);
		free_record(&record);
	}
	filter_close(bench.filter);
	if (bench.mem != NULL)
		munmap(bench.mem, bench.size);
	names_free(bench.names);
	token_key_free(bench.key);
	scan_free(bench.scan);
	free_record(&bench.account);
	return 0;
}
