/*
 * clock: asking the kernel for the time, and writing times down.
 *
 * Runs in every process.  Dates are put together by hand: strftime(3) would
 * follow the locale, and both forms here are fixed by their RFCs.
 */
#include "base/clock.h"

#include <string.h>
#include <time.h>

#include "base/must.h"

#define US_PER_S UINT64_C(1000000)
/* 9999-12-31T23:59:59Z: both forms have four digits for the year */
#define LAST_SECOND UINT64_C(253402300799)

static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri",
	"Sat" };
static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static uint64_t
now_us(clockid_t id)
{
	struct timespec ts;

	must(clock_gettime(id, &ts) == 0);
	return (uint64_t)ts.tv_sec * US_PER_S + (uint64_t)ts.tv_nsec / 1000;
}

static char *
put_digits(char *p, uint64_t value, int width)
{
	for (int i = width - 1; i >= 0; i--) {
		p[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return p + width;
}

static char *
put_text(char *p, const char *text)
{
	size_t n = strlen(text);

	memcpy(p, text, n);
	return p + n;
}

/* hh:mm:ss */
static char *
put_time(char *p, const struct tm *tm)
{
	p = put_digits(p, (uint64_t)tm->tm_hour, 2);
	*p++ = ':';
	p = put_digits(p, (uint64_t)tm->tm_min, 2);
	*p++ = ':';
	return put_digits(p, (uint64_t)tm->tm_sec, 2);
}

static struct tm
broken_down(uint64_t wall_us)
{
	uint64_t second = wall_us / US_PER_S;
	struct tm tm;
	time_t t = (time_t)(second < LAST_SECOND ? second : LAST_SECOND);

	must(gmtime_r(&t, &tm) != NULL);
	return tm;
}

uint64_t
clock_ms(void)
{
	return clock_us() / 1000;
}

uint64_t
clock_us(void)
{
	return now_us(CLOCK_MONOTONIC);
}

uint64_t
clock_wall_us(void)
{
	return now_us(CLOCK_REALTIME);
}

char *
clock_stamp(char buf[CLOCK_STAMP_SIZE], uint64_t wall_us)
{
	struct tm tm = broken_down(wall_us);
	char *p = buf;

	p = put_digits(p, (uint64_t)tm.tm_year + 1900, 4);
	*p++ = '-';
	p = put_digits(p, (uint64_t)tm.tm_mon + 1, 2);
	*p++ = '-';
	p = put_digits(p, (uint64_t)tm.tm_mday, 2);
	*p++ = 'T';
	p = put_time(p, &tm);
	*p++ = '.';
	p = put_digits(p, wall_us % US_PER_S, 6);
	*p++ = 'Z';
	*p = '\0';
	return buf;
}

char *
clock_http(char buf[CLOCK_HTTP_SIZE], uint64_t wall_us)
{
	struct tm tm = broken_down(wall_us);
	char *p = put_text(buf, days[tm.tm_wday]);

	p = put_text(p, ", ");
	p = put_digits(p, (uint64_t)tm.tm_mday, 2);
	*p++ = ' ';
	p = put_text(p, months[tm.tm_mon]);
	*p++ = ' ';
	p = put_digits(p, (uint64_t)tm.tm_year + 1900, 4);
	*p++ = ' ';
	p = put_time(p, &tm);
	p = put_text(p, " GMT");
	*p = '\0';
	return buf;
}
