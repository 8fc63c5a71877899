/*
 * nfc: a text in the one spelling that passwords are checked in.
 *
 * "ü" may be one character or a "u" and a mark; a page chooses what it sends,
 * a directory knows the password as it was set: Normalization Form C of
 * Unicode Annex 15, as keyboards type it and tokens are made of.
 */
#ifndef CREDENTIAL_NFC_H
#define CREDENTIAL_NFC_H

#include <stddef.h>

#include "base/slice.h"

/* Writes the text in NFC to out, which has room for cap bytes and is the
 * caller's to wipe. Returns its length; 0 where the text is no UTF-8, is
 * empty or does not fit. */
size_t nfc_write(struct slice text, char *out, size_t cap);

#endif
