/*
 * ca_revoke: adds a leaf's serial to the list beside the CA's certificate.
 * The signer signs it with the next reload, and never uses the serial again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/ca.h"
#include "cli/verb.h"
#include "signer/revoked.h"

static int
append(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	ssize_t n;
	int saved;

	if (fd < 0)
		return -1;
	n = write(fd, line, strlen(line));
	if (n == (ssize_t)strlen(line) && fsync(fd) == 0) {
		close(fd);
		return 0;
	}
	saved = n < 0 ? errno : EIO;
	close(fd);
	errno = saved;
	return -1;
}

static char *
line_of(const struct revoked_one *one, const char *reason)
{
	char serial[REVOKED_SERIAL_MAX * 2 + 1], day[16];
	time_t now = time(NULL);
	struct tm tm;

	for (size_t i = 0; i < one->n; i++)
		sprintf(serial + i * 2, "%02X", one->serial[i]);
	gmtime_r(&now, &tm);
	strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	return mem_printf("%s %s %s\n", serial, day, reason);
}

/* What is there already must be readable, or one more line would not be
 * read either. */
static int
read_list(const char *path, struct revoked *out)
{
	struct secret text = { NULL, 0, 0 };
	const char *why = NULL;
	char *where;
	unsigned line;

	*out = (struct revoked){ NULL, 0 };
	if (ca_read(path, &text) < 0)
		return errno == ENOENT ? VERB_OK
				       : ca_failed(path, strerror(errno));
	why = revoked_parse(secret_slice(&text), out, &line);
	secret_clear(&text);
	if (!why && out->n == REVOKED_MAX)
		return ca_failed(path, "holds as many as a list may");
	if (!why)
		return VERB_OK;
	where = mem_printf("%s:%u", path, line);
	ca_failed(where, why);
	free(where);
	return VERB_FAILED;
}

static int
add(const char *path, const struct revoked_one *one, const char *reason)
{
	char *line = line_of(one, reason);
	int status = VERB_OK;

	if (append(path, line) < 0)
		status = ca_failed(path, strerror(errno));
	else
		printf("%s: %s", path, line);
	free(line);
	return status;
}

int
ca_revoke(const struct ca *ca)
{
	char *path = mem_printf("%s.revoked", ca->cert);
	const char *reason = ca->reason ? ca->reason : "unspecified";
	struct revoked list = { NULL, 0 };
	struct revoked_one one;
	const char *why = revoked_serial(slice_of(ca->word), &one);
	int status = VERB_OK;

	if (why)
		status = ca_failed(ca->word, why);
	else if (revoked_reason(slice_of(reason)) < 0)
		status = ca_failed(reason, "is none of the reasons");
	else
		status = read_list(path, &list);
	if (status == VERB_OK && revoked_has(&list, one.serial, one.n))
		status = ca_failed(ca->word, "is revoked already");
	else if (status == VERB_OK)
		status = add(path, &one, reason);
	revoked_clear(&list);
	free(path);
	return status;
}
