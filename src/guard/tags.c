/*
 * tags: writes into the storage of sockets.
 */
#include "guard/tags.h"

#include <string.h>

#include <bpf/bpf.h>

#include "base/reach.h"
#include "guard/kernel.h"

int
tags_set(int map, int socket, const struct tag *tag)
{
	struct guard_tag value;
	struct addr pin;

	memset(&value, 0, sizeof(value));
	value.account = tag->account;
	value.session = tag->session;
	value.loginuid = GUARD_NOBODY;
	value.uid = GUARD_NOBODY;
	value.cache.check = ~(__u64)0;
	if (tag->pin) {
		pin = addr_unfold(*tag->pin);
		value.flags = GUARD_TAG_PINNED;
		memcpy(value.pin, pin.ip, sizeof(value.pin));
		value.pin_port = tag->pin->port;
	}
	return bpf_map_update_elem(map, &socket, &value, BPF_NOEXIST) < 0 ? -1
									  : 0;
}

int
tags_set_self(int map, int socket)
{
	struct guard_tag value;

	memset(&value, 0, sizeof(value));
	value.account = GUARD_NOBODY;
	value.loginuid = GUARD_NOBODY;
	value.uid = GUARD_NOBODY;
	value.flags = GUARD_TAG_SELF;
	return bpf_map_update_elem(map, &socket, &value, BPF_NOEXIST) < 0 ? -1
									  : 0;
}
