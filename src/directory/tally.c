/*
 * tally: counting logins and saying which failed.
 *
 * Runs in the directory process, for the desk.  It decides nothing, and sees
 * no password.
 */
#include "directory/tally.h"

#define FAILURE_LINES 600 /* a minute */

enum attempt
tally_count(struct tally *tally, enum login_verdict verdict)
{
	switch (verdict) {
	case LOGIN_OK:
		tally->ok++;
		return ATTEMPT_OK;
	case LOGIN_WRONG:
		tally->wrong++;
		return ATTEMPT_WRONG;
	case LOGIN_EXPIRED:
	case LOGIN_MUST_CHANGE:
	case LOGIN_LOCKED:
	case LOGIN_DISABLED:
	case LOGIN_HOURS:
		tally->barred++;
		return ATTEMPT_UNKNOWN;
	case LOGIN_TICKET:
	case LOGIN_REALM:
	case LOGIN_NTLM:
		tally->wrong++;
		return ATTEMPT_UNKNOWN;
	case LOGIN_CONTINUE:
		return ATTEMPT_UNKNOWN;
	case LOGIN_SLOWED:
		tally->slowed++;
		return ATTEMPT_UNKNOWN;
	case LOGIN_NO_DIRECTORY:
		break;
	}
	tally->not_now++;
	return ATTEMPT_UNKNOWN;
}

void
tally_failed(
    struct tally *tally, struct slice account, const struct addr *client)
{
	char quoted[LOG_QUOTE_SIZE], from[ADDR_TEXT_SIZE];
	unsigned missed = 0;

	if (!log_allowed(&tally->failed_lines, FAILURE_LINES, &missed))
		return;
	if (missed)
		log_warn("%u failed logins were not logged", missed);
	log_warn("login failed for account \"%s\" from %s",
	    log_quote(quoted, account), addr_text(from, client));
}

void
tally_slowed(struct tally *tally, struct slice account,
    const struct addr *client, uint32_t wait_s)
{
	char quoted[LOG_QUOTE_SIZE], from[ADDR_TEXT_SIZE];
	unsigned missed = 0;

	if (!log_allowed(&tally->slowed_lines, FAILURE_LINES / 10, &missed))
		return;
	if (missed)
		log_info("%u slowed logins were not logged", missed);
	log_info("login slowed for account \"%s\" from %s: %u s to wait",
	    log_quote(quoted, account), addr_text(from, client), wait_s);
}

void
tally_status(const struct tally *tally, struct json *json)
{
	json_u64(json, "logins_ok", tally->ok);
	json_u64(json, "logins_wrong", tally->wrong);
	json_u64(json, "logins_slowed", tally->slowed);
	json_u64(json, "logins_not_now", tally->not_now);
	json_u64(json, "logins_barred", tally->barred);
}
