/*
 * inspect: from a held request to what the filter finds in it. Asks nobody
 * and decides nothing: that is proxy/judge.h's.
 */
#include "proxy/inspect.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/secret.h"
#include "credential/escape.h"
#include "credential/nfc.h"
#include "credential/request.h"
#include "credential/sealed.h"
#include "http/h1_read.h"
#include "proxy/account.h"
#include "proxy/audit.h"
#include "proxy/exchange.h"
#include "proxy/watch.h"

bool
inspect_has_room(const struct worker *worker, size_t held)
{
	const struct limits *limits = &worker->rules->conf->limits;

	return held < limits->inspect_bytes &&
	    (held < INSPECT_FORM || worker->held < limits->inspect_memory);
}

struct inspect *
inspect_new(void)
{
	struct inspect *inspect = mem_zalloc(sizeof(*inspect));

	inspect->held = evbuffer_new();
	return inspect;
}

/* A held body may hold a password: it does not stay in freed memory. */
void
inspect_wipe(struct evbuffer *held)
{
	struct evbuffer_iovec iov[16];
	int n;

	while (evbuffer_get_length(held) > 0) {
		size_t len = 0;

		n = evbuffer_peek(held, -1, NULL, iov, 16);
		for (int i = 0; i < n && i < 16; i++) {
			secret_wipe(iov[i].iov_base, iov[i].iov_len);
			len += iov[i].iov_len;
		}
		evbuffer_drain(held, len);
	}
}

static void
drop_hits(struct inspect *inspect)
{
	for (size_t i = 0; i < inspect->nhits; i++)
		secret_clear(&inspect->hits[i].value);
	inspect->nhits = inspect->asked = 0;
	inspect->tried = false;
}

void
inspect_charge(struct inspect *inspect, struct worker *worker)
{
	size_t now = evbuffer_get_length(inspect->held);

	worker->held += now - inspect->charged;
	inspect->charged = now;
}

void
inspect_free(struct inspect *inspect, struct worker *worker)
{
	if (inspect == NULL)
		return;
	pending_cancel(worker->pending, inspect->id);
	drop_hits(inspect);
	free(inspect->hits);
	worker->held -= inspect->charged;
	inspect_wipe(inspect->held);
	evbuffer_free(inspect->held);
	free(inspect);
}

/* Is the value in the path, wherever it was found best? Then no record may
 * have that path. */
static bool
is_in_path(struct exchange *x, struct scan *scan, struct slice value)
{
	struct slice path = escape_percent(
	    scan, x->request.target.path, ESCAPE_PERCENT);

	/* no room to decode it: then it is not shown either */
	return path.n == 0 || slice_search(path, value) < path.n;
}

/* As the directory knows it, not as the page spelled it. */
static void
keep_value(struct inspect_hit *hit, struct slice value)
{
	char nfc[CREDENTIAL_VALUE_MAX];
	size_t n = nfc_write(value, nfc, sizeof(nfc));

	if (n > 0)
		value = slice_from(nfc, n);
	secret_init(&hit->value, value.n);
	secret_set(&hit->value, value.p, value.n);
	secret_wipe(nfc, n);
}

static void
keep_hit(struct inspect *inspect, struct exchange *x, struct scan *scan,
    const struct suspicion_hit *found)
{
	struct inspect_hit *hit;
	struct slice name = found->account.name;
	struct slice value = found->candidate->value;

	if (inspect->hits == NULL)
		inspect->hits = mem_zalloc(
		    SUSPICION_HITS_MAX * sizeof(*inspect->hits));
	hit = &inspect->hits[inspect->nhits++];
	must(name.n < sizeof(hit->account));
	memcpy(hit->account, name.p, name.n);
	hit->account[name.n] = '\0';
	scan_where(scan, found->candidate, hit->where);
	if (slice_starts(slice_of(hit->where), SLICE("path")) ||
	    is_in_path(x, scan, value))
		inspect->hides_path = true;
	keep_value(hit, value);
}

static void
add_fields(struct request_field *fields, size_t *n, const struct field *from,
    size_t nfrom)
{
	for (size_t i = 0; i < nfrom; i++) {
		fields[*n].name = from[i].name;
		fields[*n].value = from[i].value;
		(*n)++;
	}
}

/* Trailers count as fields; where not all of the body was held they are still
 * to come, and do not go on (step_forward). */
static void
view_request(
    struct exchange *x, struct slice body, bool cut, struct request_view *view)
{
	const struct head *head = &x->request;
	size_t ntrailers = 0, n = 0;
	const struct field *trailers = cut
	    ? NULL
	    : h1_trailers(x->client->reader, &ntrailers);
	struct request_field *fields = arena_alloc(
	    x->arena, (head->nfields + ntrailers + 1) * sizeof(*fields));

	add_fields(fields, &n, head->fields, head->nfields);
	add_fields(fields, &n, trailers, ntrailers);
	*view = (struct request_view){
		.target = head->target.path_query,
		.fields = fields,
		.nfields = n,
		.body = body,
		.body_cut = cut,
	};
}

static void
add_all(struct suspicion *suspicion, const struct slice *names, size_t n,
    enum suspicion_source source)
{
	for (size_t i = 0; i < n; i++)
		suspicion_add_account(suspicion, names[i], source);
}

/* For whom a value could be the password: who is logged in, whom the request
 * names, whom an earlier one named, and whom the configuration says. */
