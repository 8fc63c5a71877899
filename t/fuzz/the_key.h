/*
 * the_key: one key of tokens for all inputs, made when it is first needed.
 */
#ifndef FUZZ_THE_KEY_H
#define FUZZ_THE_KEY_H

#include "base/must.h"
#include "base/slice.h"
#include "credential/token_key.h"

static inline struct token_key *
the_key(void)
{
	static struct token_key *key;
	const char *reason;

	if (key == NULL)
		key = token_key_new(SLICE("0123456789abcdef"), &reason);
	must(key != NULL);
	return key;
}

#endif
