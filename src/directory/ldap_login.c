/*
 * ldap_login: a login's way through a directory.
 *
 * Runs in the directory process.  Each login is a struct that waits for one
 * thing at a time; a late answer finds nothing, since what it came from was
 * freed with the login.
 */
#include "directory/ldap_login.h"

#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "directory/accounts.h"
#include "directory/ldap_check.h"
#include "directory/ldap_groups.h"

struct ldap_login {
	const struct ldap_means *means; /* borrowed */
	struct ldap_tally *tally;       /* borrowed */
	uint64_t id;
	bool no_password;             /* who is it? */
	char typed[ACCOUNT_NAME_MAX]; /* folded */
	size_t ntyped;
	struct secret password; /* owned */
	struct addr client;
	bool has_client;
	struct event *soon;         /* owned */
	struct ldap_search *search; /* owned, as the next two */
	struct ldap_check *check;
	struct ldap_groups *groups;
	struct ldap_account *account; /* reference; NULL: not found */
	bool from_memory;             /* account is */
	bool again;                   /* account was wrong: is it the same? */
	provider_fn *on_answer;
	void *arg; /* borrowed */
};

/* --- small things ------------------------------------------------------------ */

static struct slice
typed_of(const struct ldap_login *login)
{
	return slice_from(login->typed, login->ntyped);
}

static const struct ldap_directory *
conf_of(const struct ldap_login *login)
{
	return login->means->servers->env.conf;
}

void
ldap_login_free(struct ldap_login *login)
{
	if (!login)
		return;
	ldap_search_free(login->search);
	ldap_check_free(login->check);
	ldap_groups_free(login->groups);
	ldap_account_unref(login->account);
	event_free(login->soon);
	secret_clear(&login->password);
	free(login);
}

/* --- the end of a login ------------------------------------------------------- */

static void
answer(struct ldap_login *login, const struct provider_answer *answer)
{
	login->on_answer(login->id, answer, login->arg);
}

static void
answer_verdict(struct ldap_login *login, enum provider_verdict verdict)
{
	struct provider_answer out = { .verdict = verdict };

	login->tally->wrong += verdict == PROVIDER_WRONG;
	answer(login, &out);
}

static void
answer_right(struct ldap_login *login)
{
	struct provider_answer out = {
		.verdict = PROVIDER_OK,
		.account = slice_of(login->account->name),
		.groups = slice_of(login->account->groups),
		.names = slice_of(login->account->lines),
	};
	struct grace_login known = { out.account, out.groups };

	login->tally->right++;
	if (!login->no_password)
		grace_remember(login->means->grace, typed_of(login),
		    secret_slice(&login->password), &known, clock_ms());
	answer(login, &out);
}

/* From memory, if this very password was right there. */
static bool
answer_by_grace(struct ldap_login *login)
{
	struct provider_answer out = { .verdict = PROVIDER_OK };
	struct grace_login known;

	if (login->no_password ||
	    grace_find(login->means->grace, typed_of(login),
		secret_slice(&login->password), conf_of(login)->times.grace,
		clock_ms(), &known) < 0)
		return false;
	login->tally->by_grace++;
	out.account = known.account;
	out.groups = known.groups;
	answer(login, &out);
	return true;
}

/* Who has been seen goes on under the name that was proven. */
static bool
answer_from_memory(struct ldap_login *login)
{
	if (!login->no_password || !login->account || !login->account->groups ||
	    clock_ms() - login->account->fetched_ms >
		conf_of(login)->times.grace)
		return false;
	answer_right(login);
	return true;
}

static void
unavailable(struct ldap_login *login, const char *why)
{
	const struct ldap_directory *conf = conf_of(login);
	struct provider_answer out = { .verdict = PROVIDER_NOT_NOW };
	static struct log_limit limit;
	unsigned missed;

	ldap_check_settle(login->check, WARDEN_NOT_KNOWN);
	login->tally->unavailable++;
	if (log_allowed(&limit, 6, &missed))
		log_warn("directory %s can't be asked: %s", conf->name,
		    why ? why : "no server answers");
	if (answer_by_grace(login) || answer_from_memory(login))
		return;
	if (conf->admit_unchecked && !login->no_password && login->has_client) {
		login->tally->unchecked++;
		log_warn(
		    "directory %s: a login was admitted unchecked", conf->name);
		out.verdict = PROVIDER_OK;
		out.unchecked = true;
		out.account = typed_of(login);
	}
	out.outage = conf->outage_credentials;
	answer(login, &out);
}

