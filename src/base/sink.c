/*
 * sink: writes lines of records, and says when it can't.
 *
 * Runs in every process that records something; opens nothing.
 */
#include "base/sink.h"

#include <sys/socket.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

void
sink_init(struct sink *sink)
{
	*sink = (struct sink){ .kind = RECORD_OFF, .fd = -1 };
}

void
sink_clear(struct sink *sink)
{
	sink_set(sink, RECORD_OFF, -1);
}

void
sink_set(struct sink *sink, enum record_sink kind, int fd)
{
	if (sink->fd != -1)
		close(sink->fd);
	sink->kind = kind;
	sink->fd = fd;
}

static void
failed(struct sink *sink, size_t records)
{
	unsigned missed;
	int saved = errno;

	sink->lost += records;
	if (log_allowed(&sink->limit, 1, &missed))
		log_error("records can't be written: %s (%" PRIu64
			  " lost so far)",
		    strerror(saved), sink->lost);
}

static void
write_file(struct sink *sink, struct slice lines)
{
	size_t done = 0;
	ssize_t n;

	while (done < lines.n) {
		n = write(sink->fd, lines.p + done, lines.n - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			failed(sink, 1);
			return;
		}
		done += (size_t)n;
	}
}

/* RFC 3164, facility local0, severity info, one datagram a record. The queue of
 * such a socket is short, ten datagrams by the kernel's default. */
static size_t
write_syslog(struct sink *sink, struct slice lines)
{
	struct slice rest = lines, line;
	size_t done = 0;
	ssize_t sent;
	char *text;

	while (slice_split(&rest, '\n', &line)) {
		text = mem_printf(
		    "<134>sallyport[%d]: %.*s", (int)getpid(), SLICE_ARG(line));
		sent = line.n == 0 ? 0
				   : send(sink->fd, text, strlen(text),
					 MSG_DONTWAIT | MSG_NOSIGNAL);
		free(text);
		if (sent < 0 && (errno == EAGAIN || errno == ENOBUFS))
			return done;
		if (sent < 0)
			failed(sink, 1);
		done = lines.n - rest.n;
	}
	return lines.n;
}

size_t
sink_write(struct sink *sink, struct slice lines)
{
	if (lines.n == 0)
		return 0;
	switch (sink->kind) {
	case RECORD_FILE:
		write_file(sink, lines);
		break;
	case RECORD_SYSLOG:
		return write_syslog(sink, lines);
	case RECORD_OFF:
		break;
	}
	return lines.n;
}

void
sink_lose(struct sink *sink, struct slice lines)
{
	size_t n = 0;

	for (size_t i = 0; i < lines.n; i++)
		n += lines.p[i] == '\n';
	errno = EAGAIN;
	if (n > 0)
		failed(sink, n);
}

void
sink_write_once(struct sink *sink, struct slice lines)
{
	sink_lose(sink, slice_from_idx(lines, sink_write(sink, lines)));
}
