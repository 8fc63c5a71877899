/*
 * bed: what the tests of net stand on: a loop, certificates made in memory,
 * socket pairs, a recorder of what an io tells, and a TLS peer that moves as
 * few bytes at a time as the test says.
 */
#ifndef TEST_NET_BED_H
#define TEST_NET_BED_H

#include <openssl/ssl.h>

#include "net/io.h"

struct bed {
	struct event_base *base;
	EVP_PKEY *ca_key, *leaf_key;
	X509 *ca;
	char *ca_pem; /* owned */
	size_t ca_pem_len;
	SSL_CTX *server, *client; /* as net/tls.h makes them */
	struct tls_leaf *leaf;    /* for "origin.example" and 127.0.0.1 */
};

void bed_init(struct bed *bed);
void bed_clear(struct bed *bed);

struct bed_cert {
	const char *san; /* "DNS:a.example,IP:127.0.0.1"; NULL: none */
	const char *cn;
	long from_s, until_s; /* relative to now */
	bool self_signed;
};
/* The caller frees. */
X509 *bed_cert(const struct bed *bed, const struct bed_cert *cert);
struct tls_leaf *bed_leaf(const struct bed *bed, const struct bed_cert *cert);

/* Runs the loop until nothing is ready, at most a bounded number of times. */
void bed_settle(struct bed *bed);
/* Runs the loop until *flag or ms have passed. */
void bed_wait(struct bed *bed, const bool *flag, unsigned ms);

void bed_pair(int fd[2]);     /* AF_UNIX, non-blocking */
void bed_tcp_pair(int fd[2]); /* loopback TCP, non-blocking */
void bed_small_buffers(int fd);

/* What an io told. */
#define SEEN_MAX 64
struct seen {
	struct io *io;
	enum io_event events[SEEN_MAX]; /* IO_DATA in a row counts once */
	size_t n;
	struct evbuffer *data;       /* owned; what was taken from the input */
	bool keep;                   /* leave the input where it is */
	bool echo;                   /* send everything back */
	const struct tls_leaf *leaf; /* present this one at IO_HELLO */
	enum io_event free_at;       /* io_free() then, where free_now is set */
	bool free_now, freed;
	bool finish_at_eof;
};

void seen_init(struct seen *seen, struct bed *bed, int fd);
void seen_clear(struct seen *seen); /* frees the io, if it is still there */
bool seen_has(const struct seen *seen, enum io_event event);
size_t seen_count(const struct seen *seen, enum io_event event);

/* A TLS (or plain) peer over a descriptor, in memory BIOs. */
struct peer {
	int fd;                      /* owned */
	SSL *ssl;                    /* owned; NULL: plain */
	struct evbuffer *sent, *got; /* owned; application bytes */
	bool eof;                    /* the descriptor's end was read */
	bool reset;                  /* that end was a reset */
	bool closed;                 /* close_notify was read */
	bool failed;
	unsigned long why; /* OpenSSL's first error then */
};

void peer_init(struct peer *peer, int fd);
void peer_tls(struct peer *peer, SSL_CTX *ctx, bool server, const char *sni);
void peer_clear(struct peer *peer);
/* Moves at most `in` bytes from and `out` bytes to the descriptor, and lets
 * TLS work. True where anything moved. */
bool peer_step(struct peer *peer, size_t in, size_t out);
/* The same in turns with the loop, until neither moves. */
void peer_run(struct peer *peer, struct bed *bed, size_t in, size_t out);

/* Plain contexts for peers, trusting or being what the bed made. */
SSL_CTX *bed_peer_client(const struct bed *bed);
SSL_CTX *bed_peer_server(const struct bed *bed, const struct bed_cert *cert);

/* Bytes that tell their place. */
void fill_pattern(char *p, size_t n, size_t from);
void check_pattern(struct evbuffer *buf, size_t n);

#endif
