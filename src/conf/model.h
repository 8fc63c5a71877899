/*
 * model: what proxy.conf says, as plain data, frozen after conf_check().
 *
 * Every string is owned by the model's arena.  Every struct that an error
 * message may point at carries the place it was read from.  The order of
 * lists is the order of the file: rules are decided first match first.
 * Every path is already relative to the working directory (or absolute), not
 * to the file that it was written in.
 */
#ifndef CONF_MODEL_H
#define CONF_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/name.h"
#include "base/prefix.h"
#include "base/sink.h"
#include "base/slice.h"

struct place {
	const char *file;      /* as given on the command line or by include */
	unsigned line, column; /* from 1; column in characters */
};

/* Growable lists: items owned by the arena. */
#define CONF_LIST(type)                                                        \
	struct {                                                               \
		type *v;                                                       \
		size_t n, cap;                                                 \
	}

/* --- who, where, when: the conditions of a rule -------------------------- */

struct port_range {
	uint16_t from, to;
};

enum dest_kind {
	DEST_ANY,
	DEST_INTERNAL, /* the `internal` statement and what is always internal */
	DEST_NAME,     /* name or *.name */
	DEST_PREFIX,   /* address or prefix */
	DEST_PORT,     /* `port N` inside a list: any host on that port */
	DEST_LIST      /* file "path": names, patterns, prefixes, one a line */
};

struct dest {
	enum dest_kind kind;
	struct name_pattern name;
	struct prefix prefix;
	struct port_range port;
	const struct dest_list *list; /* borrowed from the model */
	struct place at;
};

typedef CONF_LIST(struct dest) dests;

/* A name of a destination file: less than a name_pattern, as there may be a
 * hundred thousand of them. */
struct list_name {
	struct slice name; /* canonical, without "*." */
	bool wildcard;
};

/* The content of a destination file, in its order. */
struct dest_list {
	const char *path;
	CONF_LIST(struct list_name) names;
	CONF_LIST(struct prefix) prefixes;
	struct place at; /* of its first use */
};

struct who_item {
	bool is_group;
	struct slice pattern; /* account names: "ci-*" allowed; case folded */
	struct place at;
};

struct who {
	bool negated;                     /* not user …, not group … */
	CONF_LIST(struct who_item) items; /* none: everybody */
};

/* Local time. from > to ends on the day after; `days` are those it starts
 * on. */
struct time_range {
	uint8_t days;      /* bit 0 Monday … bit 6 Sunday */
	uint16_t from, to; /* minutes of the day, to exclusive; 0 to 1440 */
};

/* A report rule never decides: it is noted, and the walk goes on. */
enum action {
	ACTION_ALLOW,
	ACTION_DENY,
	ACTION_REPORT
};

struct rule {
	enum action action;
	struct who who;
	CONF_LIST(struct prefix) from; /* client addresses; none: all */
	bool to_negated;
	dests to; /* none: any */
	CONF_LIST(struct port_range) ports;
	CONF_LIST(struct slice) methods; /* upper case */
	CONF_LIST(struct slice) paths;   /* prefixes, canonical */
	CONF_LIST(struct time_range) times;
	struct slice label; /* as given, else "proxy.conf:12" */
	struct slice text;  /* canonical text of the rule, without label */
	struct place at;
};

/* What becomes of a request that would give an enterprise password away. */
enum credential_action {
	CREDENTIAL_PERMIT,   /* it isn't even looked at */
	CREDENTIAL_BLOCK,    /* a page */
	CREDENTIAL_CONTINUE, /* a page with a way on */
	CREDENTIAL_REPORT    /* recorded as what would be blocked */
};

struct credential_rule {
	enum credential_action action;
	bool alert;         /* tell alert_webhook and alert_command */
	bool refuse_unread; /* refuse what can't be read whole */
	struct rule when;   /* its conditions; the action in it means nothing */
	struct slice label; /* as in `when`, and so is the next */
	struct place at;
};

/* decrypt …: the first statement whose who matches decides for a client. */
struct decrypt {
	struct who who;
	bool none; /* decrypt none */
	dests to;  /* empty: all */
	dests except;
	struct place at;
};

