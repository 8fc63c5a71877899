/*
 * handshake: puts a destination's terms into a handshake. It decides nothing
 * about a certificate: net/verify.h does, on these terms.
 */
#include "proxy/handshake.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/cert.h"
#include "net/io_tls.h"
#include "policy/origins.h"
#include "proxy/fetch.h"
#include "proxy/sessions.h"
#include "proxy/upstream.h"

#define SHOWN_MAX 6 /* certificates on a page */

/* The bits are told apart by two rooms that may not know each other. */
static const struct {
	enum cert_fault conf;
	enum tls_fault tls;
} faults[] = {
	{ FAULT_EXPIRED, TLS_FAULT_EXPIRED },
	{ FAULT_NOT_YET_VALID, TLS_FAULT_NOT_YET_VALID },
	{ FAULT_WRONG_NAME, TLS_FAULT_WRONG_NAME },
	{ FAULT_SELF_SIGNED, TLS_FAULT_SELF_SIGNED },
	{ FAULT_UNKNOWN_AUTHORITY, TLS_FAULT_UNKNOWN_AUTHORITY },
	{ FAULT_WEAK_KEY, TLS_FAULT_WEAK_KEY },
	{ FAULT_WEAK_SIGNATURE, TLS_FAULT_WEAK_SIGNATURE },
	{ FAULT_WRONG_PURPOSE, TLS_FAULT_WRONG_PURPOSE },
	{ FAULT_NAME_CONSTRAINT, TLS_FAULT_NAME_CONSTRAINT },
	{ FAULT_REVOKED, TLS_FAULT_REVOKED },
	{ FAULT_NO_STATUS, TLS_FAULT_NO_STATUS },
};

static unsigned
tls_faults(unsigned conf)
{
	unsigned tls = 0;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (conf & faults[i].conf)
			tls |= faults[i].tls;
	return tls;
}

static unsigned
conf_faults(unsigned tls)
{
	unsigned conf = 0;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (tls & faults[i].tls)
			conf |= faults[i].conf;
	return conf;
}

static enum tls_revocation
tls_revocation(enum revocation_mode mode)
{
	switch (mode) {
	case REVOCATION_SOFT:
		return TLS_REVOCATION_SOFT;
	case REVOCATION_HARD:
		return TLS_REVOCATION_HARD;
	case REVOCATION_OFF:
		break;
	}
	return TLS_REVOCATION_OFF;
}

/* --- the terms ------------------------------------------------------------- */

static size_t
count_excepts(const struct policy *policy, const struct subject *subject)
{
	const struct cert_exception *one;
	size_t i = 0, n = 0;

	while ((one = policy_exception(policy, subject, &i)) != NULL)
		n += one->certificates.n;
	return n;
}

static void
set_excepts(struct exchange *x, const struct policy *policy,
    const struct subject *subject, struct verify_opts *verify)
{
	size_t n = count_excepts(policy, subject), i = 0;
	struct tls_except *v;
	const struct cert_exception *one;

	if (n == 0)
		return;
	v = arena_alloc(x->arena, n * sizeof(*v));
	verify->excepts = v;
	while ((one = policy_exception(policy, subject, &i)) != NULL) {
		for (size_t j = 0; j < one->certificates.n; j++) {
			struct tls_except *into = &v[verify->nexcepts++];

			memcpy(into->sha256, one->certificates.v[j].sha256,
			    sizeof(into->sha256));
			into->faults = tls_faults(one->faults);
		}
	}
}

static const struct tls_own *
own_of(const struct rules *rules, const struct own_certificate *own)
{
	size_t i = own == NULL
	    ? 0
	    : (size_t)(own - rules->conf->own_certificates.v);

	return own == NULL ? NULL : rules->own[i];
}

static void
set_session(struct exchange *x, struct tls_connect_opts *opts)
{
	x->up->looked = (struct looked){ .at_ms = clock_ms() };
	x->up->resumable = (struct looked){ .at_ms = 0 };
	opts->session = sessions_take(
	    x->client->worker->sessions, x->up->key, &x->up->resumable);
}

void
handshake_start(struct exchange *x, const struct host *name)
{
	struct worker *worker = x->client->worker;
	const struct rules *rules = worker->rules;
	struct tls_connect_opts opts = {
		.host = name,
		.alpn = TLS_ALPN_HTTP1,
	};
	struct subject subject;
	struct origin_terms terms;

	exchange_subject(x, &x->addr, &subject);
	subject.host = name;
	terms = policy_origin(rules->policy, &subject);
	opts.verify.revocation = tls_revocation(terms.revocation);
	opts.verify.crls = rules->conf->crls.n > 0;
	opts.verify.issuers = fetches_issuers(worker->fetches);
	opts.verify.lists = terms.fetch ? fetches_lists(worker->fetches) : NULL;
	opts.verify.account = x->account != NULL ? x->account->number : 0;
	opts.verify.demand = !x->listed;
	opts.own = own_of(rules, terms.own);
	set_excepts(x, rules->policy, &subject, &opts.verify);
	set_session(x, &opts);
	io_tls_connect(x->up->io,
	    terms.legacy ? rules->legacy_ctx : rules->origin_ctx, &opts);
	SSL_SESSION_free(opts.session);
}

