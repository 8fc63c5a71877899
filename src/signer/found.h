/*
 * found: makes a new CA: key and self-signed certificate, as PEM bytes.
 */
#ifndef SIGNER_FOUND_H
#define SIGNER_FOUND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/slice.h"

#define FOUND_NAME_MAX 64 /* bytes of UTF-8; ub-common-name */
#define FOUND_DAYS_MAX 36500
#define FOUND_DAYS_DEFAULT 3650
#define FOUND_RSA_BITS 3072

struct found_request {
	struct slice name; /* the CN; UTF-8 */
	bool rsa;          /* else EC on P-256 */
	unsigned days;     /* 1 to FOUND_DAYS_MAX */
	int64_t now;       /* seconds since 1970 */
};

/* NULL, or why not in words. The caller owns cert_pem (a string) and clears
 * key_pem. */
const char *found_ca(const struct found_request *request, char **cert_pem,
    struct secret *key_pem);

#endif
