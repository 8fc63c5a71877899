/*
 * step_record: the last step of every exchange: one line, and the counters.
 */
#include "proxy/exchange.h"

#include "base/log.h"
#include "proxy/account.h"
#include "proxy/audit.h"

/* What the operator should see at once stands in the log too. */
static void
log_reason(const struct exchange *x)
{
	static struct log_limit limits[REASON_COUNT];
	const struct reason_info *info = reason_info(x->reason);
	static void (*const say[])(const char *, ...) = {
		[REASON_LEVEL_NONE] = log_debug,
		[REASON_LEVEL_INFO] = log_info,
		[REASON_LEVEL_WARN] = log_warn,
		[REASON_LEVEL_ERROR] = log_error,
	};
	char host[LOG_QUOTE_SIZE];
	unsigned missed = 0;

	if (info->level == REASON_LEVEL_NONE)
		return;
	if (!log_allowed(&limits[x->reason], 10, &missed))
		return;
	say[info->level]("%s %s: %s%s%s (account %s, to %s; %u more not "
			 "shown)",
	    x->client->id, x->incident, info->word,
	    x->detail != NULL ? ": " : "", x->detail != NULL ? x->detail : "",
	    x->account != NULL ? x->account->name : "-",
	    log_quote(host, host_slice(&x->host)), missed);
}

/* A connection that ends between two requests has no request to record. */
static bool
is_nothing(const struct exchange *x)
{
	return !x->have_request &&
	    (x->reason == REASON_CLIENT_CLOSED || x->reason == REASON_IDLE ||
		x->reason == REASON_SHUTDOWN);
}

enum step_ret
step_record(struct exchange *x)
{
	struct worker *worker = x->client->worker;

	worker->counts.bytes_in += x->body_in;
	worker->counts.bytes_out += x->body_out;
	if (!is_nothing(x)) {
		log_reason(x);
		audit_request(worker->audit, x);
	}
	return STEP_RET_END;
}
