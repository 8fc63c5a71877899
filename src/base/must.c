/*
 * must: the last words of a process that found a bug of its own.
 *
 * Runs in every process and in every build.  It allocates nothing and trusts
 * nothing, because whatever called it is already broken.
 */
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void
must_fail(const char *expr, const char *file, int line, const char *func)
{
	char text[512];
	int n = snprintf(text, sizeof(text), "%s:%d: %s: must hold: %s\n", file,
	    line, func, expr);

	if (n < 0)
		abort();
	if ((size_t)n >= sizeof(text))
		n = sizeof(text) - 1;
	/* nothing is left to do about a failed write */
	if (write(STDERR_FILENO, text, (size_t)n) < 0)
		abort();
	abort();
}
