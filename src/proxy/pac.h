/*
 * pac: the proxy auto-configuration file, from proxy.conf.
 */
#ifndef PROXY_PAC_H
#define PROXY_PAC_H

#include <event2/buffer.h>

#include "conf/model.h"

/* secure: clients speak TLS to it. proxy: "host:port" as it shall stand in the file; canonical, so that it
 * needs no escaping. What is not DIRECT goes to the proxy and nowhere else:
 * a proxy that is down must not become a way around it. */
void pac_write(const struct conf *conf, bool secure, struct slice proxy,
    struct evbuffer *out);

#endif
