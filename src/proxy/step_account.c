/*
 * step_account: who is asking. The password goes to the directory process
 * and is wiped here.
 */
#include "proxy/exchange.h"

#include <string.h>

#include "base/reach.h"
#include "base/secret.h"
#include "http/auth.h"
#include "proxy/account.h"
#include "proxy/census.h"
#include "proxy/logins.h"
#include "proxy/way.h"

#define CREDENTIALS_MAX 2048

static struct slice
credentials(const struct exchange *x)
{
	return head_value(&x->request, FIELD_PROXY_AUTHORIZATION);
}

/* The field has served; nothing behind this step may find a password. */
static void
wipe_credentials(struct exchange *x)
{
	struct slice value = credentials(x);

	if (value.n > 0)
		secret_wipe((char *)value.p, value.n);
	head_remove(&x->request, FIELD_PROXY_AUTHORIZATION);
}

static enum step_ret
refuse_login(struct exchange *x, enum reason reason, const char *detail)
{
	wipe_credentials(x);
	return exchange_refuse(x, reason, detail);
}

/* A connection is the account's that logged in last: one from a proxy that
 * people share is theirs in turn, and what follows a CONNECT belongs to who
 * opened it. The census counts it once. */
static bool
hand_over(struct client *client, struct account *account)
{
	struct worker *worker = client->worker;
	struct account *before = client->account;

	if (before == account)
		return true;
	if (before == NULL || strcmp(before->name, account->name) != 0) {
		if (!census_enter_account(worker->census,
			slice_of(account->name),
			worker->rules->conf->limits.per_account))
			return false;
		if (client->counted)
			census_leave_account(
			    worker->census, slice_of(before->name));
		client->counted = true;
	}
	client->account = account_ref(account);
	account_unref(before);
	return true;
}

static enum step_ret
logged_in(struct exchange *x, struct account *account)
{
	x->account = account_ref(account);
	if (!hand_over(x->client, account))
		return refuse_login(x, REASON_TOO_MANY, NULL);
	/* a password speaks for its request only, whoever's it is */
	if (credentials(x).n > 0)
		x->client->by_ticket = x->by_ticket;
	wipe_credentials(x);
	exchange_go(x, STEP_RULES);
	return STEP_RET_NEXT;
}

static void
take_account(struct exchange *x, const struct msg_login_done *done)
{
	struct worker *worker = x->client->worker;

	x->account = account_new(
	    done->account, done->number, done->session, done->groups);
	account_set_proof(x->account, done->proof);
	x->account->source = done->source;
	if (!x->by_ticket)
		logins_remember(worker->logins, credentials(x), x->account,
		    worker->rules->conf->timeouts.login_cache);
}

static void
take_answer(struct exchange *x, const struct msg_login_done *done)
{
	x->login_verdict = done->verdict;
	x->retry_s = done->retry_s;
	if (done->verdict == LOGIN_OK)
		take_account(x, done);
	if (done->verdict == LOGIN_CONTINUE)
		x->client->leg = done->leg;
	if (done->verdict == LOGIN_CONTINUE || done->verdict == LOGIN_OK)
		x->leg_token = auth_base64(x->arena, done->token);
}

static void
on_login(const union msg_body *body, void *arg)
{
	struct exchange *x = arg;

	x->login_id = 0;
	x->login_verdict = LOGIN_NO_DIRECTORY;
	if (body != NULL)
		take_answer(x, &body->login_done);
	exchange_run(x);
}

static enum step_ret
asked(struct exchange *x)
{
	if (x->login_id == 0)
		return refuse_login(x, REASON_LOGIN_NO_DIRECTORY,
		    "the directory process can't be asked");
	x->asked = true;
	return STEP_RET_WAIT;
}

static enum step_ret
ask(struct exchange *x)
{
	char buf[CREDENTIALS_MAX];
	struct slice name, password;
	const char *why = auth_basic(
	    credentials(x), buf, sizeof(buf), &name, &password);

	if (why == NULL) {
		x->claimed = arena_dup(x->arena, name);
		x->login_id = logins_ask(x->client->worker, &x->client->addr,
		    name, password, on_login, x);
	}
	secret_wipe(buf, sizeof(buf));
	if (why != NULL)
		return refuse_login(x, REASON_LOGIN_REQUIRED, why);
	return asked(x);
}

/* A ticket is good once: there is nothing to remember of it. */
static enum step_ret
ask_ticket(struct exchange *x)
{
	struct client *client = x->client;
	size_t max = credentials(x).n;
	char *buf = arena_alloc(x->arena, max);
	struct slice token;
	const char *why = auth_negotiate(credentials(x), buf, max, &token);

	if (why != NULL)
		return refuse_login(x, REASON_LOGIN_REQUIRED, why);
	x->by_ticket = true;
	x->login_id = logins_ask_ticket(
	    client->worker, &client->addr, client->leg, token, on_login, x);
	client->leg = 0;
	secret_wipe(buf, max);
	return asked(x);
}

/* A client on this machine, where the listener says that it needs no password.
 * As a ticket does, it speaks for the connection. */
static bool
is_local_client(const struct client *client)
{
	const struct conf *conf = client->worker->rules->conf;

	if (!addr_is_loopback(&client->addr) &&
	    !addr_same_ip(&client->addr, &client->local))
		return false;
	for (size_t i = 0; i < conf->listeners.n; i++) {
		const struct listener *listener = &conf->listeners.v[i];

		if (listener->local_accounts &&
		    listener->addr.port == client->local.port &&
		    (addr_same_ip(&listener->addr, &client->local) ||
			addr_is_unspecified(&listener->addr)))
			return true;
	}
	return false;
}

