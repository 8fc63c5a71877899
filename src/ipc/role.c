/*
 * role: the table of processes.
 *
 * Data, and looking things up in it.  What the table says is enforced by
 * ipc/proc.c and ipc/sandbox.c, and by whom the supervisor hands descriptors
 * to; nothing here starts or checks a process.
 */
#include "ipc/role.h"

#include <string.h>

#include "base/must.h"

static const struct role_info infos[ROLE_COUNT] = {
	[ROLE_SUPERVISOR] = {
		.name = "supervisor",
		.holds = "configuration text, listening sockets, descriptors"
			 " of secret files while it hands them out",
		.never = "people's traffic",
		.talks = "every role, the control socket, signals",
		.network = true,
	},
	[ROLE_PROXY] = {
		.name = "proxy",
		.holds = "leaf key, ticket keys, rules, the filter (read-only)"
			 " and its key, people's traffic",
		.never = "CA key, account secrets, exec, file opens",
		.talks = "clients, origins, resolvers; signer and directory"
			 " by messages",
		.network = true,
	},
	[ROLE_SIGNER] = {
		.name = "signer",
		.holds = "CA key, or what its provider has opened before the"
			 " sandbox closed",
		.never = "network, files, exec",
		.talks = "proxies and supervisor by messages",
	},
	[ROLE_DIRECTORY] = {
		.name = "directory",
		.holds = "account secrets, passwords while they are checked",
		.never = "people's traffic, CA key, exec, file opens",
		.talks = "directory servers, resolvers; proxies and"
			 " supervisor by messages",
		.network = true,
		.threads = true,
	},
	[ROLE_GUARD] = {
		.name = "guard",
		.holds = "descriptors of BPF maps: rules, and the accounts of"
			 " sockets; that of the record",
		.never = "traffic, passwords, network, exec, file opens",
		.talks = "proxies and supervisor by messages",
		.maps = true,
	},
	[ROLE_ALERTER] = {
		.name = "alerter",
		.holds = "alerts that wait, the spool's descriptor",
		.never = "secrets, people's traffic, file opens, exec (a"
			 " process made before runs the alert command)",
		.talks = "the webhook, resolvers; proxies and supervisor by"
			 " messages",
		.network = true,
	},
};

const struct role_info *
role_info(enum role role)
{
	must(role < ROLE_COUNT);
	return &infos[role];
}

int
role_by_name(const char *name)
{
	for (int role = 0; role < ROLE_COUNT; role++)
		if (strcmp(infos[role].name, name) == 0)
			return role;
	return -1;
}

void
role_print_table(FILE *out)
{
	for (int role = 0; role < ROLE_COUNT; role++) {
		const struct role_info *info = &infos[role];

		fprintf(out, "%s\n", info->name);
		fprintf(out, "\tholds      %s\n", info->holds);
		fprintf(out, "\tnever has  %s\n", info->never);
		fprintf(out, "\ttalks to   %s\n", info->talks);
		fprintf(out, "\tmay        %s%s%s\n",
		    info->network ? "open sockets" : "open no socket",
		    info->threads ? ", start threads" : "",
		    info->maps ? ", read and write BPF maps" : "");
	}
}
