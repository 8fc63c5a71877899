/*
 * supervisor: the process that starts the others and sees no traffic.
 *
 * The struct is shared by the files of cli/ that make it up, each of which
 * owns one noun: children (life and death), setup (what a role is given),
 * turnover (a new configuration), control (the socket), survey (status),
 * sockets, records, accounts, aging, keys, identity, notify.  One owner tree: the
 * supervisor owns them all.
 */
#ifndef CLI_SUPERVISOR_H
#define CLI_SUPERVISOR_H

#include <event2/event.h>

#include "cli/account_file.h"
#include "cli/aging.h"
#include "cli/config.h"
#include "cli/enforce.h"
#include "cli/identity.h"
#include "cli/keys.h"
#include "cli/notify.h"
#include "cli/records.h"
#include "cli/secret_files.h"
#include "cli/secrets.h"
#include "cli/sockets.h"
#include "cli/whois.h"

#define SUPERVISOR_SIGNALS 5
#define SUPERVISOR_CONTROL_DEFAULT RUNDIR "/control.sock"

struct supervisor {
	struct event_base *base; /* owned */
	const char *path;        /* borrowed: proxy.conf */
	struct config *config;   /* owned: in force, or being brought */
	unsigned workers;        /* for as long as we live */
	struct identity identity;
	struct keys keys;
	struct records records;
	struct sockets *sockets;       /* owned */
	struct account_file *accounts; /* owned */
	struct account_file *filter;   /* owned */
	struct filter_gate *gate;      /* owned */
	struct aging *aging;           /* owned */
	struct secret_files *secrets;  /* owned */
	struct children *children;     /* owned */
	struct whois *whois;           /* owned */
	struct enforce *enforce;       /* owned; NULL: the kernel has no part */
	struct turnover *turnover;     /* owned */
	struct control *control;       /* owned; NULL: no socket */
	struct notify notify;
	struct event *signals[SUPERVISOR_SIGNALS]; /* owned */
	struct event *ticket_timer;                /* owned */
	uint64_t started_ms;
	uint64_t last_survey; /* id of the newest status question */
	bool announced;       /* all roles were ready once */
	bool draining;
	char why[SECRETS_WHY_SIZE]; /* … a secret can't be used */
	int status;                 /* what `run` exits with */
};

struct supervisor_opts {
	const char *path; /* proxy.conf */
	int ready_fd;     /* -1: none */
};

/* The whole life of the proxy; returns the exit status. */
int supervisor_run(const struct supervisor_opts *opts);

/* --- for the files that make it up ---------------------------------------- */

/* Drains: no new connections, what runs may end until the deadline. Again:
 * everything ends now. */
void supervisor_stop(struct supervisor *supervisor);
/* It can't start: says why (NULL: was said), ends everything, exit 1. */
void supervisor_fail(struct supervisor *supervisor, const char *why);
/* Has the files that the configuration in force names watched. */
void supervisor_watch_files(struct supervisor *supervisor);
/* "127.0.0.1:3128, [::1]:3128" into buf. */
void supervisor_where(
    const struct supervisor *supervisor, char *buf, size_t size);

#endif
