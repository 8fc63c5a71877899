/*
 * records: opening the sink of records.
 *
 * Runs in the supervisor, which never writes a record.
 */
#include "cli/records.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define SYSLOG_PATH "/dev/log"

void
records_init(struct records *records)
{
	*records = (struct records){ .sink = RECORD_OFF, .fd = -1 };
}

void
records_clear(struct records *records)
{
	if (records->fd >= 0)
		close(records->fd);
	records_init(records);
}

static int
syslog_open(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", SYSLOG_PATH);
	if (fd >= 0 &&
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	log_warn("no records are written: %s: %m", SYSLOG_PATH);
	if (fd >= 0)
		close(fd);
	return -1;
}

const char *
records_open(struct records *records, const struct conf *conf)
{
	static char why[512];
	struct records fresh = { .sink = conf->record_sink, .fd = -1 };

	switch (conf->record_sink) {
	case RECORD_FILE:
		fresh.fd = open(conf->record_path,
		    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
		if (fresh.fd < 0) {
			snprintf(why, sizeof(why), "cannot open %.400s: %s",
			    conf->record_path, strerror(errno));
			return why;
		}
		break;
	case RECORD_SYSLOG:
		fresh.fd = syslog_open();
		if (fresh.fd < 0)
			fresh.sink = RECORD_OFF;
		break;
	case RECORD_OFF:
		break;
	}
	records_clear(records);
	*records = fresh;
	return NULL;
}
