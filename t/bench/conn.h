/*
 * conn: one client connection of the load generator, as a state machine over
 * a non-blocking socket: connect, CONNECT with a login, TLS handshake, GETs.
 *
 * Without a proxy the TLS handshake comes first: for reverse proxies and for
 * asking the origin itself.  One thread, one epoll; nothing here blocks.
 */
#ifndef BENCH_CONN_H
#define BENCH_CONN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include <openssl/ssl.h>

#include "hist.h"

struct load {
	/* set by main */
	int epoll;
	SSL_CTX *ctx;
	struct sockaddr_storage addr; /* proxy's, or the server's */
	socklen_t addrlen;
	const char *connect_head; /* the whole CONNECT head; NULL: none */
	const char *server_name;
	const char *suffix; /* each connection's name is its number and this;
	                     * NULL: all have server_name */
	const char *path, *port; /* for the GET */
	bool resume;             /* keep and offer TLS sessions */
	uint64_t per_conn;       /* GETs on one connection */

	/* results */
	uint64_t started;  /* connections */
	uint64_t requests; /* GETs that were answered with 200 */
	uint64_t resumed;
	uint64_t bytes; /* of bodies */
	uint64_t failed;
	const char *first_error; /* static words */
	struct hist times;       /* of GETs */
	struct hist handshakes;  /* from connect to TLS done */
};

enum conn_state {
	CONN_IDLE, /* no socket */
	CONN_CONNECT,
	CONN_ASK,    /* CONNECT is being written */
	CONN_ANSWER, /* and answered */
	CONN_HANDSHAKE,
	CONN_WRITE,
	CONN_READ,
	CONN_HELD /* open and silent, see conn_hold */
};

#define CONN_HEAD_MAX 8192

struct conn {
	struct load *load; /* borrowed */
	enum conn_state state;
	int fd;
	SSL *ssl;             /* owned */
	SSL_SESSION *session; /* owned; of the last connection */
	char name[64];        /* shown and asked for */
	char request[1024];   /* the GET head with it */
	size_t at;            /* of what is being written */
	uint64_t began;       /* the current GET or connection */
	uint64_t done;        /* GETs on this connection */
	char head[CONN_HEAD_MAX];
	size_t nhead;
	bool in_body;
	uint64_t left; /* of the body */
};

uint64_t now_us(void);

/* Opens a connection. 0, or -1 when not even a socket could be made. */
int conn_start(struct conn *conn);
/* Goes on as far as it can. Afterwards state is CONN_IDLE when the
 * connection is over, well or not, and CONN_HELD when it made its GETs and
 * is kept. */
void conn_drive(struct conn *conn, bool hold);
void conn_stop(struct conn *conn);
void conn_clear(struct conn *conn);

#endif
