/*
 * ldap_search: asking, paging, asking elsewhere.
 *
 * Runs in the directory process.
 */
#include "directory/ldap_search.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

/* A server that is slower than this loses its question to another, if there
 * is one. */
#define PATIENCE_MS 1000

struct ldap_search {
	struct ldap_pool *pool;       /* borrowed */
	struct ldap_servers *servers; /* borrowed */
	struct ldap_query query;      /* strings owned */
	ldap_search_fn *on_found;
	void *arg;              /* borrowed */
	struct ldap_wait *wait; /* owned while waiting */
	struct ldap_slot *slot; /* held while asking */
	int msgid;
	uint32_t avoid;              /* servers that didn't answer */
	uint64_t until_ms;           /* the end of all patience */
	struct berval cookie;        /* owned, by libldap */
	struct ldap_entry **entries; /* owned */
	size_t n, cap;
	bool more;
	bool retried; /* on a fresh connection to the same server */
};

static void on_slot(struct ldap_slot *slot, const char *why, void *arg);

static void
drop_entries(struct ldap_search *search)
{
	for (size_t i = 0; i < search->n; i++)
		ldap_entry_free(search->entries[i]);
	free(search->entries);
	search->entries = NULL;
	search->n = search->cap = 0;
	ber_memfree(search->cookie.bv_val);
	search->cookie = (struct berval){ 0, NULL };
}

void
ldap_search_free(struct ldap_search *search)
{
	if (!search)
		return;
	ldap_pool_cancel(search->wait);
	if (search->slot) {
		ldap_link_abandon(ldap_slot_link(search->slot), search->msgid);
		ldap_slot_give(search->slot, LDAP_SLOT_GOOD);
	}
	drop_entries(search);
	free((char *)(uintptr_t)search->query.base);
	free((char *)(uintptr_t)search->query.filter);
	free((char **)(uintptr_t)search->query.attrs);
	free(search);
}

static void
finish(struct ldap_search *search, enum ldap_found found, const char *why)
{
	search->on_found(
	    search, found, search->entries, search->n, why, search->arg);
}

static void
release(struct ldap_search *search, enum ldap_slot_end end)
{
	ldap_slot_give(search->slot, end);
	search->slot = NULL;
}

/* The connection or its server is no good: another, if there is one. A
 * connection that was closed may only have been idle for too long. */
static void
try_elsewhere(struct ldap_search *search, enum ldap_slot_end end)
{
	if (end == LDAP_SLOT_SPOILT && !search->retried)
		search->retried = true;
	else
		search->avoid |= 1u << ldap_slot_server(search->slot);
	release(search, end);
	drop_entries(search);
	if (clock_ms() >= search->until_ms ||
	    !ldap_servers_have(search->servers, search->avoid))
		finish(search, LDAP_FOUND_NOT, "no server answers");
	else
		search->wait = ldap_pool_take(
		    search->pool, search->avoid, on_slot, search);
}

/* --- reading -------------------------------------------------------------------- */

static struct slice
slice_bv(const struct berval *bv)
{
	return slice_from(bv->bv_val, bv->bv_len);
}

static void
read_values(struct ldap_entry *entry, const struct berval *name, BerVarray v)
{
	for (size_t i = 0; v && v[i].bv_val; i++)
		(void)ldap_entry_add(entry, slice_bv(name), slice_bv(&v[i]));
}

/* NULL: what came is no entry. */
static struct ldap_entry *
read_entry(LDAP *ld, LDAPMessage *msg)
{
	struct berval bv = { 0, NULL };
	struct ldap_entry *entry;
	BerElement *ber = NULL;
	BerVarray values = NULL;

	if (ldap_get_dn_ber(ld, msg, &ber, &bv) != LDAP_SUCCESS ||
	    bv.bv_len > LDAP_DN_MAX) {
		ber_free(ber, 0);
		return NULL;
	}
	entry = ldap_entry_new(slice_bv(&bv));
	while (ldap_get_attribute_ber(ld, msg, ber, &bv, &values) ==
		LDAP_SUCCESS &&
	    bv.bv_val) {
		read_values(entry, &bv, values);
		ber_memfree(values); /* what they point to is the message's */
		values = NULL;
	}
	ber_free(ber, 0);
	return entry;
}

static void
on_entry(struct ldap_search *search, LDAP *ld, LDAPMessage *msg)
{
	struct ldap_entry *entry;

	if (search->n == search->query.max) {
		search->more = true;
		return;
	}
	entry = read_entry(ld, msg);
	if (!entry)
		return;
	search->entries = mem_grow(search->entries, search->n, &search->cap,
	    sizeof(struct ldap_entry *));
	search->entries[search->n++] = entry;
}

/* --- asking ----------------------------------------------------------------------- */

static void on_reply(struct ldap_link *link, LDAPMessage *msg, void *arg);

static uint64_t
patience(const struct ldap_search *search)
{
	uint64_t now = clock_ms();
	uint64_t left = search->until_ms > now ? search->until_ms - now : 1;
	uint32_t others = search->avoid | 1u << ldap_slot_server(search->slot);

	if (left > PATIENCE_MS && ldap_servers_have(search->servers, others))
		return PATIENCE_MS;
	return left;
}

