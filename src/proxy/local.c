/*
 * local: the proxy's own little site. Reads nothing of the request but its
 * method, path and Host.
 */
#include "proxy/local.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "net/cert.h"
#include "proxy/pac.h"
#include "proxy/page.h"
#include "proxy/reply.h"
#include "proxy/way.h"

struct local;
typedef void make_fn(struct exchange *x, const struct local *local,
    const struct lang *lang, struct evbuffer *body);

bool
local_is_name(const struct host *host)
{
	return slice_eq_str(host_slice(host), LOCAL_NAME) ||
	    slice_eq_str(host_slice(host), WAY_NAME);
}

bool
local_is_for_us(const struct exchange *x)
{
	const struct worker *worker = x->client->worker;
	const char *name = worker->rules->conf->host_name;
	struct addr addr;

	if (local_is_name(&x->host))
		return true;
	if (x->is_connect)
		return false;
	if (host_eq(&x->host, &worker->rules->site) &&
	    x->port == worker->rules->site_port)
		return true;
	if (x->host.is_addr) {
		addr = x->host.addr;
		addr.port = x->port;
		return worker_is_self(worker, &addr);
	}
	return name != NULL && slice_eq_str(host_slice(&x->host), name) &&
	    x->port == x->client->local.port;
}

/* Where this person's programs find the proxy: as they found it now, where
 * that was by its own address; else the configured name. */
static struct slice
proxy_address(struct exchange *x)
{
	const struct client *client = x->client;
	const char *name = client->worker->rules->conf->host_name;
	struct slice asked = head_value(&x->request, FIELD_HOST);
	char text[ADDR_TEXT_SIZE];
	struct host host;
	uint16_t port;

	if (!client->inside && x->host.len == 0 && asked.n > 0 &&
	    authority_parse(asked, 80, &host, &port) == NULL)
		return authority_text(x->arena, &host, port, 0);
	if (name != NULL)
		return arena_printf(
		    x->arena, "%s:%u", name, client->local.port);
	return arena_dup(
	    x->arena, slice_of(addr_text_port(text, &client->local)));
}

/* --- what there is -------------------------------------------------------- */

/* Days are enough, and short. */
static struct slice
day_of(struct exchange *x, uint64_t at)
{
	char stamp[CLOCK_STAMP_SIZE];

	return arena_dup(x->arena,
	    slice_sub(slice_of(clock_stamp(stamp, at * 1000000)), 0, 10));
}

/* What people install, where that is another than the current one: two that
 * stand under the same root are one to them. */
static const struct cert_info *
info_of(const struct rules *rules, enum ca_which which)
{
	static const struct cert_info none = { .der = NULL };
	const struct ca *ca = cas_get(&rules->cas, which);
	const struct ca *now = cas_get(&rules->cas, CA_CURRENT);

	if (ca == NULL ||
	    (which != CA_CURRENT && now != NULL &&
		strcmp(ca->root_tag, now->root_tag) == 0))
		return &none;
	return &ca->info;
}

static void
make_setup(struct exchange *x, const struct local *local,
    const struct lang *lang, struct evbuffer *body)
{
	const struct rules *rules = x->client->worker->rules;
	const struct cert_info *now = info_of(rules, CA_CURRENT);
	const struct cert_info *next = info_of(rules, CA_NEXT);
	const struct cert_info *old = info_of(rules, CA_OLD);
	const struct page_value values[] = {
		{ "proxy", proxy_address(x) },
		{ "fingerprint", slice_of(now->sha256) },
		{ "subject", slice_of(now->subject) },
		{ "until", day_of(x, now->until) },
		{ "next_fingerprint", slice_of(next->sha256) },
		{ "next_subject", slice_of(next->subject) },
		{ "next_until", day_of(x, next->until) },
		{ "old_fingerprint", slice_of(old->sha256) },
		{ "old_subject", slice_of(old->subject) },
		{ "realm", slice_of(rules->conf->realm) },
		{ "local", SLICE(LOCAL_NAME) },
	};

	page_render(rules->pages, PAGE_SETUP, lang, values,
	    sizeof(values) / sizeof(*values), body);
}

static const struct ca *ca_of(
    const struct exchange *x, const struct local *local);