/* --- groups -------------------------------------------------------------------- */

static void
on_groups(struct ldap_groups *groups, char *text, const char *why, void *arg)
{
	struct ldap_login *login = arg;

	if (text)
		ldap_account_set_groups(login->account, text, clock_ms());
	if (login->account->groups)
		answer_right(login);
	else
		unavailable(login, why);
}

static void
find_groups(struct ldap_login *login)
{
	const struct ldap_means *means = login->means;

	if (login->account->groups) {
		answer_right(login);
		return;
	}
	login->groups = ldap_groups_start(
	    means->searches, means->servers, login->account, on_groups, login);
}

/* --- the password --------------------------------------------------------------- */

static void find_account(struct ldap_login *login);

/* Memory may know an account by a place that it has left since. */
static bool
look_again(struct ldap_login *login)
{
	if (!login->from_memory)
		return false;
	ldap_known_forget(login->means->known, login->account);
	login->from_memory = false;
	login->again = true;
	find_account(login);
	return true;
}

static void
was_wrong(struct ldap_login *login)
{
	grace_forget(login->means->grace, typed_of(login),
	    secret_slice(&login->password));
	ldap_check_settle(login->check, WARDEN_WAS_WRONG);
	answer_verdict(login, PROVIDER_WRONG);
}

/* Whoever knows the password, as far as we can tell, may know that the
 * account is locked; to a stranger it would say that there is one. */
static void
was_locked(struct ldap_login *login)
{
	struct grace_login known;
	bool knows = grace_find(login->means->grace, typed_of(login),
			 secret_slice(&login->password), UINT64_MAX, clock_ms(),
			 &known) == 0;

	ldap_check_settle(login->check, WARDEN_NOT_KNOWN);
	answer_verdict(login, knows ? PROVIDER_LOCKED : PROVIDER_WRONG);
}

static void
was_right(struct ldap_login *login)
{
	ldap_check_settle(login->check, WARDEN_WAS_RIGHT);
	ldap_check_free(login->check);
	login->check = NULL;
	find_groups(login);
}

/* Nobody has that name, whatever the server says to the password. */
static void
on_nobody(struct ldap_check *check, enum provider_verdict verdict,
    const char *why, void *arg)
{
	struct ldap_login *login = arg;

	if (verdict == PROVIDER_NOT_NOW) {
		unavailable(login, why);
		return;
	}
	ldap_check_settle(check, WARDEN_WAS_WRONG);
	answer_verdict(login, PROVIDER_WRONG);
}

static void
on_checked(struct ldap_check *check, enum provider_verdict verdict,
    const char *why, void *arg)
{
	struct ldap_login *login = arg;

	switch (verdict) {
	case PROVIDER_OK:
		was_right(login);
		break;
	case PROVIDER_WRONG:
		if (!look_again(login))
			was_wrong(login);
		break;
	case PROVIDER_LOCKED:
		was_locked(login);
		break;
	case PROVIDER_EXPIRED:
	case PROVIDER_MUST_CHANGE:
	case PROVIDER_DISABLED:
	case PROVIDER_HOURS:
		ldap_check_settle(check, WARDEN_NOT_KNOWN);
		answer_verdict(login, verdict);
		break;
	case PROVIDER_NOT_NOW:
	case PROVIDER_SPENT:
		unavailable(login, why);
		break;
	}
}

static void
by_warden(struct ldap_login *login, const struct provider_answer *out)
{
	if (out->verdict != PROVIDER_SPENT)
		answer_verdict(login, out->verdict);
	else if (conf_of(login)->past != PAST_KNOWN || !answer_by_grace(login))
		answer(login, out);
}

