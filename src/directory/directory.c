/*
 * directory: a login in, an answer out.
 *
 * The only process that sees account secrets, and the only one that writes
 * the filter.  It opens no file: all come as descriptors, again whenever they
 * have changed.  Here messages become calls and calls become messages; what a
 * login is worth is decided in directory/desk.h, what a value in a request is,
 * in directory/inquiry.h.
 */
#include "directory/directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"
#include "conf/given.h"
#include "directory/accounts.h"
#include "directory/checker.h"
#include "directory/desk.h"
#include "directory/file.h"
#include "directory/inquiry.h"
#include "directory/keeper.h"
#include "directory/keytab.h"
#include "directory/negotiate.h"
#include "directory/roster.h"
#include "directory/several.h"
#include "directory/sources.h"
#include "ipc/peers.h"
#include "ipc/proof.h"
#include "ipc/roleloop.h"

#define TICKET_LINES 60 /* a minute */

struct directory {
	struct roleloop *loop;       /* borrowed */
	struct desk *desk;           /* owned */
	struct file *file;           /* owned */
	struct inquiry *inquiry;     /* owned */
	struct keeper *keeper;       /* owned */
	struct roster *roster;       /* owned */
	struct sources *sources;     /* owned */
	struct negotiate *negotiate; /* owned */
	struct log_limit ticket_lines;
	struct peers *workers; /* owned */
	struct event *tell;    /* owned: the roster has changed */
	struct event *end;     /* owned: a drain's deadline */
	struct keyed *proof;   /* owned; NULL: nobody asks for proofs */
	struct map *locals;    /* owned: what the supervisor was asked */
	uint64_t last_local;
	bool takes_certificates; /* some listener does */
	bool has_conf, draining;

	/* An account file that has come, until its configuration does. */
	struct accounts *fresh; /* owned; NULL: none, or it is bad */
	bool has_fresh;
	char why[ACCOUNTS_WHY_SIZE]; /* of a bad one; else empty */
	char words[ACCOUNTS_WHY_SIZE + 64];
};

#define TELL_MS 300 /* changes of names are told together */

/* --- names and the filter ------------------------------------------------- */

/* To one worker, or to all where index is negative. */
static void
tell_names(struct directory *directory, int index)
{
	struct msg_setup_names names = {
		.count = (uint32_t)roster_count(directory->roster),
	};
	int fd = roster_seal(directory->roster);

	if (fd < 0) {
		log_error("cannot pass the names of accounts on: %m");
		return;
	}
	if (index < 0)
		peers_tell_all(directory->workers, MSG_setup_names, &names, fd);
	else
		peers_tell(directory->workers, (unsigned)index, MSG_setup_names,
		    &names, fd);
	close(fd);
}

static void
on_tell(evutil_socket_t fd, short what, void *arg)
{
	tell_names(arg, -1);
}

static void
tell_soon(struct directory *directory)
{
	struct timeval in = { .tv_usec = TELL_MS * 1000 };

	event_add(directory->tell, &in);
}

static void
on_filter_key(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct directory *directory = arg;

	keeper_set_key(directory->keeper, fd);
}

static void
on_filter(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct directory *directory = arg;

	keeper_set_filter(directory->keeper, fd);
}

/* --- the account file ----------------------------------------------------- */

static struct accounts *
read_accounts(int fd, char why[ACCOUNTS_WHY_SIZE])
{
	struct secret text = { NULL, 0, 0 };
	struct accounts *accounts = NULL;

	why[0] = '\0';
	if (fd < 0)
		snprintf(why, ACCOUNTS_WHY_SIZE, "it did not come along");
	else if (secret_read(&text, fd, ACCOUNTS_FILE_MAX) < 0)
		snprintf(why, ACCOUNTS_WHY_SIZE, "it can't be read: %m");
	else
		accounts = accounts_parse(secret_slice(&text), why);
	secret_clear(&text);
	if (fd >= 0)
		close(fd);
	return accounts;
}