static void
make_pem(struct exchange *x, const struct local *local, const struct lang *lang,
    struct evbuffer *body)
{
	const struct ca *ca = ca_of(x, local);

	evbuffer_add(body, ca->pem.p, ca->pem.n);
}

static void
make_der(struct exchange *x, const struct local *local, const struct lang *lang,
    struct evbuffer *body)
{
	const struct ca *ca = ca_of(x, local);

	evbuffer_add(body, ca->info.der, ca->info.der_len);
}

/* Is the path one of a root that doesn't sign leaves itself? */
static bool is_of_root(const struct exchange *x, const struct local *local);

static void
make_issuer(struct exchange *x, const struct local *local,
    const struct lang *lang, struct evbuffer *body)
{
	const struct ca *ca = ca_of(x, local);
	const struct cert_info *info = is_of_root(x, local) ? &ca->info
							    : &ca->signs;

	evbuffer_add(body, info->der, info->der_len);
}

static struct slice
crl_of(const struct exchange *x, const struct local *local)
{
	const struct ca *ca = ca_of(x, local);

	if (is_of_root(x, local))
		return ca->root_crl;
	return crls_get(x->client->worker->crls, slice_of(ca->tag));
}

static void
make_crl(struct exchange *x, const struct local *local, const struct lang *lang,
    struct evbuffer *body)
{
	struct slice der = crl_of(x, local);

	evbuffer_add(body, der.p, der.n);
}

static void
make_pac(struct exchange *x, const struct local *local, const struct lang *lang,
    struct evbuffer *body)
{
	pac_write(x->client->worker->rules->conf, x->client->tls_listener,
	    proxy_address(x), body);
}

/* An image that only loads when the way it was asked for works. */
static void
make_yes(struct exchange *x, const struct local *local, const struct lang *lang,
    struct evbuffer *body)
{
	page_render(x->client->worker->rules->pages, PAGE_SELF_TEST, lang, NULL,
	    0, body);
}

/* Which authority a path speaks of. */
enum whose {
	NOBODYS,
	CURRENTS,
	NEXTS,
	OLDS,
	TAGGED /* the one whose tag stands in the path */
};

#define ATTACH(name)                                                           \
	"Content-Disposition: attachment; filename=\"sallyport-" name "\"\r\n"
#define TYPE_PEM "application/x-pem-file"
#define TYPE_CA "application/x-x509-ca-cert"
#define TYPE_PAC "application/x-ns-proxy-autoconfig"
#define TYPE_CRL "application/pkix-crl"
#define TAG_PATH "/ca-" /* + tag + ".crl" or ".crt" */

/* Where whose is TAGGED, path is what stands behind the tag. */
static const struct local {
	const char *path, *type;
	make_fn *make;
	enum whose whose;
	bool page, cacheable;
	bool spoken; /* in the person's language */
	const char *extra;
} locals[] = {
	{ "/", "text/html; charset=utf-8", make_setup, NOBODYS, true, false,
	    true, NULL },
	{ "/ca.pem", TYPE_PEM, make_pem, CURRENTS, false, true, false,
	    ATTACH("ca.pem") },
	{ "/ca.crt", TYPE_CA, make_der, CURRENTS, false, true, false,
	    ATTACH("ca.crt") },
	{ "/ca-next.pem", TYPE_PEM, make_pem, NEXTS, false, true, false,
	    ATTACH("ca-next.pem") },
	{ "/ca-next.crt", TYPE_CA, make_der, NEXTS, false, true, false,
	    ATTACH("ca-next.crt") },
	{ "/ca-old.pem", TYPE_PEM, make_pem, OLDS, false, true, false,
	    ATTACH("ca-old.pem") },
	{ "/ca-old.crt", TYPE_CA, make_der, OLDS, false, true, false,
	    ATTACH("ca-old.crt") },
	{ "/ca.crl", TYPE_CRL, make_crl, CURRENTS, false, true, false, NULL },
	{ ".crl", TYPE_CRL, make_crl, TAGGED, false, true, false, NULL },
	{ ".crt", "application/pkix-cert", make_issuer, TAGGED, false, true,
	    false, NULL },
	{ "/proxy.pac", TYPE_PAC, make_pac, NOBODYS, false, true, false, NULL },
	{ "/wpad.dat", TYPE_PAC, make_pac, NOBODYS, false, true, false, NULL },
	{ "/self-test/proxy.svg", "image/svg+xml", make_yes, NOBODYS, false,
	    false, true, NULL },
	{ "/self-test/ca.svg", "image/svg+xml", make_yes, NOBODYS, false, false,
	    true, NULL },
};

