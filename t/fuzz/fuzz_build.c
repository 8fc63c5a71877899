/*
 * fuzz_build: the lines of `filter build`, with passwords and with hashes.
 */
#include "fuzz.h"
#include "the_key.h"

#include <sys/mman.h>

#include <unistd.h>

#include "base/must.h"
#include "cli/filter_lines.h"

#define FILE_MAX_BYTES ((size_t)1 << 18)

static void
on_token(void *arg, const struct token *token)
{
	uint64_t *count = arg;

	++*count;
}

static void
read_lines(int fd, bool hashes)
{
	uint64_t count = 0;
	struct filter_lines lines = { .key = the_key(),
		.rule = { 1, 1, 3, 8 },
		.kinds = hashes ? FILTER_NT_HASHES
				: FILTER_PASSWORDS | FILTER_NT_HASHES,
		.hashes = hashes,
		.on_token = on_token,
		.arg = &count };
	const char *wrong;

	must(lseek(fd, 0, SEEK_SET) == 0);
	wrong = filter_lines_read(&lines, fd);
	must(lines.tokens == count);
	must(lines.tokens + lines.skipped <= lines.lines * (hashes ? 1 : 2));
	must(wrong == NULL || wrong[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	int fd;

	if (n > FILE_MAX_BYTES)
		return 0;
	fd = memfd_create("lines", MFD_CLOEXEC);
	must(fd >= 0);
	must(n == 0 || write(fd, p, n) == (ssize_t)n);
	read_lines(fd, false);
	read_lines(fd, true);
	close(fd);
	return 0;
}
