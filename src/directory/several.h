/*
 * several: providers side by side, as one provider.
 *
 * An account that one of them owns (the account file) is asked there alone.
 * Any other is asked everywhere at once, so that a directory that doesn't
 * answer never delays what another one knows; whoever says yes first is
 * believed.  Account names must therefore be unique among directories.
 */
#ifndef DIRECTORY_SEVERAL_H
#define DIRECTORY_SEVERAL_H

#include "directory/provider.h"

#define SEVERAL_MAX 16

struct several;

struct several *several_new(provider_fn *on_answer, void *arg);
void several_free(struct several *several); /* NULL is fine */

/* Part `at` is this from now on; its answers go to several_on_answer with
 * several_part(at) as arg. What was asked of the one before is its to
 * answer, or has been. ops NULL: none. */
void several_set(
    struct several *several, unsigned at, struct provider provider);
void *several_part(struct several *several, unsigned at);
provider_fn several_on_answer;

struct provider several_face(struct several *several);

#endif
