/*
 * directory: a login in, an answer out.
 *
 * The only process that sees account secrets, and the only one that writes
 * the filter.  It opens no file: all come as descriptors, again whenever they
 * have changed.  What workers ask comes in by directory/front.h; what a login
 * is worth is decided in directory/desk.h, what a value in a request is, in
 * directory/inquiry.h.
 */
#include "directory/directory.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "conf/given.h"
#include "directory/changes.h"
#include "directory/checker.h"
#include "directory/file.h"
#include "directory/front.h"
#include "directory/intake.h"
#include "directory/keytab.h"
#include "directory/several.h"

struct directory {
	struct roleloop *loop; /* borrowed */
	struct desk *desk;     /* owned, as all that follows */
	struct file *file;
	struct front *front;
	struct inquiry *inquiry;
	struct keeper *keeper;
	struct roster *roster;
	struct sources *sources;
	struct negotiate *negotiate;
	struct intake intake;
	struct event *end; /* a drain's deadline */
	bool has_conf, draining;
};

/* --- the filter ------------------------------------------------------------ */

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

static void
on_changed(struct slice names, bool gone, void *arg)
{
	front_tell_accounts(arg, names, gone);
}

/* A password that was changed, or an account that was deleted, must not go
 * on in a worker's memory. Numbers are given in the order of names, for
 * numbers.h's sake. */
static void
put_in_force(struct directory *directory, struct accounts *accounts)
{
	changes_each(file_accounts(directory->file), accounts, on_changed,
	    directory->front);
	for (size_t i = 0; i < accounts_count(accounts); i++)
		desk_number(directory->desk, accounts_at(accounts, i)->name);
	log_info("%zu account%s", accounts_count(accounts),
	    accounts_count(accounts) == 1 ? "" : "s");
	roster_clear(directory->roster);
	for (size_t i = 0; i < accounts_count(accounts); i++)
		(void)roster_add(
		    directory->roster, accounts_at(accounts, i)->name);
	inquiry_forget(directory->inquiry);
	front_tell_names(directory->front);
	file_set_accounts(directory->file, accounts);
}

/* With a new generation the file waits for its configuration; else it has
 * only changed, and the configuration is the one in force. */