static struct slice
tag_of(struct slice path)
{
	return slice_sub(path, sizeof(TAG_PATH) - 1, CA_TAG_SIZE - 1);
}

/* NULL: there is none. */
static const struct ca *
ca_of(const struct exchange *x, const struct local *local)
{
	const struct cas *cas = &x->client->worker->rules->cas;

	switch (local->whose) {
	case CURRENTS:
		return cas_get(cas, CA_CURRENT);
	case NEXTS:
		return cas_get(cas, CA_NEXT);
	case OLDS:
		return cas_get(cas, CA_OLD);
	case TAGGED:
		return cas_find(cas, tag_of(x->request.target.path));
	case NOBODYS:
		break;
	}
	return NULL;
}

static bool
is_of_root(const struct exchange *x, const struct local *local)
{
	return local->whose == TAGGED &&
	    !slice_eq_str(tag_of(x->request.target.path), ca_of(x, local)->tag);
}

static bool
is_at(const struct local *local, struct slice path)
{
	if (local->whose != TAGGED)
		return slice_eq_str(path, local->path);
	return slice_starts(path, SLICE(TAG_PATH)) &&
	    slice_eq_str(
		slice_from_idx(path, sizeof(TAG_PATH) - 1 + CA_TAG_SIZE - 1),
		local->path);
}

static const struct local *
find(const struct exchange *x)
{
	struct slice path = x->request.target.path;

	for (size_t i = 0; i < sizeof(locals) / sizeof(*locals); i++) {
		const struct local *local = &locals[i];

		if (!is_at(local, path))
			continue;
		if (local->whose != NOBODYS && ca_of(x, local) == NULL)
			return NULL;
		if (local->make == make_crl && crl_of(x, local).n == 0)
			return NULL;
		return local;
	}
	return NULL;
}

static void
answer_plain(struct exchange *x, unsigned status, const char *extra,
    const char *words, struct evbuffer *body)
{
	struct reply reply = { .status = status,
		.type = words == NULL ? NULL : "text/plain; charset=utf-8",
		.extra = extra };

	if (words != NULL)
		evbuffer_add_printf(body, "%s\n", words);
	reply_send(x, &reply, body);
}

static void
answer(struct exchange *x, struct evbuffer *body)
{
	const struct local *local;
	const struct lang *lang = langs_pick(
	    pages_langs(x->client->worker->rules->pages),
	    head_value(&x->request, FIELD_ACCEPT_LANGUAGE));
	struct reply reply = { .status = 200 };

	if (x->request.method == METHOD_OPTIONS) {
		answer_plain(
		    x, 204, "Allow: GET, HEAD, OPTIONS\r\n", NULL, body);
		return;
	}
	if (x->request.method != METHOD_GET &&
	    x->request.method != METHOD_HEAD) {
		answer_plain(x, 405, "Allow: GET, HEAD, OPTIONS\r\n",
		    "This address only answers GET and HEAD.", body);
		return;
	}
	local = find(x);
	if (local == NULL) {
		answer_plain(x, 404, NULL,
		    "Nothing is here. The setup page is at /", body);
		return;
	}
	local->make(x, local, lang, body);
	reply.type = local->type;
	reply.page = local->page;
	reply.cacheable = local->cacheable;
	reply.extra = local->spoken
	    ? arena_printf(x->arena, LANG_FIELDS, lang_tag(lang)).p
	    : local->extra;
	reply_send(x, &reply, body);
}

enum step_ret
step_local(struct exchange *x)
{
	struct client *client = x->client;
	struct evbuffer *body;

	if (!x->asked) {
		x->asked = true;
		x->reason = REASON_LOCAL;
		body = evbuffer_new();
		answer(x, body);
		evbuffer_free(body);
		client_deadline(client,
		    client->worker->rules->conf->timeouts.body, REASON_STALLED);
	}
	return reply_finish(x);
}
