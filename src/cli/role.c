/*
 * role: the hidden verb by which the supervisor makes a process.
 *
 * `sallyport _role NAME INDEX`, with a channel at CHAN_FD.  Started by hand
 * there is no channel, which is said.
 */
#include <sys/socket.h>

#include <stdint.h>

#include "base/slice.h"
#include "alerter/alerter.h"
#include "cli/verb.h"
#include "directory/directory.h"
#include "guard/warden.h"
#include "ipc/chan.h"
#include "proxy/proxy.h"
#include "signer/signer.h"

static const char help[] = "usage: sallyport _role NAME INDEX\n";

static int (*const mains[ROLE_COUNT])(unsigned index) = {
	[ROLE_PROXY] = proxy_main,
	[ROLE_SIGNER] = signer_main,
	[ROLE_DIRECTORY] = directory_main,
#ifdef WITH_GUARD
	[ROLE_GUARD] = guard_main,
#endif
	[ROLE_ALERTER] = alerter_main,
};

static bool
has_channel(void)
{
	int type = 0;
	socklen_t len = sizeof(type);

	return getsockopt(CHAN_FD, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	    type == SOCK_SEQPACKET;
}

int
cli_role(int argc, char **argv)
{
	int role = argc == 3 ? role_by_name(argv[1]) : -1;
	uint64_t index;

	if (role < 0 || !mains[role] ||
	    slice_to_u64(slice_of(argv[2]), UINT16_MAX, &index) < 0)
		return verb_misuse(help, "_role is the supervisor's");
	if (!has_channel())
		return verb_misuse(help, "there is no supervisor");
	return mains[role]((unsigned)index);
}
