/*
 * guard: the verbs below `sallyport guard`, for a host whose users' packets
 * the kernel judges.
 */
#ifndef CLI_GUARD_H
#define CLI_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#define GUARD_RECORDS 8

struct guard_args {
	const char *file;     /* proxy.conf */
	const char *cgroup;   /* NULL: the root of cgroup2 */
	const char *pins;     /* where maps and links are kept */
	const char *socket;   /* of the feed of denials */
	bool close_forbidden; /* connections that new rules forbid */
	bool lock_logins;     /* loginuid can't be changed any more */
	bool json;
	const char *records[GUARD_RECORDS]; /* files of them, for events */
	size_t nrecords;
	char **words; /* what stands behind the options */
	int nwords;
	int ready_fd; /* -1: none */
};

#define GUARD_SOCKET RUNDIR "/guard.sock"

int guard_verb_run(const struct guard_args *args);
int guard_verb_check(const struct guard_args *args);
int guard_verb_status(const struct guard_args *args);
int guard_verb_explain(const struct guard_args *args);
int guard_verb_events(const struct guard_args *args);
int guard_verb_off(const struct guard_args *args);

#endif
