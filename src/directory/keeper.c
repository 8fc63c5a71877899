/*
 * keeper: tokens of passwords into the mapped filter.
 *
 * Runs in the directory process.  It opens no file and forgets a password as
 * soon as its login has ended.
 */
#include "directory/keeper.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mapping.h"
#include "base/mem.h"
#include "base/secret.h"
#include "credential/filter.h"
#include "credential/names.h"

#define HELD_MAX 8192
#define LEARNED_MAX 1024             /* tokens kept for the next file */
#define LEARNED_MS (10u * 60 * 1000) /* and for how long */

struct learned {
	struct token token;
	uint64_t at_ms; /* 0: none */
};

struct held {
	uint64_t asker[2]; /* peer, id: its key */
	struct secret password;
};

struct keeper {
	struct filter *filter; /* owned; NULL before the first */
	struct mapping mapping;
	struct token_key *key;       /* owned */
	struct token_key *fresh_key; /* owned: waits for its filter */
	const char *why;             /* the newest isn't in force */
	bool learn;
	struct map *held; /* owned; of struct held */
	struct learned learned[LEARNED_MAX];
	size_t next;
	uint64_t added, known, not_stored;
};

static void
held_free(void *arg)
{
	struct held *held = arg;

	secret_clear(&held->password);
	free(held);
}

struct keeper *
keeper_new(void)
{
	struct keeper *keeper = mem_zalloc(sizeof(*keeper));

	keeper->held = map_new(HELD_MAX, held_free);
	return keeper;
}

static void
drop_filter(struct keeper *keeper)
{
	filter_close(keeper->filter);
	mapping_close(&keeper->mapping);
	token_key_free(keeper->key);
	keeper->filter = NULL;
	keeper->key = NULL;
}

void
keeper_free(struct keeper *keeper)
{
	if (!keeper)
		return;
	drop_filter(keeper);
	token_key_free(keeper->fresh_key);
	map_free(keeper->held);
	secret_wipe(keeper->learned, sizeof(keeper->learned));
	free(keeper);
}

/* --- key and file ----------------------------------------------------------- */

void
keeper_set_key(struct keeper *keeper, int fd)
{
	struct secret text = { NULL, 0, 0 };

	token_key_free(keeper->fresh_key);
	keeper->fresh_key = NULL;
	keeper->why = "the key of the filter can't be read";
	if (fd >= 0 && secret_read(&text, fd, TOKEN_KEY_MAX) == 0)
		keeper->fresh_key = token_key_new(
		    secret_slice(&text), &keeper->why);
	secret_clear(&text);
	if (fd >= 0)
		close(fd);
}

/* What can't be stored survives our own end, but not a loss of power. */
static void
on_sync(void *arg, void *p, size_t n)
{
	struct keeper *keeper = arg;

	if (mapping_sync(p, n) == 0)
		return;
	if (keeper->not_stored++ == 0)
		log_error("the filter can't be stored: %m");
}

/* The file may have been copied from ours while we went on. */
static void
learn_again(struct keeper *keeper)
{
	uint64_t now = clock_ms();

	for (size_t i = 0; i < LEARNED_MAX; i++) {
		const struct learned *one = &keeper->learned[i];

		if (one->at_ms && now - one->at_ms < LEARNED_MS)
			filter_add(keeper->filter, &one->token,
			    clock_wall_us() / 1000000);
	}
}

static const char *
open_filter(struct keeper *keeper, int fd)
{
	struct mapping mapping = { NULL, 0 };
	struct token_key *key = keeper->fresh_key;
	struct filter *filter;
	bool same_key;
	const char *why;

	if (!key)
		return keeper->why ? keeper->why
				   : "the key of the filter did not come";
	if (fd < 0 || mapping_open(&mapping, fd, true) < 0)
		return "the filter can't be mapped for writing";
	why = filter_open(mapping.p, mapping.n, key, FILTER_WRITE, &filter);
	if (why) {
		mapping_close(&mapping);
		return why;
	}
	same_key = keeper->key &&
	    token_key_id(keeper->key) == token_key_id(key);
	drop_filter(keeper);
	keeper->filter = filter;
	keeper->mapping = mapping;
	keeper->key = key;
	keeper->fresh_key = NULL;
	filter_on_sync(filter, on_sync, keeper);
	if (same_key)
		learn_again(keeper);
	return NULL;
}