static enum step_ret
ask_local(struct exchange *x)
{
	struct client *client = x->client;

	x->by_ticket = true;
	x->by_local = true;
	x->login_id = logins_ask_local(
	    client->worker, &client->addr, &client->local, on_login, x);
	return asked(x);
}

/* The certificate was verified in the handshake with the listener. */
static enum step_ret
ask_certified(struct exchange *x)
{
	struct client *client = x->client;

	x->by_ticket = true;
	x->by_local = true;
	x->claimed = arena_dup(x->arena, slice_of(client->certified));
	x->login_id = logins_ask_certified(client->worker, &client->addr,
	    slice_of(client->certified), on_login, x);
	return asked(x);
}

/* By verdict. */
static const enum reason refusals[] = {
	[LOGIN_OK] = REASON_OK,
	[LOGIN_WRONG] = REASON_LOGIN_WRONG,
	[LOGIN_SLOWED] = REASON_LOGIN_SLOWED,
	[LOGIN_NO_DIRECTORY] = REASON_LOGIN_NO_DIRECTORY,
	[LOGIN_EXPIRED] = REASON_LOGIN_EXPIRED,
	[LOGIN_MUST_CHANGE] = REASON_LOGIN_MUST_CHANGE,
	[LOGIN_LOCKED] = REASON_LOGIN_LOCKED,
	[LOGIN_DISABLED] = REASON_LOGIN_DISABLED,
	[LOGIN_HOURS] = REASON_LOGIN_HOURS,
	[LOGIN_CONTINUE] = REASON_LOGIN_REQUIRED,
	[LOGIN_TICKET] = REASON_LOGIN_TICKET,
	[LOGIN_REALM] = REASON_LOGIN_REALM,
	[LOGIN_NTLM] = REASON_LOGIN_NTLM,
};

#define VERDICTS (sizeof(refusals) / sizeof(refusals[0]))

/* The directory knows the account, and says why it may not come in. */
static bool
is_barred(enum login_verdict verdict)
{
	switch (verdict) {
	case LOGIN_EXPIRED:
	case LOGIN_MUST_CHANGE:
	case LOGIN_LOCKED:
	case LOGIN_DISABLED:
	case LOGIN_HOURS:
		return true;
	case LOGIN_OK:
	case LOGIN_WRONG:
	case LOGIN_SLOWED:
	case LOGIN_NO_DIRECTORY:
	case LOGIN_CONTINUE:
	case LOGIN_TICKET:
	case LOGIN_REALM:
	case LOGIN_NTLM:
		break;
	}
	return false;
}

/* As with the rules: a browser shows nothing of a refused CONNECT, so a
 * person learns it inside, where that is read for everybody. */
static enum step_ret
bar(struct exchange *x)
{
	struct worker *worker = x->client->worker;
	enum reason reason = refusals[x->login_verdict];
	struct subject subject;

	exchange_subject(x, NULL, &subject);
	if (!x->is_connect || worker->client_ctx == NULL ||
	    !policy_decrypts(worker->rules->policy, &subject))
		return refuse_login(x, reason, NULL);
	wipe_credentials(x);
	x->reason = reason;
	x->detail = "told inside the connection";
	client_refuse_inside(x->client, x);
	exchange_go(x, STEP_OPEN);
	return STEP_RET_NEXT;
}

static enum step_ret
answered(struct exchange *x)
{
	struct account *account = x->account;
	enum step_ret ret;

	if (x->login_verdict >= VERDICTS) /* the directory was taken over */
		return refuse_login(x, REASON_LOGIN_NO_DIRECTORY, NULL);
	if (x->by_local && x->login_verdict == LOGIN_WRONG)
		return refuse_login(x, REASON_LOGIN_REQUIRED, NULL);
	if (is_barred(x->login_verdict))
		return bar(x);
	if (x->login_verdict != LOGIN_OK)
		return refuse_login(x, refusals[x->login_verdict], NULL);
	x->account = NULL;
	ret = logged_in(x, account);
	account_unref(account);
	return ret;
}

static enum step_ret
begin(struct exchange *x)
{
	struct client *client = x->client;
	struct account *known;

	/* a ticket speaks for the connection, as clients take it */
	if (credentials(x).n == 0 && client->by_ticket &&
	    !client->account->gone)
		return logged_in(x, client->account);
	if (credentials(x).n == 0 && client->certified != NULL)
		return ask_certified(x);
	if (credentials(x).n == 0)
		return is_local_client(client)
		    ? ask_local(x)
		    : exchange_refuse(x, REASON_LOGIN_REQUIRED, NULL);
	if (client->worker->rules->conf->authenticate.keytab != NULL &&
	    slice_caseeq_str(auth_scheme(credentials(x)), "Negotiate"))
		return ask_ticket(x);
	known = logins_get(client->worker->logins, credentials(x));
	if (known != NULL)
		return logged_in(x, known);
	return ask(x);
}

enum step_ret
step_account(struct exchange *x)
{
	bool open = x->local && !way_is_here(x); /* no login is needed */

	if (open && !x->is_connect) {
		wipe_credentials(x);
		exchange_go(x, STEP_LOCAL);
		return STEP_RET_NEXT;
	}
	if (x->client->inside && x->client->account != NULL &&
	    x->client->account->gone)
		return exchange_refuse(x, REASON_LOGIN_DISABLED, NULL);
	if (x->client->inside || open) {
		exchange_go(x, STEP_RULES);
		return STEP_RET_NEXT;
	}
	if (x->asked)
		return x->login_id != 0 ? STEP_RET_WAIT : answered(x);
	return begin(x);
}
