/*
 * local: what the proxy answers at its own address: the setup page, the CA's
 * certificate, the PAC file, the self-test. No login is needed for these.
 */
#ifndef PROXY_LOCAL_H
#define PROXY_LOCAL_H

#include <stdbool.h>

#include "proxy/exchange.h"

/* The name under which the proxy answers through itself. */
#define LOCAL_NAME "sallyport.internal"

/* Is it that, or the name of proxy/way.h? */
bool local_is_name(const struct host *host);
/* Is this request's host and port the proxy itself? */
bool local_is_for_us(const struct exchange *x);

#endif
