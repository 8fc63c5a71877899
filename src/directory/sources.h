/*
 * sources: where accounts come from, as the configuration says: the account
 * file and directories, with their secrets and what is remembered of them.
 *
 * A directory whose statement a reload leaves as it was keeps its
 * connections; what is remembered of it goes by directory/memories.h.
 */
#ifndef DIRECTORY_SOURCES_H
#define DIRECTORY_SOURCES_H

#include <stdbool.h>

#include <event2/event.h>

#include "conf/conf.h"
#include "directory/memories.h"
#include "directory/provider.h"
#include "net/tls.h"

#define SECRET_FILE_MAX 4096 /* bytes of a password file */

struct sources;

struct sources *sources_new(
    struct event_base *base, provider_fn *on_answer, void *arg);
void sources_free(struct sources *sources); /* NULL is fine */

void sources_on_stale(
    struct sources *sources, memories_stale_fn *on_stale, void *arg);
/* That of a part of the face, for as long as it stays as it is; never 0 for
 * a directory. */
uint64_t sources_id(const struct sources *sources, unsigned part);

/* The account file's provider answers here, as part 0. */
void *sources_file_part(struct sources *sources);
void sources_set_file(struct sources *sources, struct provider file);

/* Takes over fd: the password of that directory's service. It holds from
 * now on, before or after the configuration. */
void sources_set_secret(
    struct sources *sources, struct slice directory, int fd);

/* A configuration, which was parsed from the bundle as path. NULL, or why it
 * can't be: nothing has changed then. */
const char *sources_apply(
    struct sources *sources, struct bundle *bundle, const char *path);

/* Is there a directory that can tell who somebody is? */
bool sources_can_find(const struct sources *sources);

/* A context with the directory's anchors; the caller owns it. NULL with *out
 * NULL where it uses no TLS; or why not. */
const char *sources_trust(
    struct bundle *bundle, const struct ldap_directory *conf, SSL_CTX **out);

struct provider sources_face(struct sources *sources); /* borrowed */

#endif
