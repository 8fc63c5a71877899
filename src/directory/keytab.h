/*
 * keytab: reads the file that holds a Kerberos service's keys.
 *
 * Pure.  The format is MIT Kerberos's version 5.2, which all write; it is
 * read here since the process that uses it opens no file.
 */
#ifndef DIRECTORY_KEYTAB_H
#define DIRECTORY_KEYTAB_H

#include <stdint.h>

#include "base/slice.h"

#define KEYTAB_FILE_MAX (256u << 10)
#define KEYTAB_ENTRIES_MAX 1000
#define KEYTAB_NAME_MAX 512

struct keytab_entry {
	char principal[KEYTAB_NAME_MAX]; /* "HTTP/proxy.corp.test@CORP.TEST" */
	char realm[KEYTAB_NAME_MAX];
	uint32_t kvno;
	uint16_t enctype;
	struct slice key; /* borrowed from the file's bytes */
};

typedef void keytab_fn(const struct keytab_entry *entry, void *arg);

/* Calls on_entry for each, in their order. NULL, or what is wrong; entries
 * before that have been told then. */
const char *keytab_read(struct slice file, keytab_fn *on_entry, void *arg);

#endif
