/*
 * setup: messages with descriptors and keys, by role.
 *
 * Runs in the supervisor.  Secret files are opened for the moment in which
 * their descriptor is sent; their content is never read here, but for the
 * filter's key, of which workers get a part (cli/filter_gate.h).
 */
#include "cli/setup.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/filter_gate.h"
#include "cli/secrets.h"

/* --- by message -------------------------------------------------------------- */

static void
give_identity(const struct supervisor *supervisor, struct child *child)
{
	const struct identity *identity = &supervisor->identity;
	struct msg_setup_drop drop = {
		.change = identity->change,
		.uid = identity->uid,
		.gid = identity->gid,
		.mark = child->role == ROLE_PROXY && identity->mark,
	};
	struct msg_setup_log level = { .level = (uint8_t)log_get_level() };

	child_send(child, MSG_setup_drop, &drop, -1);
	child_send(child, MSG_setup_log, &level, -1);
}

static void
give_records(const struct supervisor *supervisor, struct child *child)
{
	struct msg_setup_record record = {
		.sink = (uint8_t)supervisor->records.sink,
	};

	child_send(child, MSG_setup_record, &record, supervisor->records.fd);
}

static void
give_tickets(const struct supervisor *supervisor, struct child *child)
{
	struct msg_setup_tickets tickets = {
		.keys = secret_slice(&supervisor->keys.tickets),
	};

	child_send(child, MSG_setup_tickets, &tickets, -1);
}

static void
give_sockets(const struct supervisor *supervisor, struct child *child)
{
	const struct sockets *sockets = supervisor->sockets;

	for (size_t i = 0; i < sockets_count(sockets); i++) {
		struct msg_setup_listen listen = {
			.listener = (uint32_t)i,
			.addr = *sockets_addr(sockets, i),
		};
		int fd = sockets_fd(sockets, i, child->index);

		if (fd < 0)
			continue;
		enforce_own(supervisor->enforce, fd);
		child_send(child, MSG_setup_listen, &listen, fd);
	}
}

static void
give_key(struct child *child, const char *path)
{
	struct msg_setup_key key = { .path = slice_of(path) };
	int fd = secrets_open(path);

	if (fd < 0)
		return;
	child_send(child, MSG_setup_key, &key, fd);
	close(fd);
}

static void
give_pair(struct child *child, const struct pair *pair)
{
	give_key(child, pair->key);
	if (pair->passphrase)
		give_key(child, pair->passphrase);
}

/* The keys of certificates that workers show. */
static void
give_keys(const struct supervisor *supervisor, struct child *child)
{
	const struct conf *conf = supervisor->config->conf;

	for (size_t i = 0; i < conf->own_certificates.n; i++)
		give_pair(child, &conf->own_certificates.v[i].pair);
	for (size_t i = 0; i < conf->listeners.n; i++)
		for (size_t j = 0; j < conf->listeners.v[i].pairs.n; j++)
			give_pair(child, &conf->listeners.v[i].pairs.v[j]);
}

static void
give_leaf_key(const struct supervisor *supervisor, struct child *child)
{
	const struct keys *keys = &supervisor->keys;
	struct msg_setup_leaf_key whole = {
		.key_der = secret_slice(&keys->leaf_private),
	};
	struct msg_setup_leaf_public half = {
		.public_der = secret_slice(&keys->leaf_public),
	};

	if (child->role == ROLE_PROXY)
		child_send(child, MSG_setup_leaf_key, &whole, -1);
	else if (child->role == ROLE_SIGNER)
		child_send(child, MSG_setup_leaf_public, &half, -1);
}

static void
give_part(const struct supervisor *supervisor, struct child *child,
    enum authority_part part, const char *path)
{
	struct msg_setup_authority authority = {
		.generation = supervisor->config->generation,
		.part = (uint8_t)part,
	};
	int fd = path ? secrets_open(path) : -1;

	if (fd < 0)
		return;
	child_send(child, MSG_setup_authority, &authority, fd);
	close(fd);
}

/* The key of the CA before a rotation is there for a while only. */
static void
give_authority(const struct supervisor *supervisor, struct child *child)
{
	const struct conf *conf = supervisor->config->conf;

	give_part(supervisor, child, AUTHORITY_KEY, conf->authority_key);
	give_part(supervisor, child, AUTHORITY_PASSPHRASE,
	    conf->authority_passphrase);
	if (conf->authority_old_key &&
	    access(conf->authority_old_key, F_OK) == 0)
		give_part(supervisor, child, AUTHORITY_OLD_KEY,
		    conf->authority_old_key);
}

