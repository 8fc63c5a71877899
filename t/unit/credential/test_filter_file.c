/*
 * filter_file: damage, wrong keys, and death at any moment.
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

#include "base/mem.h"
#include "credential/filter_file.h"
#include "region.h"

#define KEY "0123456789abcdef"

static const struct filter_params small = { 100, 1e-3, 2, FILTER_PASSWORDS,
	{ 1, 1, 3, 4 } };

static const char *
open_it(const struct region *region, const struct token_key *key,
    enum filter_mode mode, uint64_t entries)
{
	struct filter *filter = NULL;
	const char *reason = filter_open(
	    region->mem, region->size, key, mode, &filter);
	struct token token;
	uint64_t i;

	if (reason != NULL) {
		ck_assert_ptr_null(filter);
		return reason;
	}
	for (i = 0; i < entries; i++) {
		token = entry(i);
		ck_assert(filter_test(filter, &token));
	}
	filter_close(filter);
	return NULL;
}

static void
fill(struct region *region, const struct token_key *key, uint64_t entries)
{
	struct filter *filter = region_filter(region, &small, key);
	struct token token;
	uint64_t i;

	for (i = 0; i < entries; i++) {
		token = entry(i);
		filter_add(filter, &token, 1);
	}
	filter_close(filter);
}

START_TEST(wrong_key)
{
	struct token_key *key = region_key(KEY), *other = region_key(KEY "!");
	struct region region;
	const char *reason;

	fill(&region, key, 3);
	reason = open_it(&region, other, FILTER_READ, 0);
	ck_assert_str_eq(reason, "the filter was made with another key");
	ck_assert_ptr_null(open_it(&region, key, FILTER_READ, 3));
	region_clear(&region);
	token_key_free(key);
	token_key_free(other);
}
END_TEST

/* Who has no key for seals takes what was checked before, and looks up. */
START_TEST(for_lookup)
{
	unsigned char bytes[TOKEN_KEY_LOOKUP];
	struct token_key *whole = region_key(KEY), *part, *other;
	struct region region;
	struct filter *filter = region_filter(&region, &small, whole), *again;
	struct token token = entry(1), none = entry(2);
	const char *reason;

	filter_add(filter, &token, 1);
	filter_close(filter);
	ck_assert_ptr_null(token_key_lookup(slice_of(KEY), bytes));
	part = token_key_new_lookup(slice_from(bytes, sizeof(bytes)), &reason);
	ck_assert_ptr_null(
	    filter_open(region.mem, region.size, part, FILTER_READ, &again));
	ck_assert(filter_test(again, &token));
	ck_assert(!filter_test(again, &none));
	filter_close(again);
	ck_assert_ptr_nonnull(filter_open(
	    region.mem, region.size - 1, part, FILTER_READ, &again));
	bytes[0] ^= 1;
	other = token_key_new_lookup(slice_from(bytes, sizeof(bytes)), &reason);
	ck_assert_str_eq(
	    filter_open(region.mem, region.size, other, FILTER_READ, &again),
	    "the filter was made with another key");
	token_key_free(whole);
	token_key_free(part);
	token_key_free(other);
	region_clear(&region);
}
END_TEST

START_TEST(unfinished)
{
	struct token_key *key = region_key(KEY);
	struct region region;
	struct filter *filter;
	struct token token = entry(0);

	region_init(&region, filter_size(&small));
	ck_assert_ptr_null(
	    filter_create(region.mem, region.size, &small, key, 1, &filter));
	filter_load(filter, &token);
	ck_assert_str_eq(open_it(&region, key, FILTER_READ, 0),
	    "the filter was never finished: build it again");
	filter_seal(filter, 1);
	ck_assert_ptr_null(open_it(&region, key, FILTER_READ, 1));
	filter_close(filter);
	ck_assert_ptr_nonnull(filter_create(
	    region.mem, region.size - 1, &small, key, 1, &filter));
	region_clear(&region);
	token_key_free(key);
}
END_TEST

