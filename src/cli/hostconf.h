/*
 * hostconf: a configuration for `sallyport guard`, whose rules the kernel can
 * follow.
 */
#ifndef CLI_HOSTCONF_H
#define CLI_HOSTCONF_H

#include "conf/conf.h"

struct hostconf {
	struct bundle *bundle; /* owned */
	struct conf *conf;     /* owned */
};

/* Says all that is wrong on standard error; NULL then. */
struct hostconf *hostconf_load(const char *path);
void hostconf_free(struct hostconf *hostconf); /* NULL is fine */

#endif