void
keeper_set_filter(struct keeper *keeper, int fd)
{
	keeper->why = open_filter(keeper, fd);
	if (keeper->why)
		log_error("filter: %s%s", keeper->why,
		    keeper->filter ? "; the one before stays in force" : "");
	if (fd >= 0)
		close(fd);
}

const char *
keeper_check(const struct keeper *keeper)
{
	if (keeper->why)
		return keeper->why;
	return keeper->filter ? NULL : "the filter did not come";
}

void
keeper_set_learning(struct keeper *keeper, bool learn)
{
	keeper->learn = learn;
}

/* --- learning --------------------------------------------------------------- */

static struct slice
held_key(const uint64_t asker[2])
{
	return slice_from(asker, 2 * sizeof(*asker));
}

void
keeper_hold(
    struct keeper *keeper, uint64_t peer, uint64_t id, struct slice password)
{
	struct held *held;

	if (!keeper->learn || !keeper->filter || password.n == 0)
		return;
	held = mem_zalloc(sizeof(*held));
	held->asker[0] = peer;
	held->asker[1] = id;
	secret_init(&held->password, password.n);
	secret_set(&held->password, password.p, password.n);
	map_set(keeper->held, held_key(held->asker), held);
}

static void
add_token(struct keeper *keeper, const struct token *token)
{
	if (!filter_add(keeper->filter, token, clock_wall_us() / 1000000)) {
		keeper->known++;
		return;
	}
	keeper->added++;
	keeper->learned[keeper->next] = (struct learned){ *token, clock_ms() };
	keeper->next = (keeper->next + 1) % LEARNED_MAX;
}

static void
learn(struct keeper *keeper, struct slice account, struct slice password)
{
	const struct token_rule *rule = filter_rule(keeper->filter);
	unsigned kinds = filter_kinds(keeper->filter);
	unsigned char hash[NT_HASH_SIZE];
	struct token token;

	if (kinds & FILTER_PASSWORDS &&
	    token_of_password(keeper->key, rule, account, password, &token))
		add_token(keeper, &token);
	if (kinds & FILTER_NT_HASHES && token_nt_hash(password, hash) &&
	    token_of_nt_hash(keeper->key, rule, account, hash, &token))
		add_token(keeper, &token);
	secret_wipe(hash, sizeof(hash));
	secret_wipe(&token, sizeof(token));
}

bool
keeper_settle(
    struct keeper *keeper, uint64_t peer, uint64_t id, struct slice account)
{
	const uint64_t asker[2] = { peer, id };
	struct held *held = map_take(keeper->held, held_key(asker));
	uint64_t before = keeper->added;
	char buf[CREDENTIAL_NAME_MAX];
	size_t n = name_canonical(account, buf);

	if (!held)
		return false;
	if (n > 0 && keeper->filter && keeper->learn)
		learn(
		    keeper, slice_from(buf, n), secret_slice(&held->password));
	held_free(held);
	return keeper->added > before;
}

static int
forget_one(struct slice key, void *value, void *arg)
{
	struct keeper *keeper = ((void **)arg)[0];
	const uint64_t *peer = ((void **)arg)[1];
	const struct held *held = value;

	if (held->asker[0] == *peer)
		map_del(keeper->held, key);
	return 0;
}

void
keeper_forget_peer(struct keeper *keeper, uint64_t peer)
{
	void *arg[2] = { keeper, &peer };

	(void)map_each(keeper->held, forget_one, arg);
}

void
keeper_status(const struct keeper *keeper, struct json *json)
{
	struct filter_info info;

	if (!keeper->filter)
		return;
	filter_info(keeper->filter, &info);
	json_u64(json, "filter_entries", info.lane[info.newest].entries);
	json_u64(json, "filter_added", keeper->added);
	json_u64(json, "filter_known", keeper->known);
	json_u64(json, "filter_not_stored", keeper->not_stored);
}