bool
handshake_speaks_http1(const struct exchange *x)
{
	const char *alpn = io_tls_info(x->up->io)->alpn;

	return alpn[0] == '\0' || strcmp(alpn, "http/1.1") == 0;
}

void
handshake_done(struct exchange *x)
{
	struct worker *worker = x->client->worker;
	const struct tls_info *info = io_tls_info(x->up->io);

	if (!info->resumed) {
		x->up->looked.accepted = conf_faults(info->accepted);
		return;
	}
	x->up->looked = x->up->resumable;
	worker->counts.origins_resumed++;
}

/* --- what went wrong -------------------------------------------------------- */

/* Lines of text: a page shows them as they are, escaped. */
static void
show(struct evbuffer *out, const struct cert_shown *one)
{
	if (evbuffer_get_length(out) > 0)
		evbuffer_add(out, "\n", 1);
	evbuffer_add_printf(out, "%s\n",
	    one->subject[0] != '\0' ? one->subject : "(no subject)");
	if (one->names[0] != '\0')
		evbuffer_add_printf(out, "  for %s\n", one->names);
	evbuffer_add_printf(out,
	    "  issued by %s\n"
	    "  valid from %s to %s\n  %s",
	    one->issuer, one->from, one->until, one->sha256);
}

static void
keep_chain(struct exchange *x)
{
	struct cert_shown shown[SHOWN_MAX];
	size_t n = io_tls_chain(x->up->io, shown, SHOWN_MAX), len;
	struct evbuffer *out = evbuffer_new();

	for (size_t i = 0; i < n && i < SHOWN_MAX; i++)
		show(out, &shown[i]);
	if (n > SHOWN_MAX)
		evbuffer_add_printf(out, "\nand %zu more", n - SHOWN_MAX);
	len = evbuffer_get_length(out);
	free(x->client->origin_chain);
	x->client->origin_chain = mem_zalloc(len + 1);
	evbuffer_remove(out, x->client->origin_chain, len);
	evbuffer_free(out);
}

bool
handshake_was_unwanted(const struct exchange *x)
{
	return x->up->failed && x->up->secure && !x->have_response &&
	    io_tls_info(x->up->io)->wants_certificate &&
	    io_tls_info(x->up->io)->alert != NULL;
}

enum step_ret
handshake_refuse(struct exchange *x)
{
	const struct tls_info *info = io_tls_info(x->up->io);

	if (info->verify_error != 0) {
		keep_chain(x);
		return exchange_refuse(
		    x, REASON_ORIGIN_CERTIFICATE, info->verify_text);
	}
	if (info->wants_certificate)
		return exchange_refuse(x, REASON_ORIGIN_WANTS,
		    "the site asks for a client certificate");
	if (info->alert_number == SSL_AD_NO_APPLICATION_PROTOCOL)
		return exchange_refuse(x, REASON_ORIGIN_PROTOCOL, info->alert);
	return exchange_refuse(x, REASON_ORIGIN_TLS,
	    info->alert != NULL ? info->alert : io_error(x->up->io));
}

/* With what is known now; a list that can't be had is judged without. */
static enum step_ret
again(struct exchange *x)
{
	upstream_free(x->up);
	x->up = NULL;
	x->dial_done = false;
	exchange_go(x, STEP_DIAL);
	return STEP_RET_NEXT;
}

enum step_ret
handshake_failed(struct exchange *x)
{
	bool is_list = false;
	const char *url = io_tls_missing(x->up->io, &is_list);

	if (url == NULL || (is_list ? x->listed : x->fetched))
		return handshake_refuse(x);
	if (is_list)
		x->listed = true;
	else
		x->fetched = true;
	x->fetch = fetch_new(x, url, is_list);
	if (x->fetch != NULL)
		return STEP_RET_WAIT;
	return is_list ? again(x) : handshake_refuse(x);
}

enum step_ret
handshake_fetched(struct exchange *x)
{
	bool found, is_list = false;

	if (!fetch_is_over(x->fetch))
		return STEP_RET_WAIT;
	found = fetch_found(x->fetch);
	fetch_free(x->fetch);
	x->fetch = NULL;
	(void)io_tls_missing(x->up->io, &is_list);
	return found || is_list ? again(x) : handshake_refuse(x);
}
