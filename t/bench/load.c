/*
 * load: the bench's client: so many connections at a time through a proxy
 * (or straight at a server), so many GETs on each, for a bounded count.
 *
 * It prints one JSON object at the end.  With -i it makes its connections,
 * one GET on each, prints "held N" and keeps them until standard input ends.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "conn.h"

#define CONNS_MAX 20000
#define SECONDS_MAX 120 /* a run that hangs ends */

struct options {
	const char *address; /* -x IP:PORT of the proxy or server */
	const char *target;  /* -t NAME:PORT */
	const char *login;   /* -u USER:PASSWORD */
	const char *ca;      /* -C FILE */
	const char *path;    /* -p PATH */
	const char *suffix;  /* -N SUFFIX */
	unsigned conns;      /* -c */
	uint64_t total;      /* -n connections */
	uint64_t per_conn;   /* -r GETs on each */
	bool direct;         /* -d: no CONNECT */
	bool idle;           /* -i */
	bool resume;         /* -s */
};

static void
usage(void)
{
	fprintf(stderr,
	    "usage: load -x IP:PORT -t NAME:PORT -C CAFILE [-u USER:PASSWORD]\n"
	    "            [-p PATH] [-c CONCURRENT] [-n CONNECTIONS]\n"
	    "            [-r GETS-PER-CONNECTION] [-d] [-i] [-s]\n"
	    "            [-N SUFFIX of a new name for every connection]\n");
	exit(2);
}

static void
parse_options(int argc, char **argv, struct options *o)
{
	int c;

	*o = (struct options){
		.path = "/", .conns = 1, .total = 1, .per_conn = 1
	};
	while ((c = getopt(argc, argv, "x:t:u:C:p:c:n:r:N:dis")) != -1) {
		switch (c) {
		case 'x':
			o->address = optarg;
			break;
		case 't':
			o->target = optarg;
			break;
		case 'u':
			o->login = optarg;
			break;
		case 'C':
			o->ca = optarg;
			break;
		case 'p':
			o->path = optarg;
			break;
		case 'c':
			o->conns = (unsigned)atoi(optarg);
			break;
		case 'n':
			o->total = strtoull(optarg, NULL, 10);
			break;
		case 'r':
			o->per_conn = strtoull(optarg, NULL, 10);
			break;
		case 'N':
			o->suffix = optarg;
			break;
		case 'd':
			o->direct = true;
			break;
		case 'i':
			o->idle = true;
			break;
		case 's':
			o->resume = true;
			break;
		default:
			usage();
		}
	}
	if (o->address == NULL || o->target == NULL || o->ca == NULL ||
	    o->conns == 0 || o->conns > CONNS_MAX || o->per_conn == 0)
		usage();
	if (o->idle)
		o->total = o->conns;
}

static void
parse_address(const char *text, struct load *load)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&load->addr;
	char host[64];
	const char *colon = strrchr(text, ':');

	if (colon == NULL || (size_t)(colon - text) >= sizeof(host))
		usage();
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)atoi(colon + 1));
	if (inet_pton(AF_INET, host, &in->sin_addr) != 1)
		usage();
	load->addrlen = sizeof(*in);
}

/* asprintf that can't fail; the texts live as long as the program. */
#define format(out, ...)                                                       \
	do {                                                                   \
		if (asprintf(out, __VA_ARGS__) < 0)                            \
			err(1, "asprintf");                                    \
	} while (0)

static void
make_texts(const struct options *o, struct load *load)
{
	char *name = strdup(o->target), *head;
	unsigned char word[512] = "";

	if (name == NULL || strrchr(name, ':') == NULL)
		usage();
	load->port = strrchr(o->target, ':') + 1;
	*strrchr(name, ':') = '\0';
	load->server_name = name;
	load->suffix = o->suffix;
	load->path = o->path;
	if (o->login != NULL) {
		if (strlen(o->login) > 300)
			usage();
		EVP_EncodeBlock(word, (const unsigned char *)o->login,
		    (int)strlen(o->login));
	}
	format(&head, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s%s%s\r\n",
	    o->target, o->target, word[0] ? "Proxy-Authorization: Basic " : "",
	    word, word[0] ? "\r\n" : "");
	load->connect_head = o->direct ? NULL : head;
}

