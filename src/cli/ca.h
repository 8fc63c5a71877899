/*
 * ca: what the parts of `sallyport ca` share.
 */
#ifndef CLI_CA_H
#define CLI_CA_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "base/name.h"
#include "base/secret.h"
#include "base/slice.h"

#define CA_LIMITS_MAX 50

/* The command line, and the files that are meant. */
struct ca {
	const char *conf, *dir, *name, *reason;
	const char *word; /* of `rotate`, or the serial of `revoke`; or NULL */
	unsigned days;
	bool rsa, with_root;
	/* name constraints, by cert_name_parse without "*." */
	struct host permit[CA_LIMITS_MAX], exclude[CA_LIMITS_MAX];
	size_t npermit, nexclude;
	char *cert, *key; /* owned: paths; no key where a provider keeps it */
	char *uri, *provider; /* owned: where it does; or NULL */
	const char *uri_given, *provider_given;
	char *passphrase; /* owned: the path of its file; NULL: none */
	const char *passphrase_given;
	const char *root_key; /* of `rotate`: a path; NULL: where init put it */
	bool standalone;      /* of `rotate`: under no root, whatever was */
	char *site;           /* owned: as conf_site() has it; or NULL */
};

/* Each returns the exit status, having said what is wrong. */
int ca_init(const struct ca *ca);
int ca_show(const struct ca *ca);
int ca_rotate(const struct ca *ca);
int ca_revoke(const struct ca *ca);

/* Makes a CA where nothing is yet, at cert and key. */
int ca_make(
    const struct ca *ca, const char *name, const char *cert, const char *key);
/* The same under a root that is there: its certificate, and the path of its
 * key. */
int ca_make_under(const struct ca *ca, const char *name, struct slice root_pem,
    const char *root_key, const char *cert, const char *key);
/* What people see of one that was given no name; the caller frees it. */
char *ca_choose_name(const struct ca *ca);

/* Says what is wrong with the path; returns VERB_FAILED. */
int ca_failed(const char *path, const char *why);
/* 0, or -1 with errno; never writes over a file, and leaves nothing of its
 * own behind where it fails. */
int ca_write_new(const char *path, struct slice text, mode_t mode);
/* The issuers' certificates behind the first; or empty. */
struct slice ca_above(struct slice pem);
/* 0, or -1 with errno. The caller clears the secret. */
int ca_read(const char *path, struct secret *out);

#endif
