/*
 * ldap_stream: what libldap takes for its socket: a stream that is already
 * connected, already safe, and never blocks.
 */
#ifndef DIRECTORY_LDAP_STREAM_H
#define DIRECTORY_LDAP_STREAM_H

#include <stdbool.h>

#include <ldap.h>

#include "net/io.h"

#define LDAP_REPLY_MAX (8u << 20) /* bytes of one message */

struct ldap_stream {
	struct io *io; /* borrowed: outlives the handle */
	bool closed;   /* nothing is to be written any more */
};

/* Before the first one, while files can be opened. NULL, or why not. */
const char *ldap_stream_init(void);

/* A handle that speaks over stream->io and keeps stream. NULL with *out set,
 * to be ended by ldap_unbind_ext; or why not. */
const char *ldap_stream_open(struct ldap_stream *stream, LDAP **out);

#endif