static void
add_accounts(
    struct exchange *x, struct watch *watch, struct suspicion *suspicion)
{
	struct slice recent[WATCH_RECENT_MAX], watched[WATCH_WATCHED_MAX];
	struct slice own = x->account->folded;
	size_t n;

	suspicion_add_account(suspicion, own, SUSPICION_LOGGED_IN);
	suspicion_add_named(suspicion, watch->scan, &watch->names);
	n = watch_recent_names(watch, own, host_slice(&x->host), recent);
	add_all(suspicion, recent, n, SUSPICION_RECENT);
	n = watch_watched(watch, watched);
	add_all(suspicion, watched, n, SUSPICION_WATCHED);
}

/* Many sites ask for the name first and for the password in a request of its
 * own. */
static void
remember_names(
    struct exchange *x, struct watch *watch, const struct suspicion *suspicion)
{
	for (size_t i = 0; i < suspicion->naccounts; i++)
		if (suspicion->accounts[i].source == SUSPICION_NAMED)
			watch_remember_name(watch, x->account->folded,
			    host_slice(&x->host), suspicion->accounts[i].name);
}

/* What the scan has found, through the filter. */
static void
suspect(struct exchange *x, struct suspicion *suspicion)
{
	struct worker *worker = x->client->worker;
	struct watch *watch = worker->watch;

	suspicion_init(suspicion);
	add_accounts(x, watch, suspicion);
	remember_names(x, watch, suspicion);
	suspicion_look_up(suspicion, watch->scan, watch->filter, watch->key);
	worker->counts.inspected++;
	worker->counts.lookups += suspicion->lookups;
}

/* Is this a request that is to take as long as one that is asked about, lest
 * a page that sends guesses sees by the time what the filter says? Who is
 * logged in is tried in every request: that one who is named here comes with a
 * value is what tells a login. */
static bool
takes_time(const struct exchange *x, const struct suspicion *suspicion)
{
	switch (x->client->worker->rules->conf->even_time) {
	case EVEN_ALL:
		return suspicion->lookups > 0;
	case EVEN_LOGINS:
		break;
	case EVEN_OFF:
		return false;
	}
	for (size_t i = 0; i < suspicion->naccounts; i++)
		if (suspicion->accounts[i].source == SUSPICION_RECENT)
			return suspicion->lookups > 0;
	return suspicion->named && suspicion->others > 0;
}

/* Keeps what came of it; the scan is then wiped. */
static void
look_up(struct inspect *inspect, struct exchange *x)
{
	struct watch *watch = x->client->worker->watch;
	struct suspicion suspicion;

	inspect->cuts = scan_cuts(watch->scan);
	inspect->sealed = sealed_found(watch->scan);
	suspect(x, &suspicion);
	for (size_t i = 0; i < suspicion.nhits; i++)
		keep_hit(inspect, x, watch->scan, &suspicion.hits[i]);
	inspect->even = suspicion.nhits == 0 && takes_time(x, &suspicion);
	scan_clear(watch->scan);
}

bool
inspect_is_possible(const struct worker *worker)
{
	const struct watch *watch = worker->watch;

	return watch != NULL && watch->scan != NULL && watch->filter != NULL;
}

void
inspect_scan(struct inspect *inspect, struct exchange *x)
{
	size_t n = evbuffer_get_length(inspect->held);
	const char *p = (const char *)evbuffer_pullup(inspect->held, -1);
	struct request_view view;

	if (!inspect_is_possible(x->client->worker))
		return;
	view_request(x, slice_from(p, n), !inspect->complete, &view);
	request_scan(x->client->worker->watch->scan, &view);
	look_up(inspect, x);
}

bool
inspect_suspects_path(struct exchange *x)
{
	struct watch *watch = x->client->worker->watch;
	struct suspicion suspicion;

	request_scan_path(watch->scan, x->request.target.path_query);
	suspect(x, &suspicion);
	scan_clear(watch->scan);
	return suspicion.nhits > 0 || takes_time(x, &suspicion);
}

void
inspect_scan_message(
    struct inspect *inspect, struct exchange *x, struct slice message)
{
	drop_hits(inspect);
	inspect->cuts = 0;
	inspect->sealed = false;
	if (!inspect_is_possible(x->client->worker))
		return;
	request_scan_message(x->client->worker->watch->scan, message);
	look_up(inspect, x);
}

bool
inspect_find_rule(struct exchange *x, const struct credential_rule **rule)
{
	struct subject subject;
	bool checked;

	exchange_subject(x, NULL, &subject);
	*rule = policy_credentials(
	    x->client->worker->rules->policy, &subject, &checked);
	return checked;
}

void
inspect_tell_unread(struct exchange *x)
{
	struct inspect *inspect = x->inspect;
	struct audit *audit = x->client->worker->audit;

	if (inspect->told)
		return;
	inspect->told = inspect->cuts != 0 || inspect->sealed;
	if (inspect->cuts != 0)
		audit_unread(audit, x, UNREAD_BODY,
		    scan_cut_words(inspect->cuts), inspect->label);
	else if (inspect->sealed)
		audit_unread(audit, x, UNREAD_ENCRYPTED,
		    "what looks encrypted by a script of the page",
		    inspect->label);
}

void
inspect_tell_tunnel(struct exchange *x)
{
	const struct credential_rule *rule;

	if (inspect_is_possible(x->client->worker) &&
	    inspect_find_rule(x, &rule))
		audit_unread(x->client->worker->audit, x, UNREAD_TUNNEL,
		    x->is_connect ? "a tunnel that is not decrypted"
				  : "an upgrade to another protocol",
		    rule->label);
}
