/*
 * alerter: the process that tells others of incidents.
 *
 * It holds no secret and sees no traffic: what it tells was written for the
 * record.  It talks to the webhook of proxy.conf and to no other place.
 */
#ifndef ALERTER_ALERTER_H
#define ALERTER_ALERTER_H

int alerter_main(unsigned index);

#endif
