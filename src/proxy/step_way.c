/*
 * step_way: the pages at WAY_NAME. GET shows what is about to happen and
 * asks for a reason; POST takes it, writes the record and sends the person
 * back to the site, to send the form again.
 *
 * What comes from a page of another origin is refused here, whatever it
 * brings along.
 */
#include "proxy/exchange.h"

#include <stdlib.h>

#include <event2/http.h>

#include "proxy/account.h"
#include "proxy/audit.h"
#include "proxy/page.h"
#include "proxy/reply.h"
#include "proxy/way.h"

#define FORM_MAX 8192
#define REASON_TEXT_MAX 1000

/* application/x-www-form-urlencoded, as our own page sends it. */
static struct slice
decode(struct exchange *x, struct slice s)
{
	size_t n = 0;
	char *text = evhttp_uridecode(arena_str(x->arena, s), 1, &n);
	struct slice kept = SLICE_EMPTY;

	if (text != NULL)
		kept = arena_dup(x->arena, slice_from(text, n));
	free(text);
	return kept;
}

static struct slice
field(struct exchange *x, struct slice form, const char *name)
{
	struct slice part;
	size_t at;

	while (slice_split(&form, '&', &part)) {
		at = slice_find(part, '=');
		if (slice_eq_str(slice_sub(part, 0, at), name))
			return decode(x, slice_from_idx(part, at + 1));
	}
	return SLICE_EMPTY;
}

/* --- pages ---------------------------------------------------------------- */

static void
show(struct exchange *x, unsigned status, struct slice token, bool missing)
{
	struct worker *worker = x->client->worker;
	const struct lang *lang = langs_pick(pages_langs(worker->rules->pages),
	    head_value(&x->request, FIELD_ACCEPT_LANGUAGE));
	struct reply reply = {
		.status = status,
		.type = "text/html; charset=utf-8",
		.page = true,
		.apart = true,
		.extra = arena_printf(x->arena, LANG_FIELDS, lang_tag(lang)).p
	};
	struct way_about about = { .site = SLICE_EMPTY };
	struct evbuffer *body = evbuffer_new();
	bool open = x->way.verdict == WAY_SHOWN &&
	    way_read_about(x->way.about, &about);
	const struct page_value values[] = {
		{ "token", open ? token : SLICE_EMPTY },
		{ "answer", open ? x->way.answer : SLICE_EMPTY },
		{ "missing", missing ? SLICE("1") : SLICE_EMPTY },
		{ "stale", open ? SLICE_EMPTY : SLICE("1") },
		{ "destination", about.site },
		{ "submitted", about.submitted },
		{ "account", slice_of(x->account->name) },
		{ "incident", about.incident },
		{ "back",
		    arena_printf(x->arena, "%.*s://%.*s%.*s",
			SLICE_ARG(about.scheme), SLICE_ARG(about.site),
			SLICE_ARG(about.back)) },
		{ "realm", slice_of(worker->rules->conf->realm) },
	};

	page_render(worker->rules->pages, PAGE_CONTINUE, lang, values,
	    sizeof(values) / sizeof(*values), body);
	reply_send(x, &reply, body);
	evbuffer_free(body);
}

static void
send_back(struct exchange *x, const struct way_about *about)
{
	struct evbuffer *body = evbuffer_new();
	struct reply reply = { .status = 303, .apart = true };

	reply.extra = arena_printf(x->arena, "Location: %.*s://%.*s%.*s\r\n",
	    SLICE_ARG(about->scheme), SLICE_ARG(about->site),
	    SLICE_ARG(about->back))
			  .p;
	reply_send(x, &reply, body);
	evbuffer_free(body);
}

static void
say(struct exchange *x, unsigned status, const char *extra, const char *words)
{
	struct evbuffer *body = evbuffer_new();
	struct reply reply = { .status = status,
		.type = "text/plain; charset=utf-8",
		.apart = true,
		.extra = extra };

	evbuffer_add_printf(body, "%s\n", words);
	reply_send(x, &reply, body);
	evbuffer_free(body);
}

/* --- who asks ------------------------------------------------------------- */

static bool
is_or_none(const struct exchange *x, enum field_id id, const char *value)
{
	return head_get(&x->request, id) == NULL ||
	    slice_eq_str(head_value(&x->request, id), value);
}

/* Shown in a window of its own, not fetched by a script nor framed. */
static bool
is_opened(const struct exchange *x)
{
	return is_or_none(x, FIELD_SEC_FETCH_MODE, "navigate") &&
	    is_or_none(x, FIELD_SEC_FETCH_DEST, "document");
}

/* Sent by our own page, as far as the browser says. */
static bool
is_ours(const struct exchange *x)
{
	const char *self = arena_printf(x->arena, "%s://%.*s",
	    x->secure ? "https" : "http",
	    SLICE_ARG(authority_text(
		x->arena, &x->host, x->port, x->secure ? 443 : 80)))
			       .p;

	return is_opened(x) && is_or_none(x, FIELD_ORIGIN, self) &&
	    is_or_none(x, FIELD_SEC_FETCH_SITE, "same-origin");
}