START_TEST(cut_off)
{
	struct token_key *key = region_key(KEY);
	struct region region, part;
	size_t n;

	fill(&region, key, 3);
	part = region;
	for (n = 0; n < region.size; n += n % 512 < 2 ? 1 : 510) {
		part.size = n;
		ck_assert_ptr_nonnull(open_it(&part, key, FILTER_READ, 0));
	}
	part.size = region.size - 1;
	ck_assert_ptr_nonnull(open_it(&part, key, FILTER_WRITE, 0));
	region_clear(&region);
	token_key_free(key);
}
END_TEST

/* The older state slot and the pages' unused ends hold nothing. */
static bool
is_slack(size_t at, const struct filter *filter)
{
	size_t slot = FILTER_PAGE +
	    (size_t)(~filter->state.sequence & 1) * FILTER_PAGE / 2;
	size_t newer = FILTER_PAGE +
	    (size_t)(filter->state.sequence & 1) * FILTER_PAGE / 2;
	size_t seals = (size_t)2 * FILTER_PAGE +
	    (size_t)filter->segments * sizeof(uint64_t);

	if (at < FILTER_PAGE)
		return at >= sizeof(struct filter_header);
	if (at < (size_t)2 * FILTER_PAGE)
		return (at >= slot && at < slot + FILTER_PAGE / 2) ||
		    at >= newer + sizeof(struct filter_state);
	return at >= seals &&
	    at < (size_t)((char *)filter->words - (char *)filter->header);
}

/* Any changed byte is refused with a reason, or held nothing. */
START_TEST(changed)
{
	struct token_key *key = region_key(KEY);
	struct region region, copy;
	struct filter *filter;
	const char *reason;
	size_t at;

	fill(&region, key, 20);
	ck_assert_ptr_null(
	    filter_open(region.mem, region.size, key, FILTER_READ, &filter));
	region_init(&copy, region.size);
	for (at = 0; at < region.size; at++) {
		memcpy(copy.mem, region.mem, region.size);
		((unsigned char *)copy.mem)[at] ^= 1u << (at % 8);
		/* a state that went back may be caught by its segments */
		reason = open_it(&copy, key, FILTER_WRITE, 0);
		if (is_slack(at, filter))
			ck_assert_ptr_null(reason);
		else if (at < FILTER_PAGE || at >= (size_t)2 * FILTER_PAGE)
			ck_assert_ptr_nonnull(reason);
		if (reason == NULL)
			ck_assert_ptr_null(
			    open_it(&copy, key, FILTER_READ, 20));
	}
	filter_close(filter);
	region_clear(&copy);
	region_clear(&region);
	token_key_free(key);
}
END_TEST

/* Pictures of the region at every point where it should be on disk. */
struct pictures {
	const struct region *region;
	char *copies[64]; /* owned */
	size_t n;
};

static void
on_sync(void *arg, void *p, size_t n)
{
	struct pictures *pictures = arg;

	ck_assert_uint_lt(pictures->n, COUNT(pictures->copies));
	pictures->copies[pictures->n++] = mem_dupn(
	    pictures->region->mem, pictures->region->size);
}

/* All states between two pictures in which one byte after the other has
 * arrived: a superset of what a killed process can leave. */
static void
try_between(const struct region *work, const char *before, const char *after,
    const struct token_key *key, uint64_t entries)
{
	size_t at, changes = 0;

	memcpy(work->mem, before, work->size);
	for (at = 0; at < work->size; at++) {
		if (before[at] == after[at])
			continue;
		/* seals are stored whole */
		if (at >= (size_t)2 * FILTER_PAGE &&
		    at < (size_t)3 * FILTER_PAGE) {
			at &= ~(size_t)7;
			memcpy((char *)work->mem + at, after + at, 8);
			at += 7;
		} else {
			((char *)work->mem)[at] = after[at];
		}
		changes++;
		ck_assert_msg(open_it(work, key, FILTER_READ, entries) == NULL,
		    "reader, byte %zu", at);
	}
	ck_assert_uint_gt(changes, 0);
	/* and the writer finishes what it finds */
	memcpy(work->mem, before, work->size);
	for (at = 0; at < work->size; at++) {
		if (before[at] == after[at] ||
		    (at >= (size_t)2 * FILTER_PAGE &&
			at < (size_t)3 * FILTER_PAGE))
			continue;
		((char *)work->mem)[at] = after[at];
		if (at % 4 == 0)
			ck_assert_ptr_null(
			    open_it(work, key, FILTER_READ, entries));
	}
}