static void
check_password(struct ldap_login *login)
{
	const struct ldap_account *account = login->account;
	struct ldap_check_what what = {
		.dn = account ? account->dn : NULL,
		.key = account ? slice_of(account->dn) : typed_of(login),
		.password = secret_slice(&login->password),
		.client = login->has_client ? &login->client : NULL,
	};
	struct provider_answer out;

	ldap_check_free(login->check);
	login->check = ldap_check_start(
	    login->means, &what, &out, account ? on_checked : on_nobody, login);
	if (!login->check)
		by_warden(login, &out);
}

/* --- the account ----------------------------------------------------------------- */

static void
found_account(struct ldap_login *login)
{
	if (!login->no_password)
		check_password(login);
	else if (login->account)
		find_groups(login);
	else
		answer_verdict(login, PROVIDER_WRONG);
}

static bool
is_same(const struct ldap_account *old, const struct ldap_account *fresh)
{
	return old && fresh && strcasecmp(old->dn, fresh->dn) == 0;
}

static void
on_found(struct ldap_search *search, enum ldap_found found,
    struct ldap_entry *const *entries, size_t n, const char *why, void *arg)
{
	struct ldap_login *login = arg;
	struct ldap_account *account;

	if (found == LDAP_FOUND_NOT) {
		unavailable(login, why);
		return;
	}
	account = ldap_known_pick(
	    login->means->known, typed_of(login), entries, n);
	ldap_search_free(search);
	login->search = NULL;
	if (login->again && is_same(login->account, account)) {
		ldap_account_unref(account);
		was_wrong(login);
		return;
	}
	ldap_check_settle(login->check, WARDEN_NOT_KNOWN);
	ldap_account_unref(login->account);
	login->account = account;
	found_account(login);
}

static void
find_account(struct ldap_login *login)
{
	struct slice name;

	if (ldap_account_typed(conf_of(login), typed_of(login), &name))
		login->search = ldap_known_search(
		    login->means->known, name, on_found, login);
	if (!login->search) /* a name that is nobody's here */
		answer_verdict(login, PROVIDER_WRONG);
}

/* One that was proven elsewhere, and can't be asked about now. */
static bool
answer_old(struct ldap_login *login)
{
	const struct ldap_means *means = login->means;
	struct ldap_account *account;

	if (!login->no_password || ldap_servers_have(means->servers, 0))
		return false;
	account = ldap_known_old(means->known, typed_of(login));
	if (!account)
		return false;
	login->account = ldap_account_ref(account);
	unavailable(login, NULL);
	return true;
}

static void
on_soon(evutil_socket_t fd, short what, void *arg)
{
	struct ldap_login *login = arg;
	struct ldap_account *account = ldap_known_get(
	    login->means->known, typed_of(login));

	if (account) {
		login->account = ldap_account_ref(account);
		login->from_memory = true;
		found_account(login);
	} else if (!answer_old(login)) {
		find_account(login);
	}
}

/* --- life --------------------------------------------------------------------------- */

struct ldap_login *
ldap_login_start(const struct ldap_means *means, struct ldap_tally *tally,
    const struct ldap_login_ask *ask, provider_fn *on_answer, void *arg)
{
	struct ldap_login *login;

	if (ask->account.n == 0 || ask->account.n > ACCOUNT_NAME_MAX ||
	    (ask->password.n == 0 && !ask->no_password))
		return NULL;
	login = mem_zalloc(sizeof(*login));
	login->means = means;
	login->tally = tally;
	login->on_answer = on_answer;
	login->arg = arg;
	login->id = ask->id;
	login->no_password = ask->no_password;
	login->ntyped = account_name_fold(ask->account, login->typed).n;
	if (!ask->no_password) {
		secret_init(&login->password, ask->password.n);
		secret_set(&login->password, ask->password.p, ask->password.n);
	}
	login->has_client = ask->client != NULL;
	if (ask->client)
		login->client = *ask->client;
	login->soon = event_new(
	    means->servers->env.base, -1, 0, on_soon, login);
	if (!login->soon)
		fatal("cannot make an event");
	event_active(login->soon, EV_TIMEOUT, 1);
	return login;
}
