/*
 * log: what the operator reads, on standard error, one line an event.
 *
 * Levels: error (somebody must act), warn, info, debug.  Text that came from
 * a peer goes through log_quote(), which is the only escaping there is.
 * Never content, never credentials.  The per-request records are not here:
 * they are proxy/audit.h's.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* role stands before every line, behind the time ("proxy[3]"); copied. Until
 * it is called a line is for a person at a terminal: "sallyport: error: ...",
 * and info is the level. */
void log_init(const char *role, enum log_level level);
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The environment is unusable: logs and exits 1. Start-up, or a corrupt
 * channel; never for what a peer did. */
_Noreturn void fatal(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

#define LOG_QUOTE_SIZE 320
/* Peer text made printable: control bytes, quotes, backslashes and invalid
 * UTF-8 as \xHH, and with them characters that turn the direction of
 * writing; cut with "..." to fit. Returns buf. */
char *log_quote(char buf[LOG_QUOTE_SIZE], struct slice s);

/* For events a stranger can cause in bulk: true at most `burst` times per
 * minute for each limit; says how many were left out when it opens again
 * by setting *missed. */
struct log_limit {
	uint64_t window_start_ms;
	unsigned seen;
	unsigned missed;
};
int log_allowed(struct log_limit *limit, unsigned burst, unsigned *missed);

#endif
