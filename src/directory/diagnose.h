/*
 * diagnose: goes the way that logins go, step by step, and says in words
 * what works and what doesn't.
 *
 * For `sallyport directory check`, in a process of its own that may open
 * files and has no sandbox.
 */
#ifndef DIRECTORY_DIAGNOSE_H
#define DIRECTORY_DIAGNOSE_H

#include <stdio.h>

#include "conf/conf.h"

/* account: NULL: none is looked for. The number of things that don't work. */
unsigned diagnose_run(const struct conf *conf, struct bundle *bundle,
    const char *account, FILE *out);

/* The parts, each adding to *failures. */
struct diagnosis {
	const struct conf *conf;
	struct bundle *bundle;
	const char *account;
	FILE *out;
	unsigned failures;
};
void diagnose_say(struct diagnosis *diagnosis, bool good, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* What is neither good nor bad. */
void diagnose_note(struct diagnosis *diagnosis, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* What to do about a failure, where its words tell. */
void diagnose_next(struct diagnosis *diagnosis, const char *why);
void diagnose_keytab(struct diagnosis *diagnosis);
/* The certificates that a server shows, trusted or not. */
void diagnose_chain(struct diagnosis *diagnosis, const struct addr *addr,
    const struct host *host, bool starttls);
/* Whose clock is so much ahead of ours. */
#define DIAGNOSE_SKEW_S 300 /* that Kerberos bears, usually */
void diagnose_skew(
    struct diagnosis *diagnosis, const char *whose, int64_t seconds);

#endif