/* Numbers are given in the order of names, for numbers.h's sake. */
static void
put_in_force(struct directory *directory, struct accounts *accounts)
{
	for (size_t i = 0; i < accounts_count(accounts); i++)
		desk_number(directory->desk, accounts_at(accounts, i)->name);
	log_info("%zu accounts", accounts_count(accounts));
	roster_clear(directory->roster);
	for (size_t i = 0; i < accounts_count(accounts); i++)
		(void)roster_add(
		    directory->roster, accounts_at(accounts, i)->name);
	inquiry_forget(directory->inquiry);
	tell_soon(directory);
	file_set_accounts(directory->file, accounts);
}

/* A password that was changed, or an account that was deleted, must not go
 * on in a worker's memory. */
static void
tell_stale(struct directory *directory)
{
	struct msg_logins_stale stale = {
		.generation = roleloop_generation(directory->loop),
	};

	peers_tell_all(directory->workers, MSG_logins_stale, &stale, -1);
}

static void
drop_fresh(struct directory *directory)
{
	accounts_free(directory->fresh);
	directory->fresh = NULL;
	directory->has_fresh = false;
}

/* With a new generation the file waits for its configuration; else it has
 * only changed, and the configuration is the one in force. */
static void
on_accounts(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct directory *directory = arg;
	struct accounts *accounts = read_accounts(fd, directory->why);
	uint32_t generation = body->setup_accounts.generation;

	drop_fresh(directory);
	if (!directory->has_conf ||
	    generation != roleloop_generation(directory->loop)) {
		directory->fresh = accounts;
		directory->has_fresh = true;
	} else if (accounts) {
		put_in_force(directory, accounts);
		tell_stale(directory);
	} else {
		log_error("account file: %s; the old one stays in force",
		    directory->why);
	}
}

static void
on_secret(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct directory *directory = arg;

	sources_set_secret(
	    directory->sources, body->setup_secret.directory, fd);
}

static void
on_keytab(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct directory *directory = arg;
	struct secret file = { NULL, 0, 0 };
	const char *why = "it did not come along";

	if (fd >= 0 && secret_read(&file, fd, KEYTAB_FILE_MAX) < 0)
		why = "it can't be read";
	else if (fd >= 0)
		why = negotiate_set_keytab(
		    directory->negotiate, secret_slice(&file));
	secret_clear(&file);
	if (fd >= 0)
		close(fd);
	if (why)
		log_error("keytab: %s; no tickets are taken with it", why);
}

/* --- the configuration ---------------------------------------------------- */

static const char *
take_accounts(struct directory *directory, const struct conf *conf)
{
	if (!conf->accounts_file)
		return NULL;
	if (!directory->has_fresh)
		return "the account file did not come";
	if (directory->fresh)
		return NULL;
	snprintf(directory->words, sizeof(directory->words), "account file: %s",
	    directory->why);
	return directory->words;
}

static void
apply(struct directory *directory, const struct conf *conf)
{
	struct provider none = { NULL, NULL };
	bool any = conf->accounts_file || conf->directories.n > 0 ||
	    conf->authenticate.keytab;
	struct provider provider = any ? sources_face(directory->sources)
				       : none;

	roster_set_domains(directory->roster, conf);
	keeper_set_learning(
	    directory->keeper, conf->filter_path && conf->filter_learn);
	inquiry_set_failures(
	    directory->inquiry, conf->limits.credential_failures);
	desk_set_failures(directory->desk, conf->limits.login_failures);
	if (directory->fresh)
		put_in_force(directory, directory->fresh);
	directory->fresh = NULL;
	directory->has_conf = true;
	sources_set_file(directory->sources,
	    conf->accounts_file ? file_provider(directory->file) : none);
	desk_set_provider(directory->desk, provider);
	inquiry_set_provider(directory->inquiry, provider);
	if (!conf->authenticate.keytab)
		negotiate_drop_keytab(directory->negotiate);
	tell_soon(directory);
}

static bool
takes_certificates(const struct conf *conf)
{
	for (size_t i = 0; i < conf->listeners.n; i++)
		if (conf->listeners.v[i].client_ca)
			return true;
	return false;
}

static const char *
read_conf(struct directory *directory, const struct given *given)
{
	const struct conf *conf = given->conf;
	const char *why = take_accounts(directory, conf);

	if (!why && conf->filter_path)
		why = keeper_check(directory->keeper);
	if (!why)
		why = sources_apply(
		    directory->sources, given->bundle, conf->path);
	if (!why) {
		apply(directory, conf);
		directory->takes_certificates = takes_certificates(conf);
	}
	return why;
}

