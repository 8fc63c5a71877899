/*
 * intake: what the supervisor gives the signer: secrets, and then the
 * configuration that says what they are of.
 */
#ifndef SIGNER_INTAKE_H
#define SIGNER_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"
#include "ipc/msg.h"
#include "signer/holding.h"

struct intake;

struct intake *intake_new(void);
void intake_free(struct intake *intake); /* NULL is fine */

/* Reads fd to its end and closes it; -1: there is no such part. A part counts
 * for the next configuration alone. */
void intake_part(struct intake *intake, enum authority_part part, int fd);
/* The sandbox closes: from now on no provider's key can be opened. */
void intake_close(struct intake *intake);
/* Does a provider keep the key in use? */
bool intake_has_vault(const struct intake *intake);

/* What a configuration brings. */
struct fresh {
	struct holding ca, old_ca; /* empty: there is none */
	struct revoked revoked;
	uint64_t bypass_ms;
};

/* NULL, or why it can't be taken: words that stay valid until the next call.
 * The caller owns what is in *out in any case; the intake must outlive it. */
const char *intake_load(struct intake *intake, struct bundle *bundle,
    const struct conf *conf, struct fresh *out);
/* The secrets have served. */
void intake_wipe(struct intake *intake);
void fresh_clear(struct fresh *fresh);

#endif
