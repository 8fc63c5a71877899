/*
 * alert: a short queue for the time in which the alerter is started again.
 */
#include "proxy/alert.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"

static bool
send_now(struct worker *worker, struct slice json)
{
	struct msg_alert alert = { .json = json };

	return worker->alerter != NULL &&
	    chan_send(worker->alerter, MSG_alert, &alert, -1) == 0;
}

static bool
is_wanted(const struct worker *worker)
{
	const struct conf *conf = worker->rules->conf;

	return conf->alert_webhook != NULL || conf->alert_command != NULL;
}

void
alert_send(struct worker *worker, struct slice json)
{
	struct alerts *alerts = &worker->alerts;

	if (!is_wanted(worker) || send_now(worker, json))
		return;
	if (alerts->n == ALERTS_MAX) {
		if (alerts->lost++ % 100 == 0)
			log_error("an alert is lost: the alerter is away");
		return;
	}
	alerts->v[alerts->n++] = slice_dup(json);
}

void
alert_resume(struct worker *worker)
{
	struct alerts *alerts = &worker->alerts;
	size_t sent = 0;

	while (sent < alerts->n && send_now(worker, slice_of(alerts->v[sent])))
		free(alerts->v[sent++]);
	for (size_t i = sent; i < alerts->n; i++)
		alerts->v[i - sent] = alerts->v[i];
	alerts->n -= sent;
}

void
alert_free(struct worker *worker)
{
	struct alerts *alerts = &worker->alerts;

	while (alerts->n)
		free(alerts->v[--alerts->n]);
}
