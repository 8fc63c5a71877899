/*
 * nfc: libunistring's normalization, with nothing left behind. Never changes
 * a text of ASCII alone.
 */
#include "credential/nfc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <uninorm.h>

#include "base/secret.h"
#include "credential/text.h"

size_t
nfc_write(struct slice text, char *out, size_t cap)
{
	size_t n = cap;
	uint8_t *made;

	if (text.n == 0)
		return 0;
	if (!(text_mask(text) & HAS_HIGH)) {
		if (text.n > cap)
			return 0;
		memcpy(out, text.p, text.n);
		return text.n;
	}
	if (!text_is_utf8(text))
		return 0;
	made = u8_normalize(
	    UNINORM_NFC, (const uint8_t *)text.p, text.n, (uint8_t *)out, &n);
	if (made == (uint8_t *)out)
		return n;
	/* it did not fit, so it was put elsewhere */
	if (made != NULL)
		secret_wipe(made, n);
	free(made);
	return 0;
}