START_TEST(death_between_stores)
{
	struct token_key *key = region_key(KEY);
	struct region region, work;
	struct filter *filter = region_filter(&region, &small, key);
	struct pictures pictures = { .region = &region };
	struct token token;
	size_t i, first;

	region_init(&work, region.size);
	filter_on_sync(filter, on_sync, &pictures);
	for (i = 0; i < 5; i++) {
		first = pictures.n;
		pictures.copies[pictures.n++] = mem_dupn(
		    region.mem, region.size);
		token = entry(i);
		ck_assert(filter_add(filter, &token, i));
		for (; first + 1 < pictures.n; first++)
			try_between(&work, pictures.copies[first],
			    pictures.copies[first + 1], key, i);
	}
	for (i = 0; i < pictures.n; i++)
		free(pictures.copies[i]);
	filter_close(filter);
	region_clear(&region);
	region_clear(&work);
	token_key_free(key);
}
END_TEST

/* Each picture, opened by a writer, which adds one more. */
START_TEST(recovery)
{
	struct token_key *key = region_key(KEY);
	struct region region, work;
	struct filter *filter = region_filter(&region, &small, key), *again;
	struct pictures pictures = { .region = &region };
	struct token token, more = entry(99);
	struct filter_info info;
	size_t i;

	region_init(&work, region.size);
	filter_on_sync(filter, on_sync, &pictures);
	for (i = 0; i < 5; i++) {
		token = entry(i);
		filter_add(filter, &token, i);
	}
	for (i = 0; i < pictures.n; i++) {
		memcpy(work.mem, pictures.copies[i], work.size);
		ck_assert_ptr_null(filter_open(
		    work.mem, work.size, key, FILTER_WRITE, &again));
		ck_assert(filter_add(again, &more, 7));
		filter_info(again, &info);
		/* each entry has four points; from the first on it is in */
		ck_assert_uint_eq(info.lane[0].entries, i / 4 + 2);
		filter_close(again);
		ck_assert_ptr_null(open_it(&work, key, FILTER_READ, i / 4 + 1));
		free(pictures.copies[i]);
	}
	filter_close(filter);
	region_clear(&region);
	region_clear(&work);
	token_key_free(key);
}
END_TEST

struct progress {
	volatile uint64_t acknowledged;
};

static void
add_until_killed(const struct region *region, const struct token_key *key,
    struct progress *progress)
{
	struct filter *filter;
	struct token token;

	if (filter_open(
		region->mem, region->size, key, FILTER_WRITE, &filter) != NULL)
		_exit(1);
	for (;;) {
		token = entry(progress->acknowledged);
		filter_add(filter, &token, 1);
		progress->acknowledged++;
	}
}

/* kill -9 at random moments loses no acknowledged entry. */
START_TEST(killed)
{
	enum {
		KILLS = 100,     /* at least */
		KILLS_MAX = 400, /* where the machine is slow, or valgrind */
		ENOUGH = 100
	};
	static const struct filter_params p = { 50000, 1e-6, 2,
		FILTER_PASSWORDS, { 1, 1, 3, 4 } };
	struct token_key *key = region_key(KEY);
	struct region region, shared;
	struct progress *progress;
	struct filter_info info;
	struct filter *filter = region_filter(&region, &p, key);
	int i, status;
	pid_t pid;

	filter_close(filter);
	region_init(&shared, FILTER_PAGE);
	progress = shared.mem;
	srandom(1);
	for (i = 0;
	     i < KILLS || (i < KILLS_MAX && progress->acknowledged <= ENOUGH);
	     i++) {
		pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0)
			add_until_killed(&region, key, progress);
		usleep((useconds_t)(random() % (4000 * (1 + i / 10))));
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert(WIFSIGNALED(status));
		ck_assert_ptr_null(
		    open_it(&region, key, FILTER_READ, progress->acknowledged));
	}
	ck_assert_uint_gt(progress->acknowledged, ENOUGH);
	ck_assert_ptr_null(
	    filter_open(region.mem, region.size, key, FILTER_WRITE, &filter));
	filter_info(filter, &info);
	ck_assert_uint_le(info.lane[0].entries, progress->acknowledged + 1);
	filter_close(filter);
	region_clear(&region);
	region_clear(&shared);
	token_key_free(key);
}
END_TEST

