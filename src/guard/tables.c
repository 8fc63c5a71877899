/*
 * tables: writes what the compiler made into the maps.
 *
 * The two tries, and the two halves of the clauses, take turns by the last
 * bit of the generation.  Before the one that was in force last time is
 * touched, the kernel is made to wait until no packet looks at it any more:
 * an update of the outer map does that.
 */
#include "guard/tables.h"

#include <sys/mman.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/reach.h"

#define BURST_DEFAULT 20
#define INTERVAL_DEFAULT_MS 1000

struct tables {
	int fds[GUARD_MAPS];       /* borrowed */
	struct guard_state *state; /* mapped: the kernel reads it */
	size_t entries[2];         /* by slot, as far as we filled them */
	size_t sets;               /* written to the generation in force */
	char why[128];
};

struct tables *
tables_new(const int fds[GUARD_MAPS])
{
	struct tables *tables = mem_zalloc(sizeof(*tables));

	memcpy(tables->fds, fds, sizeof(tables->fds));
	tables->state = mmap(NULL, (size_t)getpagesize(),
	    PROT_READ | PROT_WRITE, MAP_SHARED, fds[GUARD_MAP_STATE], 0);
	if (tables->state == MAP_FAILED) {
		int saved = errno;

		free(tables);
		errno = saved;
		return NULL;
	}
	/* it reads a file once, and remembers: later no file can be opened */
	(void)libbpf_num_possible_cpus();
	if (tables->state->burst == 0)
		tables_set_rate(tables, BURST_DEFAULT, INTERVAL_DEFAULT_MS);
	return tables;
}

void
tables_free(struct tables *tables)
{
	if (!tables)
		return;
	munmap(tables->state, (size_t)getpagesize());
	free(tables);
}

static const char *
because(struct tables *tables, const char *what)
{
	snprintf(
	    tables->why, sizeof(tables->why), "%s: %s", what, strerror(errno));
	return tables->why;
}

/* --- one slot ------------------------------------------------------------------- */

static int
trie_of(const struct tables *tables, uint32_t slot)
{
	return tables->fds[slot ? GUARD_MAP_RULES_1 : GUARD_MAP_RULES_0];
}

static const char *
wait_for_packets(struct tables *tables, uint32_t slot)
{
	int trie = trie_of(tables, slot);

	if (bpf_map_update_elem(
		tables->fds[GUARD_MAP_RULES], &slot, &trie, BPF_ANY) < 0)
		return because(tables, "cannot set a table aside");
	return NULL;
}

static const char *
empty_trie(struct tables *tables, uint32_t slot)
{
	int trie = trie_of(tables, slot);
	struct guard_key key;

	while (bpf_map_get_next_key(trie, NULL, &key) == 0)
		if (bpf_map_delete_elem(trie, &key) < 0)
			return because(tables, "cannot empty a table");
	return errno == ENOENT ? NULL : because(tables, "cannot read a table");
}

static const char *
write_cells(struct tables *tables, uint32_t slot, uint32_t profile,
    const struct cells *cells)
{
	int trie = trie_of(tables, slot);
	struct guard_key key = { .profile = htonl(profile) };

	for (size_t i = 0; i < cells->n; i++) {
		const struct cell *cell = &cells->v[i];

		key.bits = 32u + cell->prefix.len;
		memcpy(key.ip, cell->prefix.ip, sizeof(key.ip));
		if (bpf_map_update_elem(trie, &key, &cell->entry, BPF_ANY) < 0)
			return because(tables, "cannot write a rule");
	}
	tables->entries[slot] += cells->n;
	return NULL;
}

static const char *
write_sets(
    struct tables *tables, uint32_t slot, const struct sets *sets, size_t from)
{
	int clauses = tables->fds[GUARD_MAP_CLAUSES];

	for (size_t i = from; i < sets->n; i++) {
		uint32_t at = (uint32_t)(slot * GUARD_SETS + i) *
		    GUARD_SET_CLAUSES;

		for (uint32_t j = 0; j < GUARD_SET_CLAUSES; j++) {
			uint32_t index = at + j;

			if (bpf_map_update_elem(
				clauses, &index, &sets->v[i][j], BPF_ANY) < 0)
				return because(
				    tables, "cannot write a rule's ports");
		}
	}
	return NULL;
}

static const char *
write_places(struct tables *tables, uint32_t slot, uint32_t profile,
    const struct tables_places *places)
{
	struct cells cells;
	struct sets sets;
	const char *why;

	sets_init(&sets);
	why = compile_places(
	    &cells, &sets, places->prefixes, places->ports, places->n);
	if (!why) {
		/* few ports of one address each: they fit into entries */
		if (sets.n > 0)
			why = "too many ports of one address";
		else
			why = write_cells(tables, slot, profile, &cells);
		cells_clear(&cells);
	}
	sets_clear(&sets);
	return why;
}

