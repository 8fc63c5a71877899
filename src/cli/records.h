/*
 * records: where records go: a file, syslog, or nowhere.
 *
 * The supervisor opens, workers and guard write; after a SIGUSR1, or where a new
 * configuration says otherwise, it is opened anew and handed out again.
 */
#ifndef CLI_RECORDS_H
#define CLI_RECORDS_H

#include "conf/model.h"

struct records {
	enum record_sink sink;
	int fd; /* owned; -1 where there is none */
};

void records_init(struct records *records);
void records_clear(struct records *records);

/* Opens what conf says and, only then, lets go of the old one. NULL, or why
 * not, in words; borrowed until the next call. Where there is no syslog
 * socket, that is said and there is no sink until it is opened again. */
const char *records_open(struct records *records, const struct conf *conf);

#endif