/* What the header says wrongly under a right seal is refused as well. */
static void
lie_order(struct filter_header *h)
{
	h->order = 0x04030201;
}

static void
lie_version(struct filter_header *h)
{
	h->version++;
}

static void
lie_magic(struct filter_header *h)
{
	h->magic[0] = 's';
}

static void
lie_blocks(struct filter_header *h)
{
	h->blocks = UINT64_MAX - 63;
}

static void
lie_no_blocks(struct filter_header *h)
{
	h->blocks = 0;
}

static void
lie_size(struct filter_header *h)
{
	h->size++;
}

static void
lie_probes(struct filter_header *h)
{
	h->probes = 15;
}

static void
lie_lanes(struct filter_header *h)
{
	h->lanes = 3;
}

static void
lie_newest(struct filter_header *h)
{
	h->newest = 2;
}

static void
lie_rule(struct filter_header *h)
{
	h->rule[2] = 0;
}

static const struct {
	void (*lie)(struct filter_header *h);
	const char *words;
} lies[] = {
	{ lie_order, "byte order" },
	{ lie_version, "version" },
	{ lie_magic, "not a filter" },
	{ lie_blocks, "impossible size" },
	{ lie_no_blocks, "impossible size" },
	{ lie_size, "contradict" },
	{ lie_probes, "impossible parameters" },
	{ lie_lanes, "impossible parameters" },
	{ lie_newest, "impossible parameters" },
	{ lie_rule, "fractions" },
};

START_TEST(lying)
{
	struct token_key *key = region_key(KEY);
	struct region region;
	struct filter *filter = region_filter(&region, &small, key);
	const char *reason;

	lies[_i].lie(filter->header);
	filter_file_seal_header(filter);
	filter_close(filter);
	reason = open_it(&region, key, FILTER_READ, 0);
	ck_assert_ptr_nonnull(reason);
	ck_assert_msg(strstr(reason, lies[_i].words), "%s", reason);
	region_clear(&region);
	token_key_free(key);
}
END_TEST

/* A segment of an older picture, or of another place, has no right seal. */
START_TEST(swapped_segments)
{
	static const struct filter_params p = { 2000, 1e-6, 2, FILTER_PASSWORDS,
		{ 1, 1, 3, 4 } };
	struct token_key *key = region_key(KEY);
	struct region region;
	struct filter *filter = region_filter(&region, &p, key);
	size_t words = (size_t)FILTER_SEGMENT_BLOCKS * FILTER_WORDS;
	struct token token;
	uint64_t i;

	for (i = 0; i < 500; i++) {
		token = entry(i);
		filter_add(filter, &token, 1);
	}
	ck_assert_uint_gt(filter->segments, 2);
	memcpy(filter->words, filter->words + words, words * sizeof(uint64_t));
	filter->seals[0] = filter->seals[1];
	filter_close(filter);
	ck_assert_str_eq(open_it(&region, key, FILTER_READ, 0),
	    "the filter file is damaged: a segment has been changed");
	region_clear(&region);
	token_key_free(key);
}
END_TEST

Suite *
suite_filter_file(void)
{
	Suite *suite = suite_create("filter_file");
	TCase *tcase = tcase_create("filter_file");

	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, wrong_key);
	tcase_add_test(tcase, for_lookup);
	tcase_add_test(tcase, unfinished);
	tcase_add_test(tcase, cut_off);
	tcase_add_test(tcase, changed);
	tcase_add_test(tcase, death_between_stores);
	tcase_add_test(tcase, recovery);
	tcase_add_test(tcase, killed);
	tcase_add_loop_test(tcase, lying, 0, (int)COUNT(lies));
	tcase_add_test(tcase, swapped_segments);
	suite_add_tcase(suite, tcase);
	return suite;
}
