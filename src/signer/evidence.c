/*
 * evidence: messages to and from the table. Runs in the signer. A worker may
 * lie about its own clients and no more: nothing here is a key to anything.
 */
#include "signer/evidence.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "ipc/wire.h"
#include "signer/pinned.h"

struct evidence {
	struct pinned *pinned;
	struct peers *workers; /* borrowed */
	uint64_t bypass_ms;
};

struct evidence *
evidence_new(struct peers *workers)
{
	struct evidence *evidence = mem_zalloc(sizeof(*evidence));

	evidence->pinned = pinned_new();
	evidence->workers = workers;
	return evidence;
}

void
evidence_free(struct evidence *evidence)
{
	if (!evidence)
		return;
	pinned_free(evidence->pinned);
	free(evidence);
}

void
evidence_set_bypass(struct evidence *evidence, uint64_t ms)
{
	evidence->bypass_ms = ms;
	if (ms == 0)
		pinned_unlearn(evidence->pinned);
}

/* --- what workers say, and are told -------------------------------------- */

/* False: it is none. */
static bool
read_case(struct pinned_case *out, struct host *host, const struct addr *client,
    struct slice account, struct slice name)
{
	if (account.n > EVIDENCE_ACCOUNT_MAX || host_parse(name, host) != NULL)
		return false;
	*out = (struct pinned_case){
		.account = account,
		.addr = client,
		.host = host,
		.now_ms = clock_ms(),
	};
	return true;
}

static void
tell_all(
    struct evidence *evidence, const struct pinned_case *one, uint64_t until_ms)
{
	struct msg_pin_state state = {
		.account = one->account,
		.host = host_slice(one->host),
		.until_ms = until_ms,
	};

	peers_tell_all(evidence->workers, MSG_pin_state, &state, -1);
}

void
evidence_accept(struct evidence *evidence, const struct msg_pin_accept *said)
{
	struct pinned_case one;
	struct host host;

	if (read_case(&one, &host, &said->client, said->account, said->host) &&
	    pinned_accept(evidence->pinned, &one))
		tell_all(evidence, &one, 0);
}

void
evidence_break(struct evidence *evidence, const struct msg_pin_break *said)
{
	enum pinned_how how = said->alert.n ? PINNED_ALERT : PINNED_CLOSE;
	char quoted[LOG_QUOTE_SIZE];
	struct pinned_case one;
	struct host host;

	if (!read_case(&one, &host, &said->client, said->account, said->host))
		return;
	switch (pinned_break(
	    evidence->pinned, &one, how, said->alert, evidence->bypass_ms)) {
	case PINNED_LEARNED:
		log_info("connections of %s to %s are not decrypted for a "
			 "while: its program breaks off",
		    one.account.n ? log_quote(quoted, one.account) : "-",
		    host.name);
		tell_all(evidence, &one, one.now_ms + evidence->bypass_ms);
		break;
	case PINNED_FIRST:
		tell_all(evidence, &one, 0);
		break;
	case PINNED_COUNTED:
		break;
	}
}

struct greeting {
	const struct evidence *evidence;
	unsigned index, told;
	uint64_t now_ms;
};

static int
greet_one(const struct pin *pin, void *arg)
{
	struct greeting *greeting = arg;
	struct msg_pin_state state = {
		.account = slice_of(pin->account),
		.host = slice_of(pin->host),
		.until_ms = pin->until_ms,
	};

	if (pin->until_ms <= greeting->now_ms)
		return 0;
	peers_tell(greeting->evidence->workers, greeting->index, MSG_pin_state,
	    &state, -1);
	return ++greeting->told >= EVIDENCE_TOLD_MAX;
}

void
evidence_greet(struct evidence *evidence, unsigned index)
{
	struct greeting greeting = { evidence, index, 0, clock_ms() };

	pinned_each(evidence->pinned, greet_one, &greeting);
}

/* --- status ---------------------------------------------------------------- */

struct part {
	struct roleloop *loop;
	uint64_t id;
	uint64_t now_ms;
	struct json json;
};

static int
put_pin(const struct pin *pin, void *arg)
{
	struct part *part = arg;
	struct json *json = &part->json;
	uint64_t now = part->now_ms;

	json_open(json, NULL);
	json_str(json, "account", slice_of(pin->account));
	json_str(json, "host", slice_of(pin->host));
	json_u64(json, "alerts", pin->alerts);
	json_u64(json, "closes", pin->closes);
	json_str(json, "alert", slice_of(pin->alert));
	json_u64(json, "age_ms", now - pin->last_ms);
	json_bool(json, "got_on", pin->accepted_ms != 0);
	json_u64(
	    json, "bypassed_ms", pin->until_ms > now ? pin->until_ms - now : 0);
	json_close(json);
	json_line_end(json);
	if (json->n > WIRE_STR_MAX / 2) {
		roleloop_status(
		    part->loop, part->id, false, slice_from(json->p, json->n));
		json_reset(json);
	}
	return 0;
}

void
evidence_status(struct evidence *evidence, struct roleloop *loop, uint64_t id)
{
	struct part part = { .loop = loop, .id = id, .now_ms = clock_ms() };

	json_init(&part.json);
	pinned_each(evidence->pinned, put_pin, &part);
	roleloop_status(loop, id, true, slice_from(part.json.p, part.json.n));
	json_clear(&part.json);
}
