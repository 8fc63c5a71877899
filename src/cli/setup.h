/*
 * setup: what each role is given, at its start and later.
 *
 * This is where the table of ipc/role.h becomes true: a descriptor or a key
 * goes to the roles named here and to no other.
 */
#ifndef CLI_SETUP_H
#define CLI_SETUP_H

#include "cli/children.h"
#include "cli/supervisor.h"

/* Everything a process needs from its first message to setup_start, and
 * channels between it and the processes it talks to that run. */
void setup_child(struct supervisor *supervisor, struct child *child);

/* The configuration in force, with what belongs to it, to all that run. */
void setup_configuration(struct supervisor *supervisor);
void setup_records(struct supervisor *supervisor);
void setup_accounts(struct supervisor *supervisor);
void setup_secrets(struct supervisor *supervisor); /* LDAP's and Kerberos's */
void setup_filter(struct supervisor *supervisor);
void setup_tickets(struct supervisor *supervisor);

#endif
