/*
 * caps: gives capabilities up.
 *
 * Runs in the supervisor and in `sallyport guard run`; the roles drop theirs
 * in ipc/proc.c, with their user.
 */
#include "cli/caps.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/capability.h>
#include <unistd.h>

#include "base/log.h"

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

#define CAP_LAST 63

static void
set(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};

	if (syscall(SYS_capset, &header, data) < 0)
		fatal("cannot drop capabilities: %m");
}

/* The bounding set can't be changed without a capability of its own; where
 * that is missing, no_new_privs keeps what is executed from getting more
 * than we have. */
void
caps_drop(const int *caps, size_t n)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		fatal("cannot read capabilities: %m");
	for (size_t i = 0; i < n; i++) {
		unsigned mask = ~(1u << caps[i] % 32), word = caps[i] / 32;

		(void)prctl(PR_CAPBSET_DROP, caps[i], 0, 0, 0);
		data[word].effective &= mask;
		data[word].permitted &= mask;
		data[word].inheritable &= mask;
	}
	set(data);
}

void
caps_keep(int keep)
{
	struct __user_cap_data_struct data[2] = { { 0 } };

	for (int cap = 0; cap <= CAP_LAST; cap++)
		if (cap != keep)
			(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	if (keep >= 0) {
		data[keep / 32].effective = 1u << keep % 32;
		data[keep / 32].permitted = 1u << keep % 32;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		fatal("cannot set no_new_privs: %m");
	set(data);
}

void
caps_drop_loading(void)
{
	static const int loading[] = { CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN };

	caps_drop(loading, sizeof(loading) / sizeof(*loading));
}
