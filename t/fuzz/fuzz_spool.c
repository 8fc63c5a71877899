/*
 * fuzz_spool: the alerter's spool as a crash, a full disk or another program
 * may have left it: it opens or is refused, and what waits can be told and
 * stored again.
 */
#include "fuzz.h"

#include <sys/mman.h>

#include <unistd.h>

#include "alerter/spool.h"
#include "base/log.h"
#include "base/must.h"

#define FILE_MAX_BYTES ((size_t)1 << 16)

/* A file with these bytes; the caller's. */
static int
make_file(const uint8_t *p, size_t n)
{
	int fd = memfd_create("spool", MFD_CLOEXEC);

	must(fd >= 0);
	must(n == 0 || write(fd, p, n) == (ssize_t)n);
	return fd;
}

static void
tell_all(struct spool *spool, enum spool_way way)
{
	size_t left = spool_waiting(spool, way);
	struct slice json;
	uint64_t id, last = 0;

	while ((id = spool_next(spool, way, &json)) != 0) {
		must(id > last && left > 0);
		must(slice_find(json, '\n') == json.n);
		last = id;
		spool_done(spool, way, id);
		must(spool_waiting(spool, way) == --left);
	}
	must(left == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	int fd, again;
	struct spool *spool;
	const char *why = NULL;
	size_t waiting;

	if (n > FILE_MAX_BYTES)
		return 0;
	log_set_level(
	    LOG_LEVEL_ERROR); /* lines left out are told at each open */
	fd = make_file(p, n);
	again = dup(fd);
	spool = spool_open(fd, &why);
	must((spool == NULL) == (why != NULL));
	if (spool != NULL) {
		must(spool_is(spool, again));
		waiting = spool_waiting(spool, SPOOL_COMMAND);
		must(spool_add(spool, SLICE("{\"v\":1}"), 1 << SPOOL_COMMAND,
			 &why) == 0);
		must(spool_waiting(spool, SPOOL_COMMAND) == waiting + 1);
		spool_free(spool);
		/* what one process stored, the next one finds */
		spool = spool_open(again, &why);
		must(spool != NULL);
		must(spool_waiting(spool, SPOOL_COMMAND) == waiting + 1);
		tell_all(spool, SPOOL_COMMAND);
		tell_all(spool, SPOOL_WEBHOOK);
		spool_free(spool);
	} else {
		close(again);
	}
	return 0;
}
