/*
 * question: what a worker asks of the signer, read and judged.
 *
 * A worker holds strangers' traffic; nothing it says goes into a certificate
 * before it has been through here, whatever the worker did to it.
 */
#ifndef SIGNER_QUESTION_H
#define SIGNER_QUESTION_H

#include "ipc/msg.h"
#include "signer/mint.h"

/* Names that the authority may not sign for are left out, and the whole is
 * refused where the host asked for is such a one.
 * NULL, or what is wrong in words. On success *out has names (which the
 * caller frees), subject and times; its texts borrow from the message. The
 * host asked for is among the names, or covered by one of them. */
const char *question_read(const struct msg_leaf_ask *ask,
    const struct authority *authority, struct mint_request *out);

#endif
