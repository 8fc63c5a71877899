/*
 * notices: a bounded map from account and site to when it happened.
 */
#include "proxy/notices.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "proxy/account.h"
#include "proxy/manner.h"

#define NOTICES_MAX 4096
#define NOTICE_MS (10u * 60 * 1000)
#define KEY_MAX 512 /* account, NUL, site */

struct notices {
	struct map *due; /* of uint64_t: until when, clock_ms() */
};

struct notices *
notices_new(void)
{
	struct notices *notices = mem_zalloc(sizeof(*notices));

	notices->due = map_new(NOTICES_MAX, free);
	return notices;
}

void
notices_free(struct notices *notices)
{
	if (notices == NULL)
		return;
	map_free(notices->due);
	free(notices);
}

static struct slice
key_of(char buf[KEY_MAX], struct slice account, struct slice site)
{
	if (account.n + 1 + site.n > KEY_MAX)
		return SLICE_EMPTY;
	memcpy(buf, account.p, account.n);
	buf[account.n] = '\0';
	memcpy(buf + account.n + 1, site.p, site.n);
	return slice_from(buf, account.n + 1 + site.n);
}

void
notices_add(struct exchange *x)
{
	struct worker *worker = x->client->worker;
	struct msg_notice notice = {
		.account = slice_of(x->account->name),
		.site = host_slice(&x->host),
		.token = x->way.token,
	};

	if (worker->directory != NULL)
		(void)chan_send(worker->directory, MSG_notice, &notice, -1);
}

void
notices_on_notice(struct notices *notices, const struct msg_notice *notice)
{
	char buf[KEY_MAX];
	struct slice key = key_of(buf, notice->account, notice->site);
	uint64_t *until;

	if (notice->account.n == 0 || notice->site.n == 0 || key.n == 0)
		return;
	until = mem_alloc(sizeof(*until));
	*until = clock_ms() + NOTICE_MS;
	map_set(notices->due, key, until);
}

bool
notices_may_tell(struct notices *notices, const struct exchange *x)
{
	char buf[KEY_MAX];
	uint64_t *until;
	bool due;

	if (map_count(notices->due) == 0 || x->request.method != METHOD_GET ||
	    !manner_is_navigation(&x->request))
		return false;
	until = map_take(notices->due,
	    key_of(buf, slice_of(x->account->name), host_slice(&x->host)));
	due = until != NULL && *until > clock_ms();
	free(until);
	return due;
}