static const char *
on_conf(struct roleloop *loop, struct slice path, int fd, void *arg)
{
	struct directory *directory = arg;
	struct given given;
	const char *why = given_take(&given, fd, path);

	if (!why)
		why = read_conf(directory, &given);
	drop_fresh(directory);
	given_clear(&given);
	return why;
}

static void on_result(
    uint64_t peer, uint64_t id, const struct login_result *result, void *arg);

/* --- what workers ask ----------------------------------------------------- */

static void
on_login_ask(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct directory *directory = peer->arg;
	const struct msg_login_ask *ask = &body->login_ask;

	keeper_hold(directory->keeper, peer->id, ask->id, ask->password);
	desk_ask(directory->desk, peer->id, ask->id, &ask->client, ask->account,
	    ask->password);
}

/* A leg that says who it is goes on to what that account is here. */
static void
on_ticket(struct directory *directory, struct peer *peer,
    const struct msg_negotiate_ask *ask, const struct negotiate_answer *answer)
{
	desk_admit(directory->desk, peer->id, ask->id, &ask->client,
	    slice_of(answer->account), !sources_can_find(directory->sources),
	    answer->token);
}

static void
log_ticket(
    struct directory *directory, const struct addr *client, const char *why)
{
	char from[ADDR_TEXT_SIZE], quoted[LOG_QUOTE_SIZE];
	unsigned missed = 0;

	if (!log_allowed(&directory->ticket_lines, TICKET_LINES, &missed))
		return;
	if (missed)
		log_warn("%u refused tickets were not logged", missed);
	log_warn("ticket from %s refused: %s", addr_text(from, client),
	    log_quote(quoted, slice_of(why)));
}

static void
on_negotiate_ask(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct directory *directory = peer->arg;
	const struct msg_negotiate_ask *ask = &body->negotiate_ask;
	struct login_result result = { .retry_s = 0 };
	struct negotiate_answer answer;

	negotiate_step(
	    directory->negotiate, peer->id, ask->leg, ask->token, &answer);
	switch (answer.ret) {
	case NEGOTIATE_OK:
		on_ticket(directory, peer, ask, &answer);
		return;
	case NEGOTIATE_CONTINUE:
		result.verdict = LOGIN_CONTINUE;
		result.leg = answer.leg;
		result.token = answer.token;
		break;
	case NEGOTIATE_REFUSED:
		log_ticket(directory, &ask->client, answer.why);
		result.verdict = LOGIN_TICKET;
		break;
	case NEGOTIATE_NTLM:
		log_ticket(directory, &ask->client, "it is NTLM");
		result.verdict = LOGIN_NTLM;
		break;
	case NEGOTIATE_NO_KEY:
		result.verdict = LOGIN_NO_DIRECTORY;
		break;
	}
	on_result(peer->id, ask->id, &result, directory);
}

static void
on_credential_ask(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct directory *directory = peer->arg;
	const struct msg_credential_ask *ask = &body->credential_ask;

	inquiry_ask(directory->inquiry, peer->id, ask->id, &ask->client,
	    ask->account, roster_spelling(directory->roster, ask->account),
	    ask->value);
}

static void
stop_if_done(struct directory *directory)
{
	if (directory->draining && !desk_under_way(directory->desk) &&
	    !inquiry_under_way(directory->inquiry))
		roleloop_stop(directory->loop);
}

static bool
learn_names(struct directory *directory, const struct login_result *result)
{
	struct slice rest = result->names, one;
	bool fresh = roster_add(directory->roster, result->account);

	while (rest.n && slice_split(&rest, '\n', &one))
		fresh |= roster_add_alias(
		    directory->roster, one, result->account);
	return fresh;
}

