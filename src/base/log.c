/*
 * log: putting a line together and handing it to the kernel in one piece.
 *
 * Runs in every process; all of them share standard error, so a line is one
 * write(2) and never a part of one.  It allocates nothing: it must work when
 * memory has run out.  What doesn't fit is cut, what can't be written is
 * lost: a proxy doesn't stop because nobody reads its log.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

#define LINE_SIZE 2048
#define ROLE_SIZE 32
#define LIMIT_WINDOW_MS 60000

static const char *const level_names[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static const char cut[] = "...";

/* the only mutable state of file scope in the program */
static struct {
	char role[ROLE_SIZE]; /* empty until log_init */
	enum log_level level;
} the_log = { "", LOG_LEVEL_INFO };

void
log_init(const char *role, enum log_level level)
{
	snprintf(the_log.role, sizeof(the_log.role), "%s", role);
	the_log.level = level;
}

void
log_set_level(enum log_level level)
{
	the_log.level = level;
}

enum log_level
log_get_level(void)
{
	return the_log.level;
}

/* Before log_init a person at a terminal reads: no time, the program's name. */
static size_t
put_head(char *line, enum log_level level)
{
	char stamp[CLOCK_STAMP_SIZE];
	int n;

	if (the_log.role[0])
		n = snprintf(line, LINE_SIZE,
		    "%s %s %s: ", clock_stamp(stamp, clock_wall_us()),
		    the_log.role, level_names[level]);
	else
		n = snprintf(
		    line, LINE_SIZE, "sallyport: %s: ", level_names[level]);
	return n > 0 ? (size_t)n : 0;
}

/* Appends at most room bytes, of which the last is kept for the newline. */
__attribute__((format(printf, 3, 0))) static size_t
put_message(char *p, size_t room, const char *fmt, va_list args)
{
	int n = vsnprintf(p, room, fmt, args);

	if (n < 0)
		return 0;
	if ((size_t)n < room)
		return (size_t)n;
	memcpy(p + room - sizeof(cut), cut, sizeof(cut));
	return room - 1;
}

/* A line that holds a newline would be two, whoever let it through. */
static void
flatten(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			p[i] = '?';
}

__attribute__((format(printf, 2, 0))) static void
write_line(enum log_level level, const char *fmt, va_list args)
{
	char line[LINE_SIZE];
	int saved_errno = errno;
	size_t n = put_head(line, level);

	errno = saved_errno; /* for "%m" */
	n += put_message(line + n, sizeof(line) - n, fmt, args);
	flatten(line, n);
	line[n++] = '\n';
	while (write(STDERR_FILENO, line, n) < 0 && errno == EINTR)
		;
	errno = saved_errno;
}

void
log_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_line(LOG_LEVEL_ERROR, fmt, args);
	va_end(args);
}

void
log_warn(const char *fmt, ...)
{
	va_list args;

	if (the_log.level < LOG_LEVEL_WARN)
		return;
	va_start(args, fmt);
	write_line(LOG_LEVEL_WARN, fmt, args);
	va_end(args);
}

void
log_info(const char *fmt, ...)
{
	va_list args;

	if (the_log.level < LOG_LEVEL_INFO)
		return;
	va_start(args, fmt);
	write_line(LOG_LEVEL_INFO, fmt, args);
	va_end(args);
}

void
log_debug(const char *fmt, ...)
{
	va_list args;

	if (the_log.level < LOG_LEVEL_DEBUG)
		return;
	va_start(args, fmt);
	write_line(LOG_LEVEL_DEBUG, fmt, args);
	va_end(args);
}

void
fatal(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_line(LOG_LEVEL_ERROR, fmt, args);
	va_end(args);
	exit(1);
}

static bool
shows_as_is(size_t len, uint32_t c)
{
	return len > 0 && !utf8_is_control(c) && c != '"' && c != '\\' &&
	    c != '\'';
}

/* The next piece of *s, printable, into piece; returns its length. A byte
 * that isn't shown as it is takes four. */
static size_t
quote_next(struct slice *s, char piece[5])
{
	uint32_t c = 0;
	size_t len = utf8_decode(*s, &c);

	if (shows_as_is(len, c)) {
		memcpy(piece, s->p, len);
		*s = slice_from_idx(*s, len);
		return len;
	}
	snprintf(piece, 5, "\\x%02x", (unsigned)(unsigned char)s->p[0]);
	*s = slice_from_idx(*s, 1);
	return 4;
}

char *
log_quote(char buf[LOG_QUOTE_SIZE], struct slice s)
{
	size_t n = 0;
	size_t safe = 0; /* how much may stay if "..." must follow */

	while (s.n) {
		char piece[5];
		size_t len = quote_next(&s, piece);

		if (n + len >= LOG_QUOTE_SIZE) {
			memcpy(buf + safe, cut, sizeof(cut));
			return buf;
		}
		memcpy(buf + n, piece, len);
		n += len;
		if (n + sizeof(cut) <= LOG_QUOTE_SIZE)
			safe = n;
	}
	buf[n] = '\0';
	return buf;
}

int
log_allowed(struct log_limit *limit, unsigned burst, unsigned *missed)
{
	uint64_t now = clock_ms();

	*missed = 0;
	if (now - limit->window_start_ms >= LIMIT_WINDOW_MS) {
		*missed = limit->missed;
		*limit = (struct log_limit){ .window_start_ms = now };
	}
	if (limit->seen < burst) {
		limit->seen++;
		return 1;
	}
	limit->missed++;
	return 0;
}
