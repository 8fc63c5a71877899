/*
 * way: questions to the directory process, and the text about a request that
 * goes with them. Decides nothing.
 */
#include "proxy/way.h"

#include <stdint.h>

#include "proxy/account.h"
#include "proxy/client.h"
#include "proxy/inspect.h"

#define WAY_ANSWER_MS 3000
#define FIELDS (sizeof(struct way_about) / sizeof(struct slice))

_Static_assert(FIELDS == 10, "way_about holds ten slices and nothing else");

bool
way_is_here(const struct exchange *x)
{
	return x->local && slice_eq_str(host_slice(&x->host), WAY_NAME);
}

/* --- questions ------------------------------------------------------------ */

static void
on_done(const union msg_body *body, void *arg)
{
	struct exchange *x = arg;
	const struct msg_way_done *done;

	x->way.id = 0;
	if (body != NULL) {
		done = &body->way_done;
		x->way.verdict = done->verdict;
		x->way.token = arena_dup(x->arena, done->token);
		x->way.answer = arena_dup(x->arena, done->answer);
		x->way.about = arena_dup(x->arena, done->about);
	}
	exchange_run(x);
}

static bool
ask(struct exchange *x, struct msg_way_ask *ask)
{
	struct worker *worker = x->client->worker;

	x->way.verdict = WAY_NONE;
	x->way.token = x->way.answer = x->way.about = SLICE_EMPTY;
	if (worker->directory == NULL || x->account == NULL)
		return false;
	ask->account = slice_of(x->account->name);
	ask->id = pending_add(worker->pending, WAY_ANSWER_MS, on_done, x);
	if (ask->id == 0)
		return false;
	if (chan_send(worker->directory, MSG_way_ask, ask, -1) != 0) {
		pending_cancel(worker->pending, ask->id);
		return false;
	}
	x->way.id = ask->id;
	return true;
}

static struct slice
site_of(const struct exchange *x)
{
	return authority_text(
	    x->arena, &x->host, x->port, x->secure ? 443 : 80);
}

static const char *
scheme_of(const struct exchange *x)
{
	return x->secure ? "https" : "http";
}

/* Where the browser goes back to: the page the form stood on, where that is
 * of this site. Only what neither a Location nor a link can be led astray
 * by. */
static struct slice
form_page(const struct exchange *x)
{
	struct slice path = head_value(&x->request, FIELD_REFERER);
	struct slice start = arena_printf(
	    x->arena, "%s://%.*s", scheme_of(x), SLICE_ARG(site_of(x)));

	if (!slice_starts(path, start))
		return SLICE("/");
	path = slice_from_idx(path, start.n);
	if (path.n == 0 || path.p[0] != '/' || path.n > 1024 ||
	    (path.n > 1 && (path.p[1] == '/' || path.p[1] == '\\')))
		return SLICE("/");
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] <= ' ' || path.p[i] >= 0x7f)
			return SLICE("/");
	return path;
}

/* One line for each member, in their order; no value has a line end. */
static struct slice
write_about(struct exchange *x, const struct inspect_hit *hit)
{
	struct slice text = arena_printf(x->arena,
	    "%s\n%s\n%s\n%u\n%.*s\n%.*s\n%.*s\n%s\n%s\n%.*s", x->incident,
	    scheme_of(x), x->host.name, x->port, SLICE_ARG(site_of(x)),
	    SLICE_ARG(x->request.target.path), SLICE_ARG(form_page(x)),
	    hit->account, hit->where, SLICE_ARG(x->inspect->label));

	return text;
}

bool
way_read_about(struct slice text, struct way_about *about)
{
	struct slice *fields = (struct slice *)about;
	size_t n = 0;

	while (n < FIELDS && slice_split(&text, '\n', &fields[n]))
		n++;
	return n == FIELDS && text.n == 0;
}

bool
way_try(struct exchange *x, const struct inspect_hit *hit)
{
	struct msg_way_ask what = { .op = WAY_TRY, .asked = hit->asked };

	what.place = arena_printf(x->arena, "%s://%.*s%.*s", scheme_of(x),
	    SLICE_ARG(site_of(x)), SLICE_ARG(x->request.target.path));
	what.about = write_about(x, hit);
	return ask(x, &what);
}

bool
way_look(struct exchange *x, struct slice token)
{
	struct msg_way_ask what = { .op = WAY_LOOK, .token = token };

	return ask(x, &what);
}

bool
way_grant(struct exchange *x, struct slice token, struct slice answer)
{
	struct msg_way_ask what = {
		.op = WAY_GRANT, .token = token, .answer = answer
	};

	return ask(x, &what);
}

bool
way_tell(struct exchange *x)
{
	struct msg_way_ask what = { .op = WAY_TELL,
		.place = host_slice(&x->host) };

	return ask(x, &what);
}

/* Secure where the site is: whoever reads that page trusts the authority. */
struct slice
way_url(const struct exchange *x)
{
	if (x->way.token.n == 0)
		return SLICE_EMPTY;
	return arena_printf(x->arena, "%s://" WAY_NAME "/?t=%.*s", scheme_of(x),
	    SLICE_ARG(x->way.token));
}
