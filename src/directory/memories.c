/*
 * memories: what is remembered of directories, and for how long.
 *
 * Runs in the directory process.  A name that is no longer configured keeps
 * its place: the same may come back with the next reload.
 */
#include "directory/memories.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "directory/source_text.h"

struct memories {
	struct map *map; /* owned; of struct memory, by name */
	unsigned round;  /* counts configurations */
	memories_stale_fn *on_stale;
	void *arg; /* borrowed */
};

static void
memory_free(void *arg)
{
	struct memory *memory = arg;

	warden_free(memory->warden);
	grace_free(memory->grace);
	secret_clear(&memory->password);
	free(memory->decides);
	free(memory->whose);
	free(memory);
}

/* By chance, so that what an earlier process gave away is none of ours. */
static uint64_t
make_id(void)
{
	uint64_t id = 0;

	while (id == 0)
		secret_random(&id, sizeof(id));
	return id;
}

struct memories *
memories_new(void)
{
	struct memories *memories = mem_zalloc(sizeof(*memories));

	memories->map = map_new(0, memory_free);
	return memories;
}

void
memories_free(struct memories *memories)
{
	map_free(memories->map);
	free(memories);
}

void
memories_on_stale(
    struct memories *memories, memories_stale_fn *on_stale, void *arg)
{
	memories->on_stale = on_stale;
	memories->arg = arg;
}

struct memory *
memories_get(struct memories *memories, struct slice name)
{
	struct memory *memory = map_get(memories->map, name);

	if (memory)
		return memory;
	memory = mem_zalloc(sizeof(*memory));
	memory->warden = warden_new();
	memory->grace = grace_new();
	memory->id = make_id();
	map_set(memories->map, name, memory);
	return memory;
}

/* --- a configuration ---------------------------------------------------------- */

static void
set_text(char **at, char *text)
{
	free(*at);
	*at = text;
}

static bool
is_other(const char *old, const char *text)
{
	return old && strcmp(old, text) != 0;
}

static void
tell_stale(struct memories *memories, struct memory *memory, uint32_t within_ms)
{
	if (memories->on_stale)
		memories->on_stale(memory->id, within_ms, memories->arg);
	memory->id = make_id();
}

void
memories_begin(struct memories *memories)
{
	memories->round++;
}

void
memories_judge(struct memories *memories, struct bundle *bundle,
    const struct conf *conf, const struct ldap_directory *directory)
{
	struct memory *memory = memories_get(
	    memories, slice_of(directory->name));
	char *decides = source_text_decides(bundle, conf, directory);
	char *whose = source_text_whose(directory);

	if (is_other(memory->decides, decides))
		tell_stale(memories, memory, MEMORIES_SPREAD_MS);
	if (is_other(memory->whose, whose))
		grace_forget_all(memory->grace);
	set_text(&memory->decides, decides);
	set_text(&memory->whose, whose);
	memory->round = memories->round;
}

/* Nobody asks it any more: it has no say. */
static int
judge_gone(struct slice key, void *value, void *arg)
{
	struct memories *memories = arg;
	struct memory *memory = value;

	if (!memory->decides || memory->round == memories->round)
		return 0;
	tell_stale(memories, memory, 0);
	grace_forget_all(memory->grace);
	set_text(&memory->decides, NULL);
	set_text(&memory->whose, NULL);
	return 0;
}

void
memories_end(struct memories *memories)
{
	(void)map_each(memories->map, judge_gone, memories);
}