/* user alice mark 7 dscp 10 source 192.0.2.1: the first that matches. */
struct packet_marks {
	struct who who;
	bool has_mark, has_dscp;
	uint32_t mark;
	uint8_t dscp;                   /* 0..63 */
	CONF_LIST(struct addr) sources; /* at most one of each family */
	struct place at;
};

struct group {
	struct slice name;
	CONF_LIST(struct slice) members; /* patterns */
	struct place at;
};

struct trust_file { /* PEM */
	const char *path;
	struct place at;
};

/* --- directories: where accounts come from beside the file ---------------- */

enum flavour {
	FLAVOUR_OPENLDAP,
	FLAVOUR_ACTIVE_DIRECTORY
};

enum groups_how {
	GROUPS_NONE,
	GROUPS_DIRECT,
	GROUPS_NESTED
};

/* Past the budget of failed binds: who may still log in. */
enum past_budget {
	PAST_KNOWN, /* whose password was right before, without asking */
	PAST_NOBODY
};

struct ldap_url {
	const char *text; /* "ldaps://dc1.corp.example:636" */
	struct host host;
	uint16_t port;
	bool tls; /* ldaps */
	struct place at;
};

struct directory_times { /* milliseconds */
	uint64_t connect, search, bind;
	uint64_t refresh;  /* an account's names and groups are kept */
	uint64_t grace;    /* a checked login works while nobody answers */
	uint64_t remember; /* a wrong password isn't sent again */
	uint64_t window;   /* over which failures are counted */
};

struct directory_limits {
	uint64_t connections; /* for binds as people, at most */
	uint64_t queue;       /* logins that wait for one */
	uint64_t account;     /* failed binds of an account in a window */
	uint64_t client;      /* … of an address */
};

/* Which requests that the filter knows nothing of take as long as others. */
enum even_time {
	EVEN_LOGINS, /* those that name an account */
	EVEN_ALL,
	EVEN_OFF
};

/* What a value in a request is while nobody can tell. */
enum outage_credentials {
	OUTAGE_UNSAID, /* as `credentials unanswered` says for all */
	OUTAGE_BLOCK,
	OUTAGE_PASS
};

struct ldap_directory {
	const char *name;
	CONF_LIST(struct ldap_url) servers;
	CONF_LIST(struct trust_file) trust; /* none: the system's */
	bool trust_system;
	bool starttls;
	bool cleartext; /* asked for in so many words */
	const char *base;
	struct place base_at, bind_at;
	const char *bind_dn, *password_file; /* NULL: anonymous */
	struct place password_at;
	enum flavour flavour;
	const char *class;             /* objectClass of accounts */
	CONF_LIST(const char *) names; /* attributes; the first is shown */
	const char *domain;            /* DOMAIN\name; NULL: none */
	enum groups_how groups;
	const char *group_base; /* NULL: base */
	const char *group_name; /* attribute */
	const char *member_of;  /* attribute; NULL: look for members */
	enum past_budget past;
	bool admit_unchecked; /* in an outage */
	enum outage_credentials outage_credentials;
	struct directory_times times;
	struct directory_limits limits;
	struct place at;
};

struct with {
	const char *name; /* of a directory */
	struct place at;
};

/* Whose accounts the principals of a Kerberos realm are. */
enum realm_how {
	REALM_STRIP, /* alice@REALM is alice */
	REALM_KEEP,  /* itself */
	REALM_AS,    /* DOMAIN\alice */
	REALM_REFUSE
};

struct realm_rule {
	const char *realm;
	enum realm_how how;
	const char *as; /* the domain; NULL: none */
	struct place at;
};

struct authenticate {
	const char *keytab; /* NULL: Negotiate isn't offered */
	struct place keytab_at;
	CONF_LIST(struct with) with; /* none: all */
	CONF_LIST(struct realm_rule) realms;
	struct place at; /* line 0: not given */
};

/* A certificate and its key: paths. */
struct pair {
	const char *cert, *key;
	const char *passphrase; /* NULL: the key is not encrypted */
};
#define LISTENER_PAIRS_MAX 64

