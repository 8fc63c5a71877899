/*
 * enforce_absent: a program that was built without the guard.
 */
#include "base/log.h"
#include "cli/enforce.h"

static const char absent[] =
    "this program was built without the guard: configure found no clang,"
    " bpftool or libbpf";

struct enforce *
enforce_start(
    struct event_base *base, const struct conf *conf, const char **why)
{
	*why = NULL;
	if (conf->guarding.packets == PACKETS_REQUIRE)
		*why = absent;
	else if (conf->guarding.packets != PACKETS_OFF)
		log_warn("the kernel does not judge packets: %s", absent);
	return NULL;
}

void
enforce_changed(struct enforce *enforce)
{
}

void
enforce_stop(struct enforce *enforce)
{
}

bool
enforce_enter(struct enforce *enforce, pid_t worker)
{
	return true;
}

void
enforce_own(struct enforce *enforce, int fd)
{
}

void
enforce_give(
    struct enforce *enforce, const struct conf *conf, struct child *child)
{
}

struct slice
enforce_key(const struct enforce *enforce)
{
	return SLICE_EMPTY;
}
