/*
 * keyed: HMAC-SHA-256 under a random key that never leaves the process.
 *
 * For remembering that a value was seen without keeping the value.
 */
#ifndef BASE_KEYED_H
#define BASE_KEYED_H

#include "base/slice.h"

#define KEYED_SIZE 32

struct keyed;

struct keyed *keyed_new(void); /* makes its own key; fatal if it can't */
/* Under a key that several processes share; of any length, copied. */
struct keyed *keyed_new_from(struct slice key);
void keyed_free(struct keyed *keyed); /* NULL is fine */
void keyed_hash(
    struct keyed *keyed, struct slice value, unsigned char out[KEYED_SIZE]);

#endif
