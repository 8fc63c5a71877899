/* calls: how many system calls sock.c made in this process. */
#ifndef TEST_NET_CALLS_H
#define TEST_NET_CALLS_H

struct calls {
	unsigned recv, send;
};

struct calls *calls_seen(void);

#endif