static void
ask(struct ldap_search *search)
{
	struct ldap_link *link = ldap_slot_link(search->slot);
	LDAP *ld = ldap_link_handle(link);
	const struct ldap_query *query = &search->query;
	LDAPControl *page = NULL, *controls[2] = { NULL, NULL };
	int code = LDAP_SUCCESS;

	search->msgid = -1;
	if (query->paged) {
		code = ldap_create_page_control(
		    ld, LDAP_PAGE, &search->cookie, 0, &page);
		controls[0] = page;
	}
	if (code == LDAP_SUCCESS)
		code = ldap_search_ext(ld, query->base, query->scope,
		    query->filter, (char **)(uintptr_t)query->attrs, 0,
		    controls, NULL, NULL, query->paged ? 0 : (int)query->max,
		    &search->msgid);
	ldap_control_free(page);
	if (code != LDAP_SUCCESS)
		try_elsewhere(search, LDAP_SLOT_SPOILT);
	else
		ldap_link_expect(
		    link, search->msgid, patience(search), on_reply, search);
}

static void
on_slot(struct ldap_slot *slot, const char *why, void *arg)
{
	struct ldap_search *search = arg;

	search->wait = NULL;
	search->slot = slot;
	if (!slot)
		finish(search, LDAP_FOUND_NOT, why);
	else
		ask(search);
}

/* Is there another page? Its cookie is then kept. */
static bool
next_page(struct ldap_search *search, LDAP *ld, LDAPControl **controls)
{
	LDAPControl *page = ldap_control_find(
	    LDAP_CONTROL_PAGEDRESULTS, controls, NULL);
	ber_int_t count = 0;

	ber_memfree(search->cookie.bv_val);
	search->cookie = (struct berval){ 0, NULL };
	if (!page || search->more || search->n >= search->query.max)
		return false;
	return ldap_parse_pageresponse_control(
		   ld, page, &count, &search->cookie) == LDAP_SUCCESS &&
	    search->cookie.bv_len > 0;
}

static void
complete(struct ldap_search *search)
{
	release(search, LDAP_SLOT_GOOD);
	finish(search, search->more ? LDAP_FOUND_MORE : LDAP_FOUND, NULL);
}

/* What the server says is wrong is wrong at every server. */
static void
refused(struct ldap_search *search, LDAP *ld, int code, const char *diagnostic)
{
	static struct log_limit limit;
	char words[LDAP_WORDS_SIZE];
	unsigned missed;

	ldap_link_words(words, ld, code, diagnostic);
	if (log_allowed(&limit, 10, &missed))
		log_error("directory %s: a search below \"%s\": %s",
		    search->servers->name, search->query.base, words);
	release(search, LDAP_SLOT_GOOD);
	finish(search, LDAP_FOUND_NOT, words);
}

static void
on_result(struct ldap_search *search, LDAP *ld, LDAPMessage *msg)
{
	LDAPControl **controls = NULL;
	char *diagnostic = NULL;
	int code = LDAP_OTHER;

	(void)ldap_parse_result(
	    ld, msg, &code, NULL, &diagnostic, NULL, &controls, 0);
	switch (code) {
	case LDAP_SUCCESS:
		if (next_page(search, ld, controls))
			ask(search);
		else
			complete(search);
		break;
	case LDAP_SIZELIMIT_EXCEEDED:
		search->more = true;
		complete(search);
		break;
	case LDAP_BUSY:
	case LDAP_UNAVAILABLE:
	case LDAP_SERVER_DOWN:
	case LDAP_TIMELIMIT_EXCEEDED:
		try_elsewhere(search, LDAP_SLOT_SPOILT);
		break;
	default:
		refused(search, ld, code, diagnostic);
		break;
	}
	ldap_memfree(diagnostic);
	ldap_controls_free(controls);
}

static void
on_reply(struct ldap_link *link, LDAPMessage *msg, void *arg)
{
	struct ldap_search *search = arg;
	LDAP *ld = ldap_link_handle(link);

	if (!msg)
		try_elsewhere(search,
		    ldap_link_step(link) == LDAP_LINK_DOWN ? LDAP_SLOT_SPOILT
							   : LDAP_SLOT_SILENT);
	else if (ldap_msgtype(msg) == LDAP_RES_SEARCH_ENTRY)
		on_entry(search, ld, msg);
	else
		on_result(search, ld, msg);
}

static const char *const *
copy_attrs(const char *const *attrs)
{
	const char **copy;
	size_t n = 0;

	while (attrs[n])
		n++;
	copy = mem_resize(NULL, n + 1, sizeof(*copy));
	memcpy(copy, attrs, (n + 1) * sizeof(*copy));
	return copy;
}

struct ldap_search *
ldap_search_start(struct ldap_pool *pool, struct ldap_servers *servers,
    const struct ldap_query *query, ldap_search_fn *on_found, void *arg)
{
	struct ldap_search *search = mem_zalloc(sizeof(*search));
	const struct directory_times *times = &servers->env.conf->times;

	search->pool = pool;
	search->servers = servers;
	search->query = *query;
	search->query.base = mem_dup(query->base);
	search->query.filter = mem_dup(query->filter);
	search->query.attrs = copy_attrs(query->attrs);
	search->on_found = on_found;
	search->arg = arg;
	search->until_ms = clock_ms() + times->search + times->connect;
	search->wait = ldap_pool_take(pool, 0, on_slot, search);
	return search;
}

int
ldap_filter_add(char *filter, size_t max, const char *attr, struct slice value)
{
	struct berval raw = { value.n, (char *)(uintptr_t)value.p };
	struct berval escaped = { 0, NULL };
	size_t used = strlen(filter);
	int n;

	if (ldap_bv2escaped_filter_value(&raw, &escaped) != 0)
		return -1;
	n = snprintf(filter + used, max - used, "(%s=%.*s)", attr,
	    (int)escaped.bv_len, escaped.bv_val ? escaped.bv_val : "");
	if (escaped.bv_val != raw.bv_val)
		ber_memfree(escaped.bv_val);
	if (n >= 0 && (size_t)n < max - used)
		return 0;
	filter[used] = '\0';
	return -1;
}