static void
give_accounts(const struct supervisor *supervisor, struct child *child)
{
	const struct config *config = supervisor->config;
	struct msg_setup_accounts accounts = {
		.generation = config->generation,
	};
	int fd;

	if (!config->conf->accounts_file)
		return;
	fd = secrets_open(config->conf->accounts_file);
	if (fd < 0)
		return;
	child_send(child, MSG_setup_accounts, &accounts, fd);
	close(fd);
}

/* Its one writer gets it writable, with the whole key. */
static void
give_filter_to_writer(const struct config *config, struct child *child)
{
	struct msg_setup_filter filter = { .generation = config->generation };
	struct msg_setup_filter_key whose = {
		.generation = config->generation,
	};
	int key = secrets_open(config->conf->filter_key);
	int fd = open(config->conf->filter_path, O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		log_error("cannot open %s: %m", config->conf->filter_path);
	if (key >= 0 && fd >= 0) {
		child_send(child, MSG_setup_filter_key, &whose, key);
		child_send(child, MSG_setup_filter, &filter, fd);
	}
	if (key >= 0)
		close(key);
	if (fd >= 0)
		close(fd);
}

static void
give_filter_to_reader(const struct supervisor *supervisor, struct child *child)
{
	const struct config *config = supervisor->config;
	struct msg_setup_filter filter = { .generation = config->generation };
	struct msg_setup_lookup_key key;
	struct secret lookup = { NULL, 0, 0 };
	int fd = filter_gate_open(supervisor->gate, config->conf, &lookup);

	if (fd < 0)
		return;
	key.key = secret_slice(&lookup);
	child_send(child, MSG_setup_lookup_key, &key, -1);
	child_send(child, MSG_setup_filter, &filter, fd);
	secret_clear(&lookup);
	close(fd);
}

static void
give_filter(const struct supervisor *supervisor, struct child *child)
{
	const struct config *config = supervisor->config;

	if (!config->conf->filter_path || !config->conf->filter_key)
		return;
	if (child->role == ROLE_DIRECTORY)
		give_filter_to_writer(config, child);
	else
		give_filter_to_reader(supervisor, child);
}

static void
give_keytab(const struct supervisor *supervisor, struct child *child)
{
	const struct config *config = supervisor->config;
	struct msg_setup_keytab keytab = { .generation = config->generation };
	int fd = config->conf->authenticate.keytab
	    ? secrets_open_lax(config->conf->authenticate.keytab)
	    : -1;

	if (fd < 0)
		return;
	child_send(child, MSG_setup_keytab, &keytab, fd);
	close(fd);
}

static void
give_secrets(const struct supervisor *supervisor, struct child *child)
{
	const struct conf *conf = supervisor->config->conf;

	for (size_t i = 0; i < conf->directories.n; i++) {
		const struct ldap_directory *one = &conf->directories.v[i];
		struct msg_setup_secret secret = {
			.directory = slice_of(one->name),
		};
		int fd = one->password_file
		    ? secrets_open_lax(one->password_file)
		    : -1;

		if (fd < 0)
			continue;
		child_send(child, MSG_setup_secret, &secret, fd);
		close(fd);
	}
}

static void
give_spool(const struct supervisor *supervisor, struct child *child)
{
	const struct config *config = supervisor->config;
	struct msg_setup_spool spool = { .generation = config->generation };
	const char *path = config->conf->alert_spool;
	int fd;

	if (!path)
		return;
	fd = open(
	    path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
	if (fd < 0) {
		log_error("cannot open %s: %m", path);
		return;
	}
	child_send(child, MSG_setup_spool, &spool, fd);
	close(fd);
}

static void
give_conf(const struct supervisor *supervisor, struct child *child)
{
	const struct config *config = supervisor->config;
	struct msg_setup_conf conf = {
		.generation = config->generation,
		.path = slice_of(config->path),
	};

	child_send(child, MSG_setup_conf, &conf, config->sealed);
}

/* Where the kernel judges packets: workers ask for marks, and the directory
 * vouches for who logged in. */
static void
give_tagging(const struct supervisor *supervisor, struct child *child)
{
	struct msg_setup_tagging tagging = {
		.on = supervisor->enforce != NULL,
	};
	struct msg_setup_proof_key key = {
		.key = enforce_key(supervisor->enforce),
	};

	if (child->role == ROLE_PROXY)
		child_send(child, MSG_setup_tagging, &tagging, -1);
	else if (child->role == ROLE_DIRECTORY && supervisor->enforce)
		child_send(child, MSG_setup_proof_key, &key, -1);
}

/* --- by role ------------------------------------------------------------------- */

/* What a configuration names, then the configuration. */
static void
give_configuration(const struct supervisor *supervisor, struct child *child)
{
	switch (child->role) {
	case ROLE_PROXY:
		give_records(supervisor, child);
		give_sockets(supervisor, child);
		give_keys(supervisor, child);
		give_filter(supervisor, child);
		break;
	case ROLE_SIGNER:
		give_authority(supervisor, child);
		break;
	case ROLE_DIRECTORY:
		give_accounts(supervisor, child);
		give_filter(supervisor, child);
		give_secrets(supervisor, child);
		give_keytab(supervisor, child);
		break;
	case ROLE_GUARD:
		give_records(supervisor, child);
		enforce_give(
		    supervisor->enforce, supervisor->config->conf, child);
		break;
	case ROLE_ALERTER:
		give_spool(supervisor, child);
		break;
	case ROLE_SUPERVISOR:
	case ROLE_COUNT:
		break;
	}
	give_conf(supervisor, child);
}

/* Workers talk to signer, directory and alerter; nobody else to anybody. */
static bool
are_peers(enum role a, enum role b)
{
	return (a == ROLE_PROXY) != (b == ROLE_PROXY);
}

static void
link_peers(struct child *a, struct child *b)
{
	struct msg_setup_peer to_a = {
		.role = (uint8_t)b->role,
		.index = b->index,
	};
	struct msg_setup_peer to_b = {
		.role = (uint8_t)a->role,
		.index = a->index,
	};
	int fds[2];

	chan_pair(fds);
	child_send(a, MSG_setup_peer, &to_a, fds[0]);
	child_send(b, MSG_setup_peer, &to_b, fds[1]);
	close(fds[0]);
	close(fds[1]);
}

static void
give_peers(const struct supervisor *supervisor, struct child *child)
{
	for (size_t i = 0; i < children_count(supervisor->children); i++) {
		struct child *other = children_at(supervisor->children, i);

		if (other->chan && are_peers(child->role, other->role))
			link_peers(child, other);
	}
}

void
setup_child(struct supervisor *supervisor, struct child *child)
{
	struct msg_setup_start start = {
		.index = child->index,
		.count = child->role == ROLE_PROXY ? supervisor->workers : 1,
	};

	give_identity(supervisor, child);
	give_leaf_key(supervisor, child);
	if (child->role == ROLE_PROXY)
		give_tickets(supervisor, child);
	give_tagging(supervisor, child);
	give_configuration(supervisor, child);
	give_peers(supervisor, child);
	child_send(child, MSG_setup_start, &start, -1);
}

/* --- to all that run ---------------------------------------------------------- */

typedef void give_fn(const struct supervisor *supervisor, struct child *child);

static void
give_all(struct supervisor *supervisor, int role, give_fn *give)
{
	for (size_t i = 0; i < children_count(supervisor->children); i++) {
		struct child *child = children_at(supervisor->children, i);

		if (child->chan && (role < 0 || (int)child->role == role))
			give(supervisor, child);
	}
}

void
setup_configuration(struct supervisor *supervisor)
{
	give_all(supervisor, -1, give_configuration);
}

void
setup_records(struct supervisor *supervisor)
{
	give_all(supervisor, ROLE_PROXY, give_records);
	give_all(supervisor, ROLE_GUARD, give_records);
}

static void
give_directory_secrets(const struct supervisor *supervisor, struct child *child)
{
	give_secrets(supervisor, child);
	give_keytab(supervisor, child);
}

void
setup_secrets(struct supervisor *supervisor)
{
	give_all(supervisor, ROLE_DIRECTORY, give_directory_secrets);
}

void
setup_accounts(struct supervisor *supervisor)
{
	give_all(supervisor, ROLE_DIRECTORY, give_accounts);
}

void
setup_filter(struct supervisor *supervisor)
{
	give_all(supervisor, ROLE_DIRECTORY, give_filter);
	give_all(supervisor, ROLE_PROXY, give_filter);
}

void
setup_tickets(struct supervisor *supervisor)
{
	give_all(supervisor, ROLE_PROXY, give_tickets);
}