static void
on_accounts(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct directory *directory = arg;
	uint32_t generation = roleloop_generation(directory->loop);
	const char *why;

	intake_read(&directory->intake, fd);
	if (!directory->has_conf ||
	    body->setup_accounts.generation != generation)
		return;
	why = intake_check(&directory->intake);
	if (why) {
		log_error("%s; the old one stays in force", why);
	} else {
		put_in_force(directory, intake_take(&directory->intake));
	}
	intake_clear(&directory->intake);
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

/* The configuration has no account file any more. */
static void
drop_accounts(struct directory *directory)
{
	changes_each(
	    file_accounts(directory->file), NULL, on_changed, directory->front);
	roster_clear(directory->roster);
	inquiry_forget(directory->inquiry);
	file_set_accounts(directory->file, NULL);
}

static bool
takes_certificates(const struct conf *conf)
{
	for (size_t i = 0; i < conf->listeners.n; i++)
		if (conf->listeners.v[i].client_ca)
			return true;
	return false;
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
	desk_set_limits(
	    directory->desk, conf->limits.login_failures, conf->limits.logins);
	front_set_way_life(directory->front, conf->timeouts.way_on);
	if (directory->intake.accounts)
		put_in_force(directory, intake_take(&directory->intake));
	else if (!conf->accounts_file && file_accounts(directory->file))
		drop_accounts(directory);
	directory->has_conf = true;
	sources_set_file(directory->sources,
	    conf->accounts_file ? file_provider(directory->file) : none);
	desk_set_provider(directory->desk, provider);
	inquiry_set_provider(directory->inquiry, provider);
	front_set_certificates(directory->front, takes_certificates(conf));
	negotiate_set_realms(directory->negotiate, &conf->authenticate);
	if (!conf->authenticate.keytab)
		negotiate_drop_keytab(directory->negotiate);
	front_tell_names(directory->front);
}

static const char *
read_conf(struct directory *directory, const struct given *given)
{
	const struct conf *conf = given->conf;
	const char *why = NULL;

	if (conf->accounts_file)
		why = intake_check(&directory->intake);
	if (!why && conf->filter_path)
		why = keeper_check(directory->keeper);
	if (!why)
		why = sources_apply(
		    directory->sources, given->bundle, conf->path);
	if (!why)
		apply(directory, conf);
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
	intake_clear(&directory->intake);
	given_clear(&given);
	return why;
}

/* --- answers ---------------------------------------------------------------- */

static void
stop_if_done(struct directory *directory)
{
	if (directory->draining && !desk_under_way(directory->desk) &&
	    !inquiry_under_way(directory->inquiry))
		roleloop_stop(directory->loop);
}

static void
on_result(
    uint64_t peer, uint64_t id, const struct login_result *result, void *arg)
{
	struct directory *directory = arg;

	front_answer_login(directory->front, peer, id, result);
}

static void
on_credential(uint64_t peer, uint64_t id, enum credential_verdict verdict,
    struct slice key, void *arg)
{
	struct directory *directory = arg;

	front_answer_credential(directory->front, peer, id, verdict, key);
	stop_if_done(directory);
}

/* A login's password takes the same way as a question about one, and there
 * are many more of them. A wrong one may be remembered, and answered at
 * once; and where many wait for each other, that is not usual. */
static void
learn_usual(struct directory *directory, uint64_t id,
    const struct provider_answer *answer)
{
	uint64_t took;

	if (answer->verdict == PROVIDER_OK &&
	    desk_took(directory->desk, id, &took))
		inquiry_learn(directory->inquiry,
		    took < INQUIRY_EVEN_MS ? took : INQUIRY_EVEN_MS);
}

static void
on_answer(uint64_t id, const struct provider_answer *answer, void *arg)
{
	struct directory *directory = arg;

	if (id & INQUIRY_ID) {
		inquiry_on_answer(directory->inquiry, id, answer);
	} else {
		learn_usual(directory, id, answer);
		desk_on_answer(id, answer, directory->desk);
	}
	stop_if_done(directory);
}

static void
on_proof_key(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct directory *directory = arg;

	front_set_proof_key(directory->front, body->setup_proof_key.key);
}

static void
on_who_done(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct directory *directory = arg;

	front_on_who(directory->front, &body->who_done);
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
on_stale(uint64_t source, uint32_t within_ms, void *arg)
{
	struct directory *directory = arg;

	front_tell_stale(directory->front, source, within_ms);
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
	directory->inquiry = inquiry_new(base, on_credential, directory);
	directory->front = front_new(&(struct front_parts){
	    .loop = loop,
	    .desk = directory->desk,
	    .inquiry = directory->inquiry,
	    .keeper = directory->keeper,
	    .negotiate = directory->negotiate,
	    .roster = directory->roster,
	    .sources = directory->sources,
	});
	sources_on_stale(directory->sources, on_stale, directory);
	directory->end = event_new(base, -1, 0, on_end, directory);
	if (!directory->end)
		fatal("cannot make a timer");
}

static void
on_peer(
    struct roleloop *loop, enum role role, unsigned index, int fd, void *arg)
{
	struct directory *directory = arg;

	front_set_peer(directory->front, role, index, fd, directory->has_conf);
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
	front_status(directory->front, json);
	keeper_status(directory->keeper, json);
}

static void
on_leave(struct roleloop *loop, void *arg)
{
	struct directory *directory = arg;

	/* whom it can't answer any more is told so, by the front */
	sources_free(directory->sources);
	front_free(directory->front);
	negotiate_free(directory->negotiate);
	file_free(directory->file);
	inquiry_free(directory->inquiry);
	if (directory->end)
		event_free(directory->end);
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
	status = roleloop_run(ROLE_DIRECTORY, index, &ops, &directory);
	intake_clear(&directory.intake);
	desk_free(directory.desk);
	keeper_free(directory.keeper);
	roster_free(directory.roster);
	return status;
}
