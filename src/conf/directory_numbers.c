/*
 * directory_numbers: the times and limits of a `directory` statement.
 */
#include "conf/directory.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

#define TIME(field, word, value, min, max, meaning)                            \
	{                                                                      \
		word, offsetof(struct directory_times, field), value, min,     \
		    max, UNIT_MILLISECONDS, meaning                            \
	}
static const struct setting times[] = {
	TIME(connect, "connect", 3 * SECOND, 100, MINUTE,
	    "a connection with its TLS handshake and its first bind"),
	TIME(search, "search", 5 * SECOND, 100, MINUTE, "an answer"),
	TIME(bind, "bind", 5 * SECOND, 100, MINUTE, "a password's check"),
	TIME(refresh, "refresh", 10 * MINUTE, SECOND, DAY,
	    "names and groups of an account are kept"),
	TIME(grace, "grace", 8 * HOUR, 0, 30 * DAY,
	    "a login that was right goes on while no server answers"),
	TIME(remember, "remember", 15 * MINUTE, 0, DAY,
	    "a wrong password is not sent again"),
	TIME(window, "window", 15 * MINUTE, SECOND, DAY,
	    "failures are counted over"),
};

#define NUMBER(field, word, value, min, max, meaning)                          \
	{                                                                      \
		word, offsetof(struct directory_limits, field), value, min,    \
		    max, UNIT_COUNT, meaning                                   \
	}
static const struct setting numbers[] = {
	NUMBER(connections, "connections", 1024, 1, 5000,
	    "connections for checks of passwords, in all"),
	NUMBER(queue, "queue", 10000, 1, 100000, "logins under way"),
	NUMBER(account, "account", 3, 1, 1000,
	    "wrong passwords of an account in a window"),
	NUMBER(client, "client", 30, 1, 100000,
	    "wrong passwords of an address in a window"),
};

struct settings
directory_times(void)
{
	return (struct settings){ "timeout", times, COUNT_OF(times) };
}

struct settings
directory_numbers(void)
{
	return (struct settings){ "limit", numbers, COUNT_OF(numbers) };
}
