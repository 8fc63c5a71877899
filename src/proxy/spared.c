/*
 * spared: two bounded maps by account and name. Counts nothing.
 */
#include "proxy/spared.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

#define KEY_SIZE 600 /* longer ones are not remembered */

struct spared {
	struct map *until; /* owned; of uint64_t: clock_ms() */
	struct map *told;  /* owned; of struct told */
};

struct told {
	uint64_t at_ms;
	unsigned char ip[16];
};

struct spared *
spared_new(void)
{
	struct spared *spared = mem_zalloc(sizeof(*spared));

	spared->until = map_new(SPARED_MAX, free);
	spared->told = map_new(SPARED_TOLD_MAX, free);
	return spared;
}

void
spared_free(struct spared *spared)
{
	if (spared == NULL)
		return;
	map_free(spared->until);
	map_free(spared->told);
	free(spared);
}

/* Names of hosts have no blank. */
static struct slice
key_of(char buf[KEY_SIZE], struct slice account, struct slice host)
{
	size_t n = host.n + 1 + account.n;

	if (n > KEY_SIZE)
		return SLICE_EMPTY;
	memcpy(buf, host.p, host.n);
	buf[host.n] = ' ';
	if (account.n > 0)
		memcpy(buf + host.n + 1, account.p, account.n);
	return slice_from(buf, n);
}

static bool
was_told(struct spared *spared, struct slice key, const struct spared_case *one)
{
	const struct told *told = map_get(spared->told, key);

	return told != NULL && told->at_ms + SPARED_AGAIN_MS > one->now_ms &&
	    memcmp(told->ip, one->addr->ip, sizeof(told->ip)) == 0;
}

void
spared_accept(
    struct spared *spared, struct chan *signer, const struct spared_case *one)
{
	char buf[KEY_SIZE];
	struct slice key = key_of(buf, one->account, host_slice(one->host));
	struct msg_pin_accept said = {
		.client = *one->addr,
		.account = one->account,
		.host = host_slice(one->host),
	};
	struct told *told;

	if (signer == NULL || key.n == 0 || was_told(spared, key, one) ||
	    chan_send(signer, MSG_pin_accept, &said, -1) != 0)
		return;
	told = mem_zalloc(sizeof(*told));
	told->at_ms = one->now_ms;
	memcpy(told->ip, one->addr->ip, sizeof(told->ip));
	map_set(spared->told, key, told);
}

void
spared_break(struct spared *spared, struct chan *signer,
    const struct spared_case *one, struct slice alert)
{
	char buf[KEY_SIZE];
	struct slice key = key_of(buf, one->account, host_slice(one->host));
	struct msg_pin_break said = {
		.client = *one->addr,
		.account = one->account,
		.host = host_slice(one->host),
		.alert = alert,
	};

	if (signer == NULL || key.n == 0)
		return;
	map_del(spared->told, key);
	(void)chan_send(signer, MSG_pin_break, &said, -1);
}

bool
spared_has(struct spared *spared, const struct spared_case *one)
{
	char buf[KEY_SIZE];
	struct slice key = key_of(buf, one->account, host_slice(one->host));
	const uint64_t *until = key.n ? map_get(spared->until, key) : NULL;

	return until != NULL && *until > one->now_ms;
}

void
spared_set(struct spared *spared, const struct msg_pin_state *state)
{
	char buf[KEY_SIZE];
	struct slice key = key_of(buf, state->account, state->host);
	uint64_t *until;

	if (key.n == 0 || state->host.n == 0)
		return;
	map_del(spared->told, key);
	map_del(spared->until, key);
	if (state->until_ms == 0)
		return;
	until = mem_alloc(sizeof(*until));
	*until = state->until_ms;
	map_set(spared->until, key, until);
}

void
spared_tell_again(struct spared *spared)
{
	map_free(spared->told);
	spared->told = map_new(SPARED_TOLD_MAX, free);
}

void
spared_forget(struct spared *spared)
{
	map_free(spared->until);
	spared->until = map_new(SPARED_MAX, free);
}
