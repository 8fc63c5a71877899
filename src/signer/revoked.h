/*
 * revoked: serial numbers of leaves that nobody should trust any more.
 *
 * A text file beside the CA's certificate, one a line: the serial in
 * hexadecimal, the day, and perhaps why:
 *
 *	4F1D5B22… 2026-11-26 key-compromise
 *
 * Empty lines and those that start with # are passed over.
 */
#ifndef SIGNER_REVOKED_H
#define SIGNER_REVOKED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define REVOKED_MAX 1000 /* so that a CRL fits a message */
#define REVOKED_SERIAL_MAX 20

struct revoked_one {
	unsigned char serial[REVOKED_SERIAL_MAX]; /* no zeros in front */
	size_t n;
	int64_t at; /* seconds since 1970; the start of a day */
	int reason; /* RFC 5280 section 5.3.1; 0: none is told */
};

struct revoked {
	struct revoked_one *v; /* owned */
	size_t n;
};

/* NULL, or what is wrong in words, with *line its number from 1. The caller
 * clears *out in any case. */
const char *revoked_parse(
    struct slice text, struct revoked *out, unsigned *line);
void revoked_clear(struct revoked *revoked);

/* revoked may be NULL: nothing is. */
bool revoked_has(
    const struct revoked *revoked, const unsigned char *serial, size_t n);

/* Hexadecimal, with or without colons, as `openssl x509 -serial` and browsers
 * show it. NULL, or what is wrong in words. */
const char *revoked_serial(struct slice text, struct revoked_one *out);
/* "key-compromise", … ; -1: not a word for a reason. */
int revoked_reason(struct slice word);
/* The words, separated by commas; static. */
const char *revoked_reasons(void);

#endif