/* --- accounts --------------------------------------------------------------------- */

static const char *
write_account(
    struct tables *tables, uint32_t slot, const struct tables_account *account)
{
	int map = tables->fds[GUARD_MAP_ACCOUNTS];
	struct guard_account value;

	if (bpf_map_lookup_elem(map, &account->number, &value) < 0)
		memset(&value, 0, sizeof(value));
	value.profile[slot] = account->profile;
	value.exempt[slot] = account->exempt;
	if (bpf_map_update_elem(map, &account->number, &value, BPF_ANY) < 0)
		return because(tables, "cannot write an account");
	return NULL;
}

/* Nobody has a profile in this slot; who has none in the other either is
 * forgotten. */
static const char *
empty_accounts(struct tables *tables, uint32_t slot)
{
	int map = tables->fds[GUARD_MAP_ACCOUNTS];
	struct guard_account value;
	uint32_t number, next;
	bool more = bpf_map_get_next_key(map, NULL, &next) == 0;

	while (more) {
		number = next;
		more = bpf_map_get_next_key(map, &number, &next) == 0;
		if (bpf_map_lookup_elem(map, &number, &value) < 0)
			continue;
		value.profile[slot] = 0;
		value.exempt[slot] = 0;
		if (value.profile[!slot] || value.exempt[!slot]) {
			if (bpf_map_update_elem(map, &number, &value, BPF_ANY) <
			    0)
				return because(
				    tables, "cannot write an account");
		} else if (bpf_map_delete_elem(map, &number) < 0) {
			return because(tables, "cannot forget an account");
		}
	}
	return NULL;
}

void
tables_each_account(const struct tables *tables,
    void (*fn)(uint32_t account, void *arg), void *arg)
{
	int map = tables->fds[GUARD_MAP_ACCOUNTS];
	uint32_t number, next;
	bool more = bpf_map_get_next_key(map, NULL, &next) == 0;

	while (more) {
		number = next;
		more = bpf_map_get_next_key(map, &number, &next) == 0;
		fn(number, arg);
	}
}

/* --- a generation -------------------------------------------------------------------- */

uint32_t
tables_generation(const struct tables *tables)
{
	return __atomic_load_n(&tables->state->generation, __ATOMIC_ACQUIRE);
}

static const char *
empty_slot(struct tables *tables, uint32_t slot)
{
	const char *why = wait_for_packets(tables, slot);

	if (!why)
		why = empty_trie(tables, slot);
	if (!why)
		why = empty_accounts(tables, slot);
	tables->entries[slot] = 0;
	return why;
}

static const char *
fill_slot(
    struct tables *tables, uint32_t slot, const struct tables_rules *rules)
{
	const struct sets *sets = compiler_sets(rules->compiler);
	uint32_t profiles = compiler_profiles(rules->compiler);
	const char *why = write_sets(tables, slot, sets, 0);

	for (uint32_t i = 1; i <= profiles && !why; i++)
		why = write_cells(
		    tables, slot, i, compiler_cells(rules->compiler, i));
	if (!why)
		why = write_places(
		    tables, slot, GUARD_PROFILE_SELF, &rules->self);
	if (!why)
		why = write_places(
		    tables, slot, GUARD_PROFILE_WIRE, &rules->wire);
	for (size_t i = 0; i < rules->naccounts && !why; i++)
		why = write_account(tables, slot, &rules->accounts[i]);
	return why;
}

const char *
tables_load(struct tables *tables, const struct tables_rules *rules)
{
	uint32_t generation = tables_generation(tables) + 1;
	const char *why;

	if (generation == 0) /* which means that there are no rules */
		generation = 2;
	why = empty_slot(tables, generation & 1);
	if (!why)
		why = fill_slot(tables, generation & 1, rules);
	if (why)
		return why;
	tables->sets = compiler_sets(rules->compiler)->n;
	tables->state->wire = rules->wire.n > 0;
	tables->state->replies = rules->replies;
	tables->state->containers = rules->containers;
	tables->state->container_account = rules->container_account;
	__atomic_store_n(
	    &tables->state->generation, generation, __ATOMIC_RELEASE);
	return NULL;
}

