/*
 * step_go: takes the answer to a "continue" page: a token, the path it is
 * for, and a reason in the person's words, which goes into the record. The
 * browser is sent back to where it came from, with a cookie that lets one
 * submission pass.
 */
#include "proxy/exchange.h"

#include <stdlib.h>

#include <event2/http.h>

#include "proxy/audit.h"
#include "proxy/go.h"
#include "proxy/reply.h"

#define ANSWER_MAX 8192
#define REASON_TEXT_MAX 500

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

/* Only a path of this very site: nothing that a Location or a cookie's Path
 * could be led astray by. */
static bool
is_path(struct slice path)
{
	if (path.n == 0 || path.p[0] != '/' || path.n > 1024 ||
	    (path.n > 1 && (path.p[1] == '/' || path.p[1] == '\\')))
		return false;
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] <= ' ' || path.p[i] == ';' || path.p[i] == ',' ||
		    path.p[i] >= 0x7f)
			return false;
	return true;
}

static void
send_back(struct exchange *x, struct slice path, struct slice back,
    struct slice token, struct evbuffer *body)
{
	struct reply reply = { .status = 303 };

	reply.extra = arena_printf(x->arena,
	    "Location: %.*s\r\n"
	    "Set-Cookie: sallyport-go=%.*s; Path=%.*s; Max-Age=600; "
	    "HttpOnly; SameSite=Strict%s\r\n",
	    SLICE_ARG(back), SLICE_ARG(token), SLICE_ARG(path),
	    x->secure ? "; Secure" : "")
			  .p;
	reply_send(x, &reply, body);
}

static void
answer(struct exchange *x, struct slice form, struct evbuffer *body)
{
	struct slice path = field(x, form, "path");
	struct slice back = field(x, form, "back");
	struct slice token = field(x, form, "token");
	struct slice words = slice_trim(field(x, form, "reason"));
	struct reply reply = { .status = 400,
		.type = "text/plain; charset=utf-8" };

	if (!is_path(path) || !go_check(x, path, token) || words.n == 0) {
		evbuffer_add_printf(body,
		    "This page has expired or gives no reason. Go back, "
		    "reload, and try again.\n");
		reply_send(x, &reply, body);
		return;
	}
	audit_continue(x->client->worker->audit, x, path,
	    slice_sub(words, 0, REASON_TEXT_MAX));
	send_back(x, path, is_path(back) ? back : SLICE("/"), token, body);
}

/* The form is small: it is waited for as a whole. */
enum step_ret
step_go(struct exchange *x)
{
	struct client *client = x->client;
	struct evbuffer *body;

	if (x->answer == NULL) {
		x->answer = evbuffer_new();
		client_deadline(client,
		    client->worker->rules->conf->timeouts.body,
		    REASON_REQUEST_TIMEOUT);
	}
	if (io_full(client->io))
		return STEP_RET_WAIT;
	while (!x->request_done) {
		enum h1_ret ret = h1_read_body(client->reader,
		    io_input(client->io), io_end(client->io) != IO_END_NONE,
		    x->answer, ANSWER_MAX);

		if (ret == H1_MORE)
			return STEP_RET_WAIT;
		x->request_done = ret == H1_END;
		if (ret == H1_ERROR ||
		    evbuffer_get_length(x->answer) > ANSWER_MAX)
			return exchange_refuse(
			    x, REASON_BAD_REQUEST, "too long for this page");
	}
	client_deadline(client, 0, REASON_OK);
	x->reason = REASON_LOCAL;
	body = evbuffer_new();
	answer(x,
	    slice_from(
		evbuffer_pullup(x->answer, -1), evbuffer_get_length(x->answer)),
	    body);
	evbuffer_free(body);
	exchange_go(x, STEP_RECORD);
	return STEP_RET_NEXT;
}
