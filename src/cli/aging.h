/*
 * aging: `filter … rotate`: starts `sallyport filter rotate --due` soon after
 * the start and each hour, which does what is to be done, if anything.
 *
 * The work is another process's, since it copies a file that may have
 * hundreds of megabytes; that there is a new one is seen as where somebody
 * rotates by hand.
 */
#ifndef CLI_AGING_H
#define CLI_AGING_H

#include <event2/event.h>

struct aging;
struct supervisor;

/* supervisor: borrowed. */
struct aging *aging_new(struct supervisor *supervisor);
void aging_free(struct aging *aging); /* NULL is fine */

#endif