static SSL_CTX *
make_ctx(const struct options *o)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (ctx == NULL)
		errx(1, "SSL_CTX_new");
	if (SSL_CTX_load_verify_locations(ctx, o->ca, NULL) != 1)
		errx(1, "%s: no certificates", o->ca);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_read_ahead(ctx, 1);
	return ctx;
}

/* One round of events; false when nothing came for a long time. */
static bool
turn(struct load *load, bool hold)
{
	struct epoll_event events[256];
	int n = epoll_wait(load->epoll, events, 256, 10000);

	if (n == 0 && load->first_error == NULL)
		load->first_error = "nothing happened for ten seconds";
	for (int i = 0; i < n; i++)
		conn_drive(events[i].data.ptr, hold);
	return n > 0;
}

static unsigned
count_state(const struct conn *conns, unsigned n, enum conn_state state)
{
	unsigned found = 0;

	for (unsigned i = 0; i < n; i++)
		found += conns[i].state == state;
	return found;
}

static void
run(struct load *load, struct conn *conns, unsigned n, uint64_t total)
{
	uint64_t end = now_us() + SECONDS_MAX * 1000000ull;

	while (now_us() < end && load->failed < 100) {
		for (unsigned i = 0; i < n && load->started < total; i++) {
			if (conns[i].state == CONN_IDLE &&
			    conn_start(&conns[i]) < 0)
				err(1, "connect");
		}
		if (count_state(conns, n, CONN_IDLE) == n)
			return;
		if (!turn(load, false))
			return;
	}
}

/* Makes all connections, a few at a time, and keeps them. */
static void
hold(struct load *load, struct conn *conns, unsigned n)
{
	unsigned ahead = 0, held = 0;
	char byte;
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	while (held < n && load->failed == 0) {
		while (ahead < n && ahead - held < 20) {
			if (conn_start(&conns[ahead++]) < 0)
				err(1, "connect");
		}
		if (!turn(load, true))
			break;
		held = count_state(conns, n, CONN_HELD);
	}
	printf("held %u\n", held);
	fflush(stdout);
	if (poll(&in, 1, SECONDS_MAX * 1000) > 0 &&
	    read(STDIN_FILENO, &byte, 1) < 0)
		err(1, "read");
}

static void
report(const struct load *load, uint64_t us)
{
	printf("{\"seconds\": %.6f, \"connections\": %llu, "
	       "\"requests\": %llu, \"resumed\": %llu, \"bytes\": %llu, "
	       "\"failed\": %llu, \"p50_us\": %llu, \"p99_us\": %llu, "
	       "\"handshake_p50_us\": %llu, \"handshake_p99_us\": %llu, "
	       "\"error\": \"%s\"}\n",
	    (double)us / 1e6, (unsigned long long)load->handshakes.count,
	    (unsigned long long)load->requests,
	    (unsigned long long)load->resumed, (unsigned long long)load->bytes,
	    (unsigned long long)load->failed,
	    (unsigned long long)hist_quantile(&load->times, .5),
	    (unsigned long long)hist_quantile(&load->times, .99),
	    (unsigned long long)hist_quantile(&load->handshakes, .5),
	    (unsigned long long)hist_quantile(&load->handshakes, .99),
	    load->first_error ? load->first_error : "");
}

static void
raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int
main(int argc, char **argv)
{
	struct options o;
	static struct load load;
	struct conn *conns;
	uint64_t began;

	parse_options(argc, argv, &o);
	raise_limit();
	parse_address(o.address, &load);
	make_texts(&o, &load);
	load.ctx = make_ctx(&o);
	load.resume = o.resume;
	load.per_conn = o.per_conn;
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	conns = calloc(o.conns, sizeof(*conns));
	if (load.epoll < 0 || conns == NULL)
		err(1, "start");
	for (unsigned i = 0; i < o.conns; i++)
		conns[i].load = &load;
	began = now_us();
	if (o.idle)
		hold(&load, conns, o.conns);
	else
		run(&load, conns, o.conns, o.total);
	report(&load, now_us() - began);
	for (unsigned i = 0; i < o.conns; i++)
		conn_clear(&conns[i]);
	free(conns);
	close(load.epoll);
	SSL_CTX_free(load.ctx);
	return load.failed != 0 || load.first_error != NULL;
}
