/*
 * diagnose_next: what to do about what failed.
 *
 * A server says little of why it refuses; most of what it can mean is one of a
 * few mistakes.  Words that nothing is known about get no advice.
 */
#include <string.h>

#include "directory/diagnose.h"

static const struct {
	const char *words; /* in the reason */
	const char *next;
} advice[] = {
	{ "authority that is not trusted",
	    "name the file of the authority that issued it (\"by\", above) in "
	    "\"trust\"" },
	{ "for another name",
	    "call the server in \"server\" by a name that its certificate "
	    "has" },
	{ "closed the connection",
	    "ldaps:// is for a port that begins with TLS (636), \"starttls\" "
	    "for one\n              that doesn't (389)" },
	{ "refused",
	    "is that its host and port, and does a firewall let this host "
	    "through?" },
	{ "bind as the service: Invalid credentials",
	    "no entry has the DN in \"bind\", or another password is its own; "
	    "ldapwhoami -x\n              -W with -H and -D asks the same" },
	{ "No such object",
	    "ldapsearch -x -W with -H and -D, and -b '' -s base "
	    "namingContexts, names what\n              \"base\" can end with; "
	    "or the service may not see that entry" },
	{ "it can't be seen by this bind",
	    "let the service read that entry and those below" },
	{ "no account of that name",
	    "that filter was asked; \"flavour\" and \"names\" make it, and the "
	    "service has to be\n              let read what it names" },
};

void
diagnose_next(struct diagnosis *diagnosis, const char *why)
{
	for (size_t i = 0; i < sizeof(advice) / sizeof(*advice); i++) {
		if (!strstr(why, advice[i].words))
			continue;
		fprintf(diagnosis->out, "       next:  %s\n", advice[i].next);
		return;
	}
}
