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

typedef void make_fn(
    struct exchange *x, const struct lang *lang, struct evbuffer *body);

bool
local_is_name(const struct host *host)
{
	return slice_eq_str(host_slice(host), LOCAL_NAME);
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

static void
make_setup(struct exchange *x, const struct lang *lang, struct evbuffer *body)
{
	const struct rules *rules = x->client->worker->rules;
	struct cert_info info = { .der = NULL };
	char until[CLOCK_STAMP_SIZE] = "";
	bool have = rules->authority.n > 0 &&
	    cert_read_pem(rules->authority, &info) == 0;

	if (have)
		clock_stamp(until, info.until * 1000000);
	until[10 < strlen(until) ? 10 : strlen(until)] = '\0';
	const struct page_value values[] = {
		{ "proxy", proxy_address(x) },
		{ "fingerprint", slice_of(info.sha256) },
		{ "subject", slice_of(info.subject) },
		{ "until", slice_of(until) },
		{ "realm", slice_of(rules->conf->realm) },
		{ "local", SLICE(LOCAL_NAME) },
	};

	page_render(rules->pages, PAGE_SETUP, lang, values,
	    sizeof(values) / sizeof(*values), body);
	if (have)
		cert_info_clear(&info);
}

static void
make_pem(struct exchange *x, const struct lang *lang, struct evbuffer *body)
{
	struct slice pem = x->client->worker->rules->authority;

	evbuffer_add(body, pem.p, pem.n);
}

static void
make_der(struct exchange *x, const struct lang *lang, struct evbuffer *body)
{
	struct cert_info info;

	if (cert_read_pem(x->client->worker->rules->authority, &info) != 0)
		return;
	evbuffer_add(body, info.der, info.der_len);
	cert_info_clear(&info);
}

static void
make_pac(struct exchange *x, const struct lang *lang, struct evbuffer *body)
{
	pac_write(x->client->worker->rules->conf, proxy_address(x), body);
}

/* An image that only loads when the way it was asked for works. */
static void
make_yes(struct exchange *x, const struct lang *lang, struct evbuffer *body)
{
	page_render(x->client->worker->rules->pages, PAGE_SELF_TEST, lang, NULL,
	    0, body);
}

static const struct local {
	const char *path, *type;
	make_fn *make;
	bool needs_authority;
	bool page, cacheable;
	bool spoken; /* in the person's language */
	const char *extra;
} locals[] = {
	{ "/", "text/html; charset=utf-8", make_setup, false, true, false, true,
	    NULL },
	{ "/ca.pem", "application/x-pem-file", make_pem, true, false, true,
	    false,
	    "Content-Disposition: attachment; "
	    "filename=\"sallyport-ca.pem\"\r\n" },
	{ "/ca.crt", "application/x-x509-ca-cert", make_der, true, false, true,
	    false,
	    "Content-Disposition: attachment; "
	    "filename=\"sallyport-ca.crt\"\r\n" },
	{ "/proxy.pac", "application/x-ns-proxy-autoconfig", make_pac, false,
	    false, true, false, NULL },
	{ "/wpad.dat", "application/x-ns-proxy-autoconfig", make_pac, false,
	    false, true, false, NULL },
	{ "/self-test/proxy.svg", "image/svg+xml", make_yes, false, false,
	    false, true, NULL },
	{ "/self-test/ca.svg", "image/svg+xml", make_yes, false, false, false,
	    true, NULL },
};

static const struct local *
find(const struct exchange *x)
{
	struct slice path = x->request.target.path;

	for (size_t i = 0; i < sizeof(locals) / sizeof(*locals); i++) {
		const struct local *local = &locals[i];

		if (!slice_eq_str(path, local->path))
			continue;
		if (local->needs_authority &&
		    x->client->worker->rules->authority.n == 0)
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
	local->make(x, lang, body);
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
	if (!reply_drain_request(x))
		return STEP_RET_WAIT;
	client_deadline(client, 0, REASON_OK);
	exchange_go(x, STEP_RECORD);
	return STEP_RET_NEXT;
}
