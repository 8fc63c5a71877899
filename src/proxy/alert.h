/*
 * alert: hands incidents to the alerter process.
 */
#ifndef PROXY_ALERT_H
#define PROXY_ALERT_H

#include "proxy/worker.h"

/* json: a record, one object without a line end. Where the alerter is away
 * for a moment, it waits; where there is none, nothing happens. */
void alert_send(struct worker *worker, struct slice json);
/* A fresh channel to the alerter has come: what waits goes. */
void alert_resume(struct worker *worker);
void alert_free(struct worker *worker); /* what waits */

#endif
