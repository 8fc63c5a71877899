/*
 * forward: what an intermediary does to a head (RFC 9110 section 7.6).
 *
 * Hop-by-hop fields and those that Connection names are removed, Via is
 * appended, Max-Forwards counted, framing fields rewritten for the next
 * hop.  Proxy-Authorization and every Proxy-* hop field never pass.
 */
#ifndef HTTP_FORWARD_H
#define HTTP_FORWARD_H

#include "http/message.h"

struct forward_opts {
	struct slice via;     /* "1.1 sallyport"; a pseudonym, no host name */
	bool next_keep_alive; /* what to say of the next hop's connection */
	uint8_t next_minor;   /* version of the next hop: 0 or 1 */
	bool pass_upgrade;    /* keep Upgrade and Connection: upgrade */
};

/* Turns a received request head into the one to send, in place: origin-form
 * with Host from the target's host and port (default_port as the scheme's).
 * Returns the framing the body must be written with: as received, chunked
 * staying chunked (a 1.0 next hop with a chunked body: see the caller). */
enum framing forward_request(struct head *head, const struct host *host,
    uint16_t port, uint16_t default_port, const struct forward_opts *opts);

/* The same for a response on its way to the client. A chunked or
 * until-close body becomes chunked for a 1.1 client and until-close for a
 * 1.0 one; HEAD, 204 and 304 have none and keep their length field. */
enum framing forward_response(struct head *head, enum method_id method,
    const struct forward_opts *opts);

/* TRACE and OPTIONS: RFC 9110 section 7.6.2. -1: no or an invalid field
 * (forward as it is); 0: answer here; 1: decremented in place. */
int forward_max_forwards(struct head *head);

/* Is our own pseudonym in Via already, i.e. a loop? */
bool forward_loops(const struct head *head, struct slice pseudonym);

#endif