struct listener {
	struct addr addr;
	bool local_accounts; /* a client on this machine is who runs it */
	CONF_LIST(struct pair)
	pairs;                 /* the first is the default; none: plain */
	const char *client_ca; /* of certificates to log in with; or NULL */
	struct place at;
};

/* --- origins: how they are verified --------------------------------------- */

enum revocation_mode {
	REVOCATION_SOFT, /* what is known to be revoked is refused */
	REVOCATION_HARD, /* what isn't known to be good is refused, too */
	REVOCATION_OFF
};

/* The first that matches a destination decides; none: soft. */
struct revocation {
	enum revocation_mode mode;
	bool fetch; /* lists from where certificates say they are */
	dests to;   /* empty: all */
	struct place at;
};

/* What can be wrong with a certificate and yet be accepted; bits. */
enum cert_fault {
	FAULT_EXPIRED = 0x1,
	FAULT_NOT_YET_VALID = 0x2,
	FAULT_WRONG_NAME = 0x4,
	FAULT_SELF_SIGNED = 0x8,
	FAULT_UNKNOWN_AUTHORITY = 0x10,
	FAULT_WEAK_KEY = 0x20,
	FAULT_WEAK_SIGNATURE = 0x40,
	FAULT_WRONG_PURPOSE = 0x80,
	FAULT_NAME_CONSTRAINT = 0x100,
	FAULT_REVOKED = 0x200,
	FAULT_NO_STATUS = 0x400
};

#define FINGERPRINT_SIZE 32 /* SHA-256 of the certificate's DER */

struct fingerprint {
	uint8_t sha256[FINGERPRINT_SIZE];
};

struct cert_exception {
	CONF_LIST(struct fingerprint) certificates;
	unsigned faults; /* enum cert_fault, or-ed */
	dests to;
	struct place at;
};

/* Shown to origins that ask for one. */
struct own_certificate {
	struct pair pair;
	dests to;
	struct place at;
};

/* What the kernel does about packets: nothing, say what it would deny, deny
 * where it can, or deny and refuse to start where it can't. */
enum packets_mode {
	PACKETS_OFF,
	PACKETS_OBSERVE,
	PACKETS_PREFER,
	PACKETS_REQUIRE
};

/* Host: programs in another network namespace than the host's. */
enum containers_mode {
	CONTAINERS_JUDGED, /* as everybody */
	CONTAINERS_DENIED,
	CONTAINERS_EXEMPT,
	CONTAINERS_AS /* an account, whoever they run as */
};

struct guarding {
	enum packets_mode packets;
	struct place at; /* line 0: not given */
	/* accounts of a host that rules are not about while nobody is logged
	 * in as them */
	bool exempt_given, exempt_system;
	CONF_LIST(struct slice) exempt; /* patterns */
	bool close;                     /* connections that new rules forbid */
	bool names_pinned;    /* names in rules stand for their addresses */
	bool replies_allowed; /* of connections that came from outside */
	enum containers_mode containers;
	struct slice containers_as; /* account */
	/* destinations that see the account in a TCP option */
	CONF_LIST(struct prefix) wire;
	struct place wire_at;
};

/* --- sizes and times, all with defaults (conf/defaults.def) --------------- */

struct limits {
	uint64_t request_line;  /* bytes */
	uint64_t header_bytes;  /* bytes of a head, request line included */
	uint64_t header_count;  /* fields */
	uint64_t connections;   /* clients a worker serves at once */
	uint64_t per_account;   /* client connections per account, worker */
	uint64_t per_address;   /* client connections per address, worker */
	uint64_t handshakes;    /* client handshakes under way, worker */
	uint64_t upstream_idle; /* pooled idle upstream connections, worker */
	uint64_t upstream_per_key; /* … of one account to one origin */
	uint64_t body_bytes;       /* of a request; 0: no limit */
	uint64_t leaf_cache;       /* certificates a worker keeps */
	uint64_t login_failures;   /* per account or address before slowing */
	uint64_t logins;           /* under way, or waiting for their turn */
	uint64_t inspect_bytes;    /* of a body, held and looked at */
	uint64_t inspect_memory;   /* of all held bodies, worker */
	uint64_t credential_failures; /* wrong pairs of an account or address */
};

