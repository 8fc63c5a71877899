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
#define BACK_MAX 1024 /* bytes of a page to go back to */
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
	ask->id = pending_add(
	    worker->pending, ROLE_DIRECTORY, WAY_ANSWER_MS, on_done, x);
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

/* Nothing that a link or a field could be led astray by. */
static bool
is_bare(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] >= 0x7f)
			return false;
	return text.n > 0;
}

/* Where the browser goes back to: the page the form stood on, where that is
 * of this site. */
static struct slice
form_page(const struct exchange *x)
{
	struct slice path = head_value(&x->request, FIELD_REFERER);
	struct slice start = arena_printf(
	    x->arena, "%s://%.*s", scheme_of(x), SLICE_ARG(site_of(x)));

	if (!slice_starts(path, start))
		return SLICE("/");
	path = slice_from_idx(path, start.n);
	return path.n <= BACK_MAX && is_bare(path) && path.p[0] == '/'
	    ? path
	    : SLICE("/");
}

/* One line for each member, in their order; no value has a line end. */
static struct slice
write_about(struct exchange *x, const struct inspect_hit *hit)
{
	return arena_printf(x->arena,
	    "%s\n%s\n%s\n%u\n%.*s\n%.*s\n%.*s\n%s\n%s\n%.*s", x->incident,
	    scheme_of(x), x->host.name, x->port, SLICE_ARG(site_of(x)),
	    SLICE_ARG(x->request.target.path), SLICE_ARG(form_page(x)),
	    hit->account, hit->where, SLICE_ARG(x->inspect->label));
}

/* Another worker may have written it: it becomes a link and a Location. */
bool
way_read_about(struct slice text, struct way_about *about)
{
	struct way_about read = { .incident = SLICE_EMPTY };
	struct slice *fields = (struct slice *)&read;
	size_t n = 0;

	while (n < FIELDS && slice_split(&text, '\n', &fields[n]))
		n++;
	if (n < FIELDS || text.n > 0 || !is_bare(read.site) ||
	    !is_bare(read.back) || read.back.p[0] != '/' ||
	    slice_find(read.site, '/') < read.site.n ||
	    (!slice_eq_str(read.scheme, "http") &&
		!slice_eq_str(read.scheme, "https")))
		return false;
	*about = read;
	return true;
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
