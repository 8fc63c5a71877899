/*
 * ldap_bind: a password's check.
 *
 * Runs in the directory process.  A bind that got no answer may have counted
 * as a failure at the server: it is tried on one other server, no more, and
 * once more on the same where a connection from before was closed.
 */
#include "directory/ldap_bind.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "directory/ldap_verdict.h"

struct ldap_bind {
	struct ldap_pool *pool;       /* borrowed */
	struct ldap_servers *servers; /* borrowed */
	char *dn;                     /* owned */
	struct slice password;        /* borrowed */
	ldap_bind_fn *on_bound;
	void *arg;              /* borrowed */
	struct ldap_wait *wait; /* owned while waiting */
	struct ldap_slot *slot; /* held while asking */
	int msgid;
	uint32_t avoid;
	unsigned tries;
};

#define TRIES_MAX 3 /* the same server, and another one */

static void on_slot(struct ldap_slot *slot, const char *why, void *arg);

void
ldap_bind_free(struct ldap_bind *bind)
{
	if (!bind)
		return;
	ldap_pool_cancel(bind->wait);
	if (bind->slot) {
		/* a bind can't be abandoned (RFC 4511 section 4.11) */
		ldap_link_abandon(ldap_slot_link(bind->slot), bind->msgid);
		ldap_slot_give(bind->slot, LDAP_SLOT_SPOILT);
	}
	free(bind->dn);
	free(bind);
}

static void
finish(struct ldap_bind *bind, enum provider_verdict verdict, const char *why)
{
	bind->on_bound(bind, verdict, why, bind->arg);
}

static void
try_elsewhere(struct ldap_bind *bind, enum ldap_slot_end end)
{
	unsigned server = ldap_slot_server(bind->slot);
	bool elsewhere = bind->avoid != 0;

	/* closed while it was idle: the server may be fine; not so where it
	 * breaks off what was just opened for this */
	if (end == LDAP_SLOT_DOWN && !ldap_slot_has_served(bind->slot))
		end = LDAP_SLOT_SILENT;
	if (end == LDAP_SLOT_SILENT || bind->tries > 1)
		bind->avoid |= 1u << server;
	ldap_slot_give(bind->slot, end);
	bind->slot = NULL;
	if (elsewhere || bind->tries == TRIES_MAX ||
	    !ldap_servers_have(bind->servers, bind->avoid))
		finish(bind, PROVIDER_NOT_NOW, "no server answers to a bind");
	else
		bind->wait = ldap_pool_take(
		    bind->pool, bind->avoid, on_slot, bind);
}

static int
policy_of(LDAP *ld, LDAPControl **controls)
{
	LDAPControl *control = ldap_control_find(
	    LDAP_CONTROL_PASSWORDPOLICYRESPONSE, controls, NULL);
	LDAPPasswordPolicyError error = PP_noError;
	ber_int_t expires, grace;

	if (!control ||
	    ldap_parse_passwordpolicy_control(
		ld, control, &expires, &grace, &error) != LDAP_SUCCESS)
		return LDAP_POLICY_SILENT;
	return (int)error;
}

static void
say(const struct ldap_bind *bind, LDAP *ld, int code, const char *diagnostic)
{
	static struct log_limit limit;
	char words[LDAP_WORDS_SIZE];
	unsigned missed;

	if (log_allowed(&limit, 10, &missed))
		log_error("directory %s: a bind: %s", bind->servers->name,
		    ldap_link_words(words, ld, code, diagnostic));
}

static void
on_result(struct ldap_bind *bind, LDAP *ld, LDAPMessage *msg)
{
	LDAPControl **controls = NULL;
	char *diagnostic = NULL;
	enum provider_verdict verdict;
	int code = LDAP_OTHER;

	(void)ldap_parse_result(
	    ld, msg, &code, NULL, &diagnostic, NULL, &controls, 0);
	verdict = ldap_verdict(
	    code, slice_of(diagnostic), policy_of(ld, controls));
	ldap_controls_free(controls);
	if (verdict == PROVIDER_NOT_NOW)
		say(bind, ld, code, diagnostic);
	ldap_memfree(diagnostic);
	if (code == LDAP_BUSY || code == LDAP_UNAVAILABLE) {
		try_elsewhere(bind, LDAP_SLOT_SPOILT);
		return;
	}
	ldap_slot_give(bind->slot, LDAP_SLOT_GOOD);
	bind->slot = NULL;
	finish(bind, verdict, "the server refuses binds");
}

static void
on_reply(struct ldap_link *link, LDAPMessage *msg, void *arg)
{
	struct ldap_bind *bind = arg;

	if (msg)
		on_result(bind, ldap_link_handle(link), msg);
	else
		try_elsewhere(bind,
		    ldap_link_step(link) == LDAP_LINK_DOWN ? LDAP_SLOT_DOWN
							   : LDAP_SLOT_SILENT);
}

static void
ask(struct ldap_bind *bind)
{
	struct ldap_link *link = ldap_slot_link(bind->slot);
	LDAP *ld = ldap_link_handle(link);
	LDAPControl *policy = NULL, *controls[2] = { NULL, NULL };
	struct berval cred = {
		.bv_len = bind->password.n,
		.bv_val = (char *)(uintptr_t)bind->password.p,
	};
	int code;

	bind->tries++;
	bind->msgid = -1;
	code = ldap_create_passwordpolicy_control(ld, &policy);
	controls[0] = policy;
	if (code == LDAP_SUCCESS)
		code = ldap_sasl_bind(ld, bind->dn, LDAP_SASL_SIMPLE, &cred,
		    controls, NULL, &bind->msgid);
	ldap_control_free(policy);
	if (code != LDAP_SUCCESS)
		try_elsewhere(bind, LDAP_SLOT_SPOILT);
	else
		ldap_link_expect(link, bind->msgid,
		    bind->servers->env.conf->times.bind, on_reply, bind);
}

static void
on_slot(struct ldap_slot *slot, const char *why, void *arg)
{
	struct ldap_bind *bind = arg;

	bind->wait = NULL;
	bind->slot = slot;
	if (slot)
		ask(bind);
	else
		finish(bind, PROVIDER_NOT_NOW, why);
}

struct ldap_bind *
ldap_bind_start(struct ldap_pool *pool, struct ldap_servers *servers,
    const char *dn, struct slice password, ldap_bind_fn *on_bound, void *arg)
{
	struct ldap_bind *bind = mem_zalloc(sizeof(*bind));

	must(password.n > 0 && *dn);
	bind->pool = pool;
	bind->servers = servers;
	bind->dn = mem_dup(dn);
	bind->password = password;
	bind->on_bound = on_bound;
	bind->arg = arg;
	bind->wait = ldap_pool_take(pool, 0, on_slot, bind);
	return bind;
}
