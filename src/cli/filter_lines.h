/*
 * filter_lines: "account:password" or "account:hash" a line, as tokens.
 *
 * Read in pieces through locked memory that is wiped; a million lines take no
 * more of it than one.  Hashes are NT hashes, 32 hex digits, alone or in the
 * fourth field of lines like account:number:hash:hash:::, as tools that read
 * a directory's database write them.  DOMAIN\ in front of an account is left
 * out.
 */
#ifndef CLI_FILTER_LINES_H
#define CLI_FILTER_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "credential/filter.h"

struct filter_lines {
	const struct token_key *key; /* borrowed */
	struct token_rule rule;
	unsigned kinds; /* enum filter_kind: which tokens are made */
	bool hashes;    /* lines hold NT hashes */
	bool bar;       /* show how far it is, on standard error */
	void (*on_token)(void *arg, const struct token *token);
	void *arg;
	/* out */
	uint64_t lines, tokens, skipped;
	char why[128];
};

/* Reads fd to its end. NULL, or what is wrong with which line, in `why`. A
 * line of which no token can be made (a password that is too short) is
 * skipped and counted. */
const char *filter_lines_read(struct filter_lines *lines, int fd);

#endif
