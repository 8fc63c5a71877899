/*
 * check_credentials: whether what is said of credentials has all it needs.
 */
#include "base/log.h"
#include "conf/check.h"
#include "conf/cover.h"

#define BUDGET 1000000

/* The first rule that leaves nothing for the one at `index`, or NULL. */
static const struct credential_rule *
covered_by(const struct conf *conf, size_t index, size_t *budget)
{
	for (size_t i = 0; i < index; i++)
		if (cover_rule(&conf->credentials.v[i].when,
			&conf->credentials.v[index].when, budget))
			return &conf->credentials.v[i];
	return NULL;
}

static void
check_one(struct reading *reading, size_t index)
{
	const struct conf *conf = reading->conf;
	const struct credential_rule *rule = &conf->credentials.v[index];
	const struct credential_rule *before;
	size_t budget = BUDGET;

	if (!conf->filter_path)
		reading_error(reading, rule->at, SLICE_EMPTY,
		    "\"credentials\" needs a \"filter\"");
	if (rule->alert && !conf->alert_webhook && !conf->alert_command)
		reading_error(reading, rule->at, SLICE_EMPTY,
		    "\"alert\" needs an \"alert webhook\" or an \"alert "
		    "command\"");
	if (rule->action == CREDENTIAL_PERMIT &&
	    (rule->alert || rule->refuse_unread))
		reading_warn(reading, rule->at,
		    "what is permitted is not looked at: there is nothing to "
		    "refuse or to tell of");
	before = covered_by(conf, index, &budget);
	if (before)
		reading_warn(reading, rule->at,
		    "this rule never matches: the one in line %u of %s "
		    "matches before",
		    before->at.line, before->at.file);
}

static void
check_use(struct reading *reading)
{
	const struct conf *conf = reading->conf;
	bool decrypts = false;

	for (size_t i = 0; i < conf->decrypts.n; i++)
		decrypts |= !conf->decrypts.v[i].none;
	if (!decrypts)
		reading_warn(reading, conf->filter_at,
		    "nothing is decrypted: passwords are seen in plain HTTP "
		    "only");
	if (!conf->accounts_file && conf->directories.n == 0)
		reading_warn(reading, conf->filter_at,
		    "without \"accounts\" there is nobody whose password this "
		    "could be");
}

void
check_credentials(struct reading *reading)
{
	const struct conf *conf = reading->conf;

	if (conf->filter_path)
		check_use(reading);
	else if (conf->watched.n)
		reading_error(reading, conf->watched_at, SLICE_EMPTY,
		    "\"watch\" needs a \"filter\"");
	for (size_t i = 0; i < conf->credentials.n; i++)
		check_one(reading, i);
}