/* --- GET ------------------------------------------------------------------ */

static struct slice
query_of(const struct exchange *x)
{
	struct slice all = x->request.target.path_query;

	return slice_from_idx(all, slice_find(all, '?') + 1);
}

/* True: wait for the directory's answer. */
static bool
begin_get(struct exchange *x)
{
	x->way.asked = field(x, query_of(x), "t");
	if (!is_opened(x)) {
		say(x, 403, NULL, "This page opens in a window of its own.");
		return false;
	}
	if (way_look(x, x->way.asked))
		return true;
	show(x, 200, SLICE_EMPTY, false);
	return false;
}

/* --- POST ----------------------------------------------------------------- */

static struct slice
form_of(struct exchange *x)
{
	return slice_from(
	    evbuffer_pullup(x->form, -1), evbuffer_get_length(x->form));
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* No longer than is recorded, and no half characters. */
static struct slice
words_of(struct exchange *x)
{
	struct slice words = field(x, form_of(x), "reason");
	size_t n;

	while (words.n > 0 && is_space(words.p[0]))
		words = slice_from_idx(words, 1);
	n = words.n;
	if (n > REASON_TEXT_MAX)
		for (n = REASON_TEXT_MAX;
		     n > 0 && ((unsigned char)words.p[n] & 0xc0) == 0x80;)
			n--;
	while (n > 0 && is_space(words.p[n - 1]))
		n--;
	return slice_sub(words, 0, n);
}

/* The form is small: it is waited for as a whole. False: it is no form, or
 * not here yet (then *wait). */
static bool
read_form(struct exchange *x, bool *wait)
{
	struct client *client = x->client;
	enum h1_ret ret = H1_BODY;

	*wait = false;
	if (x->form == NULL)
		x->form = evbuffer_new();
	while (!x->request_done && ret != H1_ERROR &&
	    evbuffer_get_length(x->form) <= FORM_MAX) {
		ret = h1_read_body(client->reader, io_input(client->io),
		    io_end(client->io) != IO_END_NONE, x->form, FORM_MAX);
		if (ret == H1_MORE) {
			*wait = true;
			return false;
		}
		x->request_done = ret == H1_END;
	}
	return ret != H1_ERROR && evbuffer_get_length(x->form) <= FORM_MAX;
}

static bool
begin_post(struct exchange *x)
{
	struct slice form = form_of(x);
	bool asked;

	x->way.asked = field(x, form, "t");
	if (!is_ours(x)) {
		say(x, 403, NULL, "This was not sent by the page that asks.");
		return false;
	}
	if (words_of(x).n == 0)
		asked = way_look(x, x->way.asked);
	else
		asked = way_grant(x, x->way.asked, field(x, form, "answer"));
	if (!asked)
		show(x, 503, SLICE_EMPTY, false);
	return asked;
}

/* --- the step ------------------------------------------------------------- */

static bool
is_post(const struct exchange *x)
{
	return x->request.method == METHOD_POST;
}

static void
answered(struct exchange *x)
{
	struct way_about about;

	if (x->way.verdict == WAY_GRANTED &&
	    way_read_about(x->way.about, &about)) {
		audit_continue(
		    x->client->worker->audit, x, &about, words_of(x));
		send_back(x, &about);
	} else if (x->way.verdict == WAY_SHOWN) {
		show(x, is_post(x) ? 400 : 200, x->way.asked, is_post(x));
	} else {
		show(x, is_post(x) ? 403 : 404, SLICE_EMPTY, false);
	}
}

/* True: wait for an answer, or for the rest of a form (x->asked is false
 * then); false: it is answered. */
static bool
begin(struct exchange *x)
{
	struct client *client = x->client;
	bool wait;

	if (x->request.method == METHOD_GET || x->request.method == METHOD_HEAD)
		return begin_get(x);
	if (!is_post(x)) {
		say(x, 405, "Allow: GET, HEAD, POST\r\n",
		    "This address only answers GET, HEAD and POST.");
		return false;
	}
	if (x->form == NULL)
		client_deadline(client,
		    client->worker->rules->conf->timeouts.body,
		    REASON_REQUEST_TIMEOUT);
	if (read_form(x, &wait))
		return begin_post(x);
	if (wait)
		x->asked = false;
	else
		say(x, 400, NULL, "Too long for this page.");
	return wait;
}

enum step_ret
step_way(struct exchange *x)
{
	struct client *client = x->client;

	if (io_full(client->io))
		return STEP_RET_WAIT;
	if (!x->asked) {
		x->asked = true;
		x->reason = REASON_LOCAL;
		if (begin(x))
			return STEP_RET_WAIT;
	} else if (x->way.id != 0) {
		return STEP_RET_WAIT;
	} else if (x->status == 0) {
		answered(x);
	}
	return reply_finish(x);
}