static void
on_result(
    uint64_t peer, uint64_t id, const struct login_result *result, void *arg)
{
	struct directory *directory = arg;
	unsigned char proof[PROOF_SIZE];
	struct msg_login_done done = {
		.id = id,
		.verdict = (uint8_t)result->verdict,
		.number = result->number,
		.session = result->session,
		.account = result->account,
		.groups = result->groups,
		.retry_s = result->retry_s,
		.leg = result->leg,
		.token = result->token,
	};

	bool ok = result->verdict == LOGIN_OK;

	/* a password that we meet for the first time may have been asked about
	 * when it wasn't one yet */
	if (keeper_settle(directory->keeper, peer, id,
		ok ? result->account : SLICE_EMPTY))
		inquiry_forget(directory->inquiry);
	if (ok && learn_names(directory, result))
		tell_soon(directory);
	if (directory->proof && result->verdict == LOGIN_OK) {
		proof_make(directory->proof,
		    &(struct login_words){ result->number, result->session,
			result->account, result->groups },
		    proof);
		done.proof = slice_from(proof, sizeof(proof));
	}
	if (peers_send(directory->workers, peer, MSG_login_done, &done) < 0)
		log_debug("a login's answer was not sent");
}

static void
on_credential(
    uint64_t peer, uint64_t id, enum credential_verdict verdict, void *arg)
{
	struct directory *directory = arg;
	struct msg_credential_done done = {
		.id = id,
		.verdict = (uint8_t)verdict,
	};

	if (peers_send(directory->workers, peer, MSG_credential_done, &done) <
	    0)
		log_debug("an answer about a credential was not sent");
	stop_if_done(directory);
}

static void
on_answer(uint64_t id, const struct provider_answer *answer, void *arg)
{
	struct directory *directory = arg;

	if (id & INQUIRY_ID)
		inquiry_on_answer(directory->inquiry, id, answer);
	else
		desk_on_answer(id, answer, directory->desk);
	stop_if_done(directory);
}

/* --- clients on this machine ---------------------------------------------- */

/* Who asks, while the supervisor looks who it is. */
struct local_ask {
	uint64_t peer, id;
	struct addr client;
};

#define LOCALS_MAX 4096

static void
refuse_local(struct directory *directory, const struct local_ask *ask)
{
	struct login_result wrong = { .verdict = LOGIN_WRONG };

	on_result(ask->peer, ask->id, &wrong, directory);
}

static void
on_local_ask(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct directory *directory = peer->arg;
	const struct msg_local_ask *m = &body->local_ask;
	struct msg_who_ask who = { .id = ++directory->last_local,
		.client = m->client,
		.local = m->local };
	struct local_ask *ask = mem_zalloc(sizeof(*ask));

	*ask = (struct local_ask){ peer->id, m->id, m->client };
	ask->client.port = 0;
	if (roleloop_send(directory->loop, MSG_who_ask, &who) < 0) {
		refuse_local(directory, ask);
		free(ask);
		return;
	}
	map_set(directory->locals, slice_from(&who.id, sizeof(who.id)), ask);
}

static void
on_who_done(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct directory *directory = arg;
	const struct msg_who_done *done = &body->who_done;
	struct local_ask *ask = map_take(
	    directory->locals, slice_from(&done->id, sizeof(done->id)));

	if (!ask)
		return;
	if (done->account.n > 0 && !account_name_check(done->account))
		desk_admit(directory->desk, ask->peer, ask->id, &ask->client,
		    done->account, !sources_can_find(directory->sources),
		    SLICE_EMPTY);
	else
		refuse_local(directory, ask);
	free(ask);
}

/* Only a worker has seen the handshake: its word is taken where the
 * configuration has listeners that ask for certificates. */
static void
on_certified_ask(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;
	struct directory *directory = peer->arg;
	const struct msg_certified_ask *m = &body->certified_ask;
	struct local_ask ask = { peer->id, m->id, m->client };

	ask.client.port = 0;
	if (directory->takes_certificates && m->account.n > 0 &&
	    !account_name_check(m->account))
		desk_admit(directory->desk, ask.peer, ask.id, &ask.client,
		    m->account, !sources_can_find(directory->sources),
		    SLICE_EMPTY);
	else
		refuse_local(directory, &ask);
}

static void
on_gone(uint64_t peer, void *arg)
{
	struct directory *directory = arg;

	desk_forget_peer(directory->desk, peer);
	inquiry_forget_peer(directory->inquiry, peer);
	keeper_forget_peer(directory->keeper, peer);
}