struct timeouts {           /* milliseconds */
	uint64_t request;   /* first byte to end of head: 408 */
	uint64_t idle;      /* keep-alive, between requests */
	uint64_t body;      /* no progress while a body moves */
	uint64_t handshake; /* TLS, either side */
	uint64_t connect;   /* all candidates of one dial: 504 */
	uint64_t response;  /* request sent to head of the answer: 504 */
	uint64_t tunnel;    /* no byte either way */
	uint64_t resolve;
	uint64_t upstream_idle;
	uint64_t drain;       /* SIGTERM to exit */
	uint64_t login_cache; /* a successful check is remembered */
	uint64_t credential;  /* the directory's answer for a held request */
	uint64_t way_on;      /* of a page's way on */
};

struct conf {
	struct arena *arena; /* owned */
	const char *path;    /* of the file, as given to conf_load */

	CONF_LIST(struct listener) listeners;
	const char *authority_cert, *authority_key; /* paths; NULL: none */
	/* Beside the certificate, and there or not: the next one, the one
	 * before a rotation and its key, the revoked serials. */
	const char *authority_next, *authority_old, *authority_old_key;
	const char *authority_revoked;
	const char *authority_crl, *authority_old_crl; /* a root's; DER */
	const char *authority_passphrase; /* path; NULL: key not encrypted */
	/* Where a provider keeps the key, in place of authority_key; NULL. */
	const char *authority_uri, *authority_provider;
	struct place authority_at;
	const char *authority_url; /* "http://host:port"; NULL: see conf.h */
	const char *accounts_file;
	struct place accounts_at;
	CONF_LIST(struct ldap_directory) directories;
	struct authenticate authenticate;
	const char *realm;
	const char *run_user; /* NULL: keep the one that started us */
	struct place run_at;
	uint32_t workers; /* 0: one a core */
	const char *control_path;
	const char *pages_dir;
	struct place pages_at; /* line 0: the default */
	const char *host_name; /* in Via, PAC and pages; NULL: system's */
	CONF_LIST(struct trust_file) trust; /* beside the system's */
	bool trust_system;
	CONF_LIST(struct addr) resolvers; /* with port; none: the system's */
	enum record_sink record_sink;
	const char *record_path;
	struct place record_at;
	CONF_LIST(struct revocation) revocations;
	CONF_LIST(struct trust_file) crls;
	dests legacy; /* TLS 1.0 and weak suites are good enough */
	CONF_LIST(struct cert_exception) exceptions;
	CONF_LIST(struct own_certificate) own_certificates;
	uint64_t bypass_ms;   /* pinned programs are tunnelled; 0: never */
	bool foreign_allowed; /* what is not TLS or HTTP inside CONNECT */
	dests pac_direct;     /* destinations the PAC file sends DIRECT */

	CONF_LIST(struct group) groups;
	dests internal;
	bool internal_given; /* else the private ranges */
	CONF_LIST(struct dest_list *) dest_lists;
	CONF_LIST(struct decrypt) decrypts; /* none: nothing is decrypted */
	CONF_LIST(struct packet_marks) marks;
	CONF_LIST(struct rule) rules;

	const char *filter_path, *filter_key; /* NULL: no credential check */
	struct place filter_at, filter_key_at;
	bool filter_learn;
	uint64_t filter_rotate_ms; /* age of a generation; 0: by hand */
	CONF_LIST(struct credential_rule) credentials;
	bool unanswered_allowed; /* where the directory is silent */
	enum even_time even_time;
	CONF_LIST(struct slice) watched; /* patterns of accounts */
	CONF_LIST(struct slice) domains; /* of mail and principal names */
	const char *password_page;       /* URL; NULL: none */
	const char *alert_webhook;       /* URL; NULL: none */
	const char *alert_command;       /* path; NULL: none */
	const char *alert_spool;         /* path; NULL only without filter */
	struct place watched_at, alert_webhook_at, alert_command_at,
	    alert_spool_at;

	struct limits limits;
	struct timeouts timeouts;
	struct guarding guarding;
};

#endif
