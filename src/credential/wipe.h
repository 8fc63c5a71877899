/*
 * wipe: heap memory that forgets what it held when it is released.
 *
 * For libraries that keep decoded text in memory of their own: their
 * allocator is set to this one, so that a password doesn't stay in a
 * decompressor's window.
 */
#ifndef CREDENTIAL_WIPE_H
#define CREDENTIAL_WIPE_H

#include <stddef.h>

void *wipe_alloc(size_t size); /* never NULL */
void *wipe_resize(void *old, size_t size);
void wipe_free(void *p); /* NULL is fine */

#endif
