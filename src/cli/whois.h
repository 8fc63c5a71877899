/*
 * whois: the account of a client on this machine, by name.
 *
 * Belongs to the supervisor, since no other process may ask the system.
 */
#ifndef CLI_WHOIS_H
#define CLI_WHOIS_H

#include "base/addr.h"
#include "base/slice.h"

struct whois;

struct whois *whois_new(void);
void whois_free(struct whois *whois); /* NULL is fine */

/* Borrowed until the next call; empty: not known for certain, a system
 * account, or nobody of this machine. */
struct slice whois_name(
    struct whois *whois, const struct addr *client, const struct addr *local);

#endif
