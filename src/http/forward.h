/*
 * forward: what an intermediary does to a head (RFC 9110 section 7.6).
 *
 * Hop-by-hop fields and those that Connection names are removed, Via is
 * appended, Max-Forwards counted, framing fields rewritten for the next
 * hop.  Proxy-Authorization and every Proxy-* hop field never pass; nor, in
 * a request, does "Proxy", which CGI programs take for an environment
 * variable.
 *
 * Connection can't be used to strip what the origin needs: an option that
 * names a field of http/fields.def which is not hop-by-hop (Host,
 * Content-Length, Authorization, Cookie, Via, ...) is ignored and the field
 * passes, since RFC 9110 section 7.6.1 forbids such options and a client
 * would gain by them a request that its origin sees with other credentials
 * or another length than the proxy judged.  Fields the proxy doesn't know
 * are removed as named.
 *
 * Alt-Svc is dropped from responses: it would send the browser to another
 * port or to HTTP/3, past the proxy and its rules.
 */
#ifndef HTTP_FORWARD_H
#define HTTP_FORWARD_H

#include "http/message.h"

struct forward_opts {
	struct slice via;     /* "1.1 sallyport"; a pseudonym, no host name */
	bool next_keep_alive; /* what to say of the next hop's connection */
	uint8_t next_minor;   /* version of the next hop: 0 or 1 */
	bool pass_upgrade;    /* keep Upgrade and Connection: upgrade */
	struct slice date;    /* for a response without Date; may be empty */
};

/* Turns a received request head into the one to send, in place: origin-form
 * with Host from the target's host and port (default_port as the scheme's).
 * Values that are made anew live in the head's arena, via and date are
 * borrowed. Returns the framing the body must be written with: as received,
 * chunked staying chunked (a 1.0 next hop can't be sent a chunked body: the
 * caller answers 411 instead). Upgrade never passes where it asks for
 * another HTTP or for TLS, which would take what follows out of the rules'
 * sight; head->upgrade then becomes false. */
enum framing forward_request(struct head *head, const struct host *host,
    uint16_t port, uint16_t default_port, const struct forward_opts *opts);

/* The same for a response on its way to the client, where next_minor is the
 * client's version. A chunked or until-close body becomes chunked for a 1.1
 * client and until-close for a 1.0 one, which is then told that its
 * connection closes; HEAD, 204 and 304 have none and keep their length
 * field (204 has none to keep). The version written is 1.1 in any case (RFC
 * 9112 section 2.3). */
enum framing forward_response(
    struct head *head, enum method_id method, const struct forward_opts *opts);

/* TRACE and OPTIONS: RFC 9110 section 7.6.2. -1: no or an invalid field
 * (forward as it is); 0: answer here; 1: decremented in place. */
int forward_max_forwards(struct head *head);

/* Is our own pseudonym ("sallyport", or all of opts.via) in Via already,
 * i.e. a loop? */
bool forward_loops(const struct head *head, struct slice pseudonym);

#endif