const char *
tables_add(struct tables *tables, const struct compiler *compiler,
    const struct tables_account *account, bool fresh)
{
	const struct sets *sets = compiler_sets(compiler);
	uint32_t slot = tables_generation(tables) & 1;
	const char *why = NULL;

	must(tables_generation(tables) != 0);
	if (fresh) {
		why = write_sets(tables, slot, sets, tables->sets);
		if (!why)
			why = write_cells(tables, slot, account->profile,
			    compiler_cells(compiler, account->profile));
		if (!why)
			tables->sets = sets->n;
	}
	if (!why)
		why = write_account(tables, slot, account);
	return why;
}

/* --- the rest ---------------------------------------------------------------------------- */

void
tables_set_mode(struct tables *tables, enum guard_mode mode)
{
	__atomic_store_n(
	    &tables->state->mode, (uint32_t)mode, __ATOMIC_RELEASE);
}

enum guard_mode
tables_mode(const struct tables *tables)
{
	return (enum guard_mode)tables->state->mode;
}

static int
clause_find(const struct tables *tables, uint32_t slot,
    const struct guard_entry *entry, uint16_t port, uint32_t *rule)
{
	uint32_t at = (slot * GUARD_SETS + entry->set) * GUARD_SET_CLAUSES;
	struct guard_clause clause;

	for (uint32_t i = 0; i < entry->count; i++, at++) {
		if (entry->count <= GUARD_INLINE)
			clause = entry->clauses[i];
		else if (bpf_map_lookup_elem(
			     tables->fds[GUARD_MAP_CLAUSES], &at, &clause) < 0)
			return -1;
		if (port <= clause.to) {
			*rule = clause.rule;
			return 0;
		}
	}
	return -1;
}

int
tables_find(const struct tables *tables, uint32_t account,
    const struct addr *addr, uint16_t port, uint32_t *rule)
{
	uint32_t slot = tables_generation(tables) & 1;
	struct addr real = addr_unfold(*addr);
	struct guard_key key = { .bits = 32 + 128 };
	struct guard_account value;
	struct guard_entry entry;

	if (bpf_map_lookup_elem(
		tables->fds[GUARD_MAP_ACCOUNTS], &account, &value) < 0 ||
	    value.profile[slot] == 0)
		return -1;
	key.profile = htonl(value.profile[slot]);
	memcpy(key.ip, real.ip, sizeof(key.ip));
	if (bpf_map_lookup_elem(trie_of(tables, slot), &key, &entry) < 0)
		return -1;
	return clause_find(tables, slot, &entry, port, rule);
}

void
tables_set_rate(struct tables *tables, uint32_t burst, uint32_t interval_ms)
{
	tables->state->burst = burst;
	tables->state->interval_ms = interval_ms;
}

/* Only what is full is taken out: others go on as they were. */
static bool
take_bucket(int buckets, uint32_t account, uint32_t *left_out)
{
	struct guard_bucket bucket;

	if (bpf_map_lookup_elem(buckets, &account, &bucket) < 0 ||
	    bucket.lost == 0 ||
	    bpf_map_lookup_and_delete_elem(buckets, &account, &bucket) < 0)
		return false;
	*left_out = bucket.lost;
	return bucket.lost > 0;
}

void
tables_take_left_out(struct tables *tables,
    void (*fn)(uint32_t account, uint32_t left_out, void *arg), void *arg)
{
	int buckets = tables->fds[GUARD_MAP_BUCKETS];
	uint32_t *accounts = mem_alloc(GUARD_BUCKETS * sizeof(*accounts));
	uint32_t n = 0, left_out;

	while (n < GUARD_BUCKETS &&
	    bpf_map_get_next_key(
		buckets, n ? &accounts[n - 1] : NULL, &accounts[n]) == 0)
		n++;
	for (uint32_t i = 0; i < n; i++)
		if (take_bucket(buckets, accounts[i], &left_out))
			fn(accounts[i], left_out, arg);
	free(accounts);
}

size_t
tables_entries(const struct tables *tables)
{
	return tables->entries[tables_generation(tables) & 1];
}

void
tables_counts(const struct tables *tables, uint64_t counts[GUARD_COUNT_MAX])
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t *each;

	memset(counts, 0, GUARD_COUNT_MAX * sizeof(*counts));
	if (cpus <= 0)
		return;
	each = mem_zalloc((size_t)cpus * sizeof(*each));
	for (uint32_t i = 0; i < GUARD_COUNT_MAX; i++) {
		if (bpf_map_lookup_elem(
			tables->fds[GUARD_MAP_COUNTS], &i, each) < 0)
			continue;
		for (int cpu = 0; cpu < cpus; cpu++)
			counts[i] += each[cpu];
	}
	free(each);
}
