/*
 * spool: a file of lines, and the same in memory.
 *
 * Runs in the alerter process, which has the file open and opens no other.
 */
#include "alerter/spool.h"

#include <sys/queue.h>
#include <sys/stat.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

#define HEAD 3 /* two letters and a blank */

static const char letters[SPOOL_WAYS] = { 'W', 'C' };

struct waiting {
	TAILQ_ENTRY(waiting) link;
	uint64_t id;
	off_t at; /* of its letters */
	unsigned ways;
	struct slice json; /* owned */
};

struct spool {
	int fd;    /* owned */
	off_t end; /* where the next line goes */
	TAILQ_HEAD(, waiting) list;
	size_t n;
	uint64_t last_id;
};

static void
waiting_free(struct spool *spool, struct waiting *one)
{
	TAILQ_REMOVE(&spool->list, one, link);
	spool->n--;
	free((char *)(uintptr_t)one->json.p);
	free(one);
}

static void
push(struct spool *spool, struct slice json, unsigned ways, off_t at)
{
	struct waiting *one = mem_zalloc(sizeof(*one));

	one->id = ++spool->last_id;
	one->at = at;
	one->ways = ways;
	one->json = slice_from(slice_dup(json), json.n);
	TAILQ_INSERT_TAIL(&spool->list, one, link);
	spool->n++;
}

/* --- reading ------------------------------------------------------------------- */

/* The ways that the letters say; -1: these are none. */
static int
read_ways(struct slice line)
{
	unsigned ways = 0;

	if (line.n < HEAD || line.p[HEAD - 1] != ' ')
		return -1;
	for (unsigned i = 0; i < SPOOL_WAYS; i++) {
		if (line.p[i] == letters[i])
			ways |= 1u << i;
		else if (line.p[i] != '-')
			return -1;
	}
	return (int)ways;
}

/* What stands in text: up to where it is whole lines. */
static off_t
take_lines(struct spool *spool, struct slice text)
{
	off_t at = 0;

	for (;;) {
		struct slice rest = slice_from_idx(text, (size_t)at);
		size_t n = slice_find(rest, '\n');
		struct slice line = slice_sub(rest, 0, n);
		int ways = read_ways(line);

		if (n == rest.n)
			return at;
		if (ways < 0)
			log_warn("spool of alerts: a line that is none is "
				 "left out");
		if (ways > 0 && spool->n < SPOOL_ALERTS_MAX)
			push(spool, slice_from_idx(line, HEAD), (unsigned)ways,
			    at);
		at += (off_t)n + 1;
	}
}

static int
read_all(int fd, char *p, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = pread(fd, p + done, n - done, (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		done += (size_t)got;
	}
	return 0;
}

static const char *
load(struct spool *spool)
{
	struct stat st;
	char *text;
	bool good;

	if (fstat(spool->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return "it is no file";
	if (st.st_size > SPOOL_BYTES_MAX)
		return "it is larger than 64 MB";
	text = mem_alloc((size_t)st.st_size + 1);
	good = read_all(spool->fd, text, (size_t)st.st_size) == 0;
	if (good)
		spool->end = take_lines(
		    spool, slice_from(text, (size_t)st.st_size));
	free(text);
	if (!good || ftruncate(spool->fd, spool->end) < 0)
		return strerror(errno);
	return NULL;
}

struct spool *
spool_open(int fd, const char **why)
{
	struct spool *spool = mem_zalloc(sizeof(*spool));

	TAILQ_INIT(&spool->list);
	spool->fd = fd;
	*why = load(spool);
	if (!*why)
		return spool;
	spool_free(spool);
	return NULL;
}

void
spool_free(struct spool *spool)
{
	struct waiting *one;

	if (!spool)
		return;
	while ((one = TAILQ_FIRST(&spool->list)) != NULL)
		waiting_free(spool, one);
	close(spool->fd);
	free(spool);
}

bool
spool_is(const struct spool *spool, int fd)
{
	struct stat a, b;

	return fstat(spool->fd, &a) == 0 && fstat(fd, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* --- writing ------------------------------------------------------------------- */

static int
write_at(int fd, struct slice bytes, off_t at)
{
	while (bytes.n) {
		ssize_t n = pwrite(fd, bytes.p, bytes.n, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes = slice_from_idx(bytes, (size_t)n);
		at += n;
	}
	return 0;
}

int
spool_add(
    struct spool *spool, struct slice json, unsigned ways, const char **why)
{
	char *line;
	int ret = 0;

	if (spool->n >= SPOOL_ALERTS_MAX ||
	    (size_t)spool->end + json.n + HEAD + 1 > SPOOL_BYTES_MAX) {
		*why = "too many wait already";
		return -1;
	}
	line = mem_printf("%c%c %.*s\n", ways & 1u << SPOOL_WEBHOOK ? 'W' : '-',
	    ways & 1u << SPOOL_COMMAND ? 'C' : '-', SLICE_ARG(json));
	if (write_at(spool->fd, slice_of(line), spool->end) < 0 ||
	    fdatasync(spool->fd) < 0) {
		*why = strerror(errno);
		ret = -1;
	} else {
		push(spool, json, ways, spool->end);
		spool->end += (off_t)strlen(line);
	}
	free(line);
	return ret;
}

uint64_t
spool_next(struct spool *spool, enum spool_way way, struct slice *json)
{
	struct waiting *one;

	TAILQ_FOREACH(one, &spool->list, link)
	{
		if (!(one->ways & 1u << way))
			continue;
		*json = one->json;
		return one->id;
	}
	return 0;
}

static void
clear(struct spool *spool)
{
	if (ftruncate(spool->fd, 0) == 0)
		spool->end = 0;
	else
		log_warn("spool of alerts: %m");
}

void
spool_done(struct spool *spool, enum spool_way way, uint64_t id)
{
	struct waiting *one = TAILQ_FIRST(&spool->list);

	while (one && one->id != id)
		one = TAILQ_NEXT(one, link);
	if (!one)
		return;
	one->ways &= ~(1u << way);
	if (write_at(spool->fd, SLICE("-"), one->at + (off_t)way) < 0)
		log_warn("spool of alerts: %m: one may be told twice");
	if (one->ways == 0)
		waiting_free(spool, one);
	if (spool->n == 0)
		clear(spool);
}

size_t
spool_waiting(const struct spool *spool, enum spool_way way)
{
	const struct waiting *one;
	size_t n = 0;

	TAILQ_FOREACH(one, &spool->list, link)
	n += (one->ways & 1u << way) != 0;
	return n;
}

void
spool_move(struct spool *spool, struct spool *from)
{
	struct waiting *one;
	const char *why;

	TAILQ_FOREACH(one, &from->list, link)
	if (spool_add(spool, one->json, one->ways, &why) < 0)
		log_error("an alert is lost: %s", why);
}
