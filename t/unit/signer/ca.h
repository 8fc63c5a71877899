/*
 * ca: authorities and keys made on the spot for the tests of this room.
 */
#ifndef T_SIGNER_CA_H
#define T_SIGNER_CA_H

#include <check.h>

#include "base/name.h"
#include "base/secret.h"
#include "signer/authority.h"
#include "signer/found.h"
#include "signer/subject_key.h"

#define NOW 1795694400 /* 2026-11-26T12:00:00Z */
#define DAY 86400

struct pem {
	char *cert;
	struct secret key;
};

/* Ends the test where it can't be made. */
void pem_init(
    struct pem *pem, const char *name, bool rsa, unsigned days, int64_t now);
/* Self-signed with a key of the test's own; valid from a day before NOW to a
 * day after. */
void pem_make(struct pem *pem, EVP_PKEY *key, bool is_ca, unsigned usage);
void pem_clear(struct pem *pem);
struct authority *pem_authority(const struct pem *pem);
struct host host_of(const char *text);
struct subject_key *subject_key_of(EVP_PKEY *key);

Suite *suite_authority(void);
Suite *suite_crl(void);
Suite *suite_evidence(void);
Suite *suite_found(void);
Suite *suite_stock(void);
Suite *suite_mint(void);
Suite *suite_pinned(void);
Suite *suite_question(void);
Suite *suite_sign(void);
Suite *suite_signer(void);
Suite *suite_subject_key(void);
Suite *suite_vault(void);

#endif