static const struct chan_ops worker_ops = {
	.on = {
		[MSG_login_ask] = on_login_ask,
		[MSG_negotiate_ask] = on_negotiate_ask,
		[MSG_local_ask] = on_local_ask,
		[MSG_certified_ask] = on_certified_ask,
		[MSG_credential_ask] = on_credential_ask,
	},
	.on_closed = peers_on_closed,
};

static void
on_proof_key(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct directory *directory = arg;

	keyed_free(directory->proof);
	directory->proof = keyed_new_from(body->setup_proof_key.key);
}

/* --- life ----------------------------------------------------------------- */

static unsigned
count_cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (n < 1)
		return 1;
	return n < CHECKER_THREADS_MAX ? (unsigned)n : CHECKER_THREADS_MAX;
}

static void
on_end(evutil_socket_t fd, short what, void *arg)
{
	struct directory *directory = arg;

	roleloop_stop(directory->loop);
}

static void
on_init(struct roleloop *loop, void *arg)
{
	struct directory *directory = arg;
	struct event_base *base = roleloop_base(loop);

	directory->loop = loop;
	negotiate_init();
	directory->negotiate = negotiate_new();
	directory->sources = sources_new(base, on_answer, directory);
	directory->file = file_new(base, count_cores(), several_on_answer,
	    sources_file_part(directory->sources));
	directory->workers = peers_new(
	    base, ROLE_DIRECTORY, ROLE_PROXY, &worker_ops, on_gone, directory);
	directory->inquiry = inquiry_new(base, on_credential, directory);
	directory->end = event_new(base, -1, 0, on_end, directory);
	directory->tell = event_new(base, -1, 0, on_tell, directory);
	if (!directory->end || !directory->tell)
		fatal("cannot make a timer");
}

static void
on_peer(
    struct roleloop *loop, enum role role, unsigned index, int fd, void *arg)
{
	struct directory *directory = arg;

	peers_set(directory->workers, role, index, fd);
	if (directory->has_conf)
		tell_names(directory, (int)index);
}

static void
on_drain(struct roleloop *loop, uint64_t deadline_ms, void *arg)
{
	struct directory *directory = arg;
	uint64_t now = clock_ms();
	uint64_t left = deadline_ms > now ? deadline_ms - now : 0;
	struct timeval in = {
		.tv_sec = (time_t)(left / 1000),
		.tv_usec = (suseconds_t)(left % 1000 * 1000),
	};

	directory->draining = true;
	event_add(directory->end, &in);
	stop_if_done(directory);
}

static void
on_counters(struct json *json, void *arg)
{
	struct directory *directory = arg;

	negotiate_status(directory->negotiate, json);
	desk_status(directory->desk, json);
	inquiry_status(directory->inquiry, json);
	keeper_status(directory->keeper, json);
}

static void
on_leave(struct roleloop *loop, void *arg)
{
	struct directory *directory = arg;

	peers_flush(directory->workers);
	peers_free(directory->workers);
	sources_free(directory->sources);
	negotiate_free(directory->negotiate);
	file_free(directory->file);
	inquiry_free(directory->inquiry);
	keyed_free(directory->proof);
	if (directory->end)
		event_free(directory->end);
	if (directory->tell)
		event_free(directory->tell);
}

static const struct roleloop_ops ops = {
	.on_init = on_init,
	.on_conf = on_conf,
	.on_peer = on_peer,
	.on_drain = on_drain,
	.on_counters = on_counters,
	.on_exit = on_leave,
	.on = {
		[MSG_setup_accounts] = on_accounts,
		[MSG_setup_filter_key] = on_filter_key,
		[MSG_setup_filter] = on_filter,
		[MSG_setup_secret] = on_secret,
		[MSG_setup_proof_key] = on_proof_key,
		[MSG_who_done] = on_who_done,
		[MSG_setup_keytab] = on_keytab,
	},
};

int
directory_main(unsigned index)
{
	struct directory directory = { .loop = NULL };
	int status;

	directory.desk = desk_new(on_result, &directory);
	directory.keeper = keeper_new();
	directory.roster = roster_new();
	directory.locals = map_new(LOCALS_MAX, free);
	status = roleloop_run(ROLE_DIRECTORY, index, &ops, &directory);
	drop_fresh(&directory);
	desk_free(directory.desk);
	keeper_free(directory.keeper);
	roster_free(directory.roster);
	map_free(directory.locals);
	return status;
}
