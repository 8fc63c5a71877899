/*
 * tags: the account of one socket.
 *
 * Needs the map's descriptor and the socket's, and no privilege.
 */
#ifndef GUARD_TAGS_H
#define GUARD_TAGS_H

#include <stdint.h>

#include "base/addr.h"

struct tag {
	uint32_t account;
	uint64_t session;
	const struct addr *pin; /* the one place it may reach; NULL: any */
};

/* Once for each socket: a second time is EEXIST. 0, or -1 and errno. */
int tags_set(int map, int socket, const struct tag *tag);
/* A socket of the proxy itself, and those accepted from it: never judged. */
int tags_set_self(int map, int socket);

#endif
