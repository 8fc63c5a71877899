/*
 * conf: from text to a frozen model, with every finding reported at once.
 *
 * The text of all files (proxy.conf, what it includes, destination lists,
 * page templates, trust anchors, the CA certificate) comes through a
 * struct bundle: the supervisor reads files into one and hands its bytes to
 * every role, which parses them with this same code and opens nothing.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdio.h>

#include "conf/bundle.h"
#include "conf/diag.h"
#include "conf/model.h"

/* Reads, parses and checks `path`. Findings go to diags (errors and
 * warnings, in file order). Returns NULL where there was an error; the
 * caller owns the model. */
struct conf *conf_load(
    struct bundle *bundle, const char *path, struct diags *diags);
/* As conf_load, but judges the shape alone: what it names need not be there.
 * For verbs that make or look at these files, never for a process that
 * serves. */
struct conf *conf_parse(
    struct bundle *bundle, const char *path, struct diags *diags);
/* As conf_load, for who wants the rules for a host's own accounts: what only
 * a proxy needs isn't asked about, and groups may be the system's. */
struct conf *conf_load_host(
    struct bundle *bundle, const char *path, struct diags *diags);
void conf_free(struct conf *conf);

/* Where clients find this proxy's own site, without a slash at the end: as
 * `authority … url` says, else by `name` and the port of the first listener
 * without TLS. The caller frees it. NULL where there is none of them. */
char *conf_site(const struct conf *conf);

/* Where Debian keeps the system's trust anchors; conf_load reads it into the
 * bundle where the model says trust_system. */
#define CONF_SYSTEM_TRUST "/etc/ssl/certs/ca-certificates.crt"

/* The canonical text: parsing it gives an equal model. */
void conf_print(const struct conf *conf, FILE *out);

/* The word for bit i of enum cert_fault; NULL: there is none. */
const char *conf_fault_word(unsigned i);

#endif
