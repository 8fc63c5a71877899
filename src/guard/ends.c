/*
 * ends: the kernel's note of who made a connection, then the socket itself.
 */
#include "guard/ends.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "guard/load.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* Which network namespace we are in, as the programs see it. */
static uint64_t
netns_cookie(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) < 0)
		cookie = 0;
	close(fd);
	return cookie;
}

int
ends_ask_map(
    int map, const struct addr *client, const struct addr *local, uint32_t *uid)
{
	struct guard_local_key key;
	struct guard_local found;

	memset(&key, 0, sizeof(key));
	key.netns = netns_cookie();
	memcpy(key.from, client->ip, sizeof(key.from));
	memcpy(key.to, local->ip, sizeof(key.to));
	key.from_port = client->port;
	key.to_port = local->port;
	if (bpf_map_lookup_elem(map, &key, &found) < 0)
		return -1;
	*uid = found.loginuid != GUARD_NOBODY ? found.loginuid : found.uid;
	return 0;
}

/* Where a host is filtered, what the kernel didn't note isn't guessed. */
int
ends_user(const struct addr *client, const struct addr *local, uint32_t *uid)
{
	int map = guard_open_pin(GUARD_PINS, GUARD_FORM_HOST, GUARD_MAP_LOCALS);
	int ret;

	if (map < 0)
		return ends_ask_socket(client, local, uid);
	ret = ends_ask_map(map, client, local, uid);
	close(map);
	return ret;
}
