/*
 * clock: the two times a proxy needs.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Monotonic, for deadlines and durations. */
uint64_t clock_ms(void);
uint64_t clock_us(void);

/* Wall clock in microseconds since 1970, for records and certificates. */
uint64_t clock_wall_us(void);

#define CLOCK_STAMP_SIZE 28
/* "2026-11-26T10:50:49.123456Z" (RFC 3339, UTC) into buf; returns buf. */
char *clock_stamp(char buf[CLOCK_STAMP_SIZE], uint64_t wall_us);

#define CLOCK_HTTP_SIZE 30
/* "Thu, 26 Nov 2026 10:50:49 GMT" (RFC 9110 section 5.6.7). */
char *clock_http(char buf[CLOCK_HTTP_SIZE], uint64_t wall_us);

#endif
