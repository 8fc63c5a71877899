/*
 * role: the processes, and what each may hold; data, printed by
 * `sallyport check -v` and the man page.
 */
#ifndef IPC_ROLE_H
#define IPC_ROLE_H

#include <stdbool.h>
#include <stdio.h>

enum role {
	ROLE_SUPERVISOR,
	ROLE_PROXY,
	ROLE_SIGNER,
	ROLE_DIRECTORY,
	ROLE_GUARD,
	ROLE_ALERTER,
	ROLE_COUNT
};

struct role_info {
	const char *name;  /* "proxy" */
	const char *holds; /* words for the table */
	const char *never;
	const char *talks;
	bool network; /* may create sockets */
	bool threads;
	bool maps; /* may read and write BPF maps that it was given */
};

const struct role_info *role_info(enum role role);
/* -1 where there is no role of that name. */
int role_by_name(const char *name);
void role_print_table(FILE *out);

#endif
