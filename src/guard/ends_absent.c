/*
 * ends_absent: without the guard only the socket itself can be asked.
 */
#include "guard/ends.h"

int
ends_user(const struct addr *client, const struct addr *local, uint32_t *uid)
{
	return ends_ask_socket(client, local, uid);
}
