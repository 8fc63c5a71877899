/*
 * verb: help and misuse, told by all verbs in the same way.
 */
#include "cli/verb.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
verb_help(const char *text)
{
	fputs(text, stdout);
	return VERB_OK;
}

int
verb_misuse(const char *help, const char *fmt, ...)
{
	va_list args;

	fputs("sallyport: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n%.*s\n", (int)strcspn(help, "\n"), help);
	return VERB_MISUSE;
}
