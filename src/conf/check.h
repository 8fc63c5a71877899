/*
 * check: judges a parsed model: references, files, what can't mean anything.
 */
#ifndef CONF_CHECK_H
#define CONF_CHECK_H

#include "conf/reading.h"

/* Runs over a model with errors too, so that all are found in one go. */
void check_model(struct reading *reading);
/* The same of what matters to a host. */
void check_host(struct reading *reading);
/* Of rules alone: rules that can never match, and those that say more than
 * was probably meant. */
void check_rules(struct reading *reading);
void check_credentials(struct reading *reading);
void check_origins(struct reading *reading);

enum expected {
	EXPECT_FILE,
	EXPECT_DIRECTORY,
	EXPECT_CERTIFICATE,
	EXPECT_CRL
};

/* What everybody may read, in PEM: its content goes to the roles. */
void check_pem(struct reading *reading, struct place at, const char *path,
    enum expected expected);
/* What only one role may read, or isn't read at all: it must exist. */
void check_exists(struct reading *reading, struct place at, const char *path,
    enum expected expected);

#endif
