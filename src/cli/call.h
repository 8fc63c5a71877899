/*
 * call: one question to a running proxy, over its control socket.
 */
#ifndef CLI_CALL_H
#define CLI_CALL_H

#include <stdbool.h>

#include "base/slice.h"

struct call {
	bool ok;           /* the proxy did, or knows, what was asked */
	char *text;        /* owned: the answer without its first line */
	struct slice body; /* borrowed from text */
};

/* Where the proxy that runs with this configuration listens for us; socket
 * (may be NULL) is what the command line says instead. NULL where the file
 * has errors: they are printed. The caller frees it. */
char *call_path(const char *socket, const char *conf_path);

/* Asks and waits. NULL, or why there is no answer, in words; borrowed until
 * the next call. */
const char *call_ask(const char *path, const char *what, struct call *call);
void call_clear(struct call *call);

#endif
