/*
 * ldap_latency: a directory server that says yes to everybody after a while,
 * and a client that asks it for all it can.
 *
 *	ldap_latency PORT MS		serve; every answer is MS late
 *	ldap_latency -d PORT CONNS SECONDS	binds, one at a time on each of
 *					CONNS connections; prints how many a
 *					second
 *
 * It listens on 127.0.0.1 and takes words on its standard input: "hang" (what
 * comes is kept), "go" (and answered, with what was kept), "stats" (prints
 * binds, those in flight at most and now, and counts anew), "late MS".
 * Written in C so that it isn't what is measured: some 100,000 binds a second.
 */
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONNS_MAX 16384 /* descriptors */
#define MESSAGE_MAX 2048
#define DUES_MAX 65536
#define NAME_MAX_LEN 64
#define EVENTS 256

enum kind {
	KIND_BIND,
	KIND_SEARCH
};

struct conn {
	bool open;
	unsigned life; /* counts the connections that had this descriptor */
	unsigned char in[MESSAGE_MAX];
	size_t n;
};

struct due {
	uint64_t at_us;
	int fd;
	unsigned life;
	uint32_t msgid;
	enum kind kind;
	char name[NAME_MAX_LEN];
	size_t nname;
};

static struct conn conns[CONNS_MAX];
static struct due dues[DUES_MAX]; /* a ring; all wait equally long */
static size_t due_head, due_count;
static uint64_t late_us, binds, in_flight, most;
static bool hangs;

static void
die(const char *what)
{
	fprintf(stderr, "ldap_latency: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* --- BER, as far as these messages need it ----------------------------------- */

/* The content of the element at p: its length, or -1 while it isn't whole.
 * *head: bytes before it. */
static ssize_t
element(const unsigned char *p, size_t n, size_t *head)
{
	size_t length, bytes;

	if (n < 2)
		return -1;
	length = p[1];
	*head = 2;
	if (length & 0x80) {
		bytes = length & 0x7f;
		if (bytes > 4 || n < 2 + bytes)
			return -1;
		length = 0;
		for (size_t i = 0; i < bytes; i++)
			length = length << 8 | p[2 + i];
		*head += bytes;
	}
	return n < *head + length ? -1 : (ssize_t)length;
}

static size_t
put(unsigned char *out, unsigned char tag, const void *p, size_t n)
{
	out[0] = tag;
	out[1] = (unsigned char)n; /* all of ours are shorter than 128 */
	memmove(out + 2, p, n);
	return n + 2;
}

static size_t
put_message(unsigned char *out, uint32_t msgid, const void *op, size_t nop)
{
	unsigned char body[256];
	unsigned char id[4] = { (unsigned char)(msgid >> 24),
		(unsigned char)(msgid >> 16), (unsigned char)(msgid >> 8),
		(unsigned char)msgid };
	size_t n = put(body, 0x02, id, sizeof(id));

	memcpy(body + n, op, nop);
	return put(out, 0x30, body, n + nop);
}

static size_t
put_done(unsigned char *out, uint32_t msgid, unsigned char tag)
{
	static const unsigned char ok[] = { 0x0a, 1, 0, 4, 0, 4, 0 };
	unsigned char op[16];

	return put_message(out, msgid, op, put(op, tag, ok, sizeof(ok)));
}

static size_t
put_entry(unsigned char *out, const struct due *due)
{
	unsigned char dn[NAME_MAX_LEN + 4], value[NAME_MAX_LEN + 2];
	unsigned char line[128], lines[128], op[200], tmp[200];
	size_t n, ndn;

	memcpy(dn, "uid=", 4);
	memcpy(dn + 4, due->name, due->nname);
	ndn = 4 + due->nname;
	n = put(line, 0x04, "uid", 3);
	n += put(
	    line + n, 0x31, value, put(value, 0x04, due->name, due->nname));
	n = put(lines, 0x30, line, n);
	n = put(tmp, 0x30, lines, n);
	memmove(op + ndn + 2, tmp, n);
	n += put(op, 0x04, dn, ndn);
	n = put(tmp, 0x64, op, n);
	return put_message(out, due->msgid, tmp, n);
}

/* --- serving -------------------------------------------------------------------- */

static void
answer(const struct due *due)
{
	unsigned char out[600];
	size_t n = 0;

	in_flight -= due->kind == KIND_BIND;
	if (!conns[due->fd].open || conns[due->fd].life != due->life)
		return;
	if (due->kind == KIND_SEARCH && due->nname)
		n = put_entry(out, due);
	n += put_done(
	    out + n, due->msgid, due->kind == KIND_BIND ? 0x61 : 0x65);
	(void)send(due->fd, out, n, MSG_NOSIGNAL);
}

/* The name in "(uid=NAME)": OCTET STRING "uid", OCTET STRING name. */
static void
find_name(struct due *due, const unsigned char *p, size_t n)
{
	static const unsigned char uid[] = "\x04\x03uid\x04";
	const unsigned char *at = memmem(p, n, uid, sizeof(uid) - 1);
	size_t left, size;

	if (!at)
		return;
	at += sizeof(uid) - 1;
	left = n - (size_t)(at - p);
	size = left ? at[0] : 0;
	if (size == 0 || size > NAME_MAX_LEN - 8 || size >= left)
		return;
	memcpy(due->name, at + 1, size);
	due->nname = size;
}

static void
take_message(int fd, const unsigned char *p, size_t n)
{
	size_t head, op;
	ssize_t length = element(p, n, &head);
	struct due *due = &dues[(due_head + due_count) % DUES_MAX];

	if (length < 0 || p[0] != 0x02 || due_count == DUES_MAX)
		return;
	op = head + (size_t)length;
	if (op >= n || (p[op] != 0x60 && p[op] != 0x63))
		return;
	*due = (struct due){
		.at_us = now_us() + late_us, .fd = fd, .life = conns[fd].life
	};
	for (size_t i = 0; i < (size_t)length; i++)
		due->msgid = due->msgid << 8 | p[head + i];
	due->kind = p[op] == 0x60 ? KIND_BIND : KIND_SEARCH;
	if (due->kind == KIND_SEARCH)
		find_name(due, p + op, n - op);
	due_count++;
	if (due->kind == KIND_BIND) {
		binds++;
		if (++in_flight > most)
			most = in_flight;
	}
}

static void
close_conn(int fd)
{
	conns[fd].open = false;
	close(fd);
}

static void
read_conn(int fd)
{
	struct conn *conn = &conns[fd];
	ssize_t got = recv(
	    fd, conn->in + conn->n, sizeof(conn->in) - conn->n, MSG_DONTWAIT);
	size_t head, at = 0;
	ssize_t length;

	if (got <= 0) {
		if (got == 0 || (errno != EAGAIN && errno != EINTR))
			close_conn(fd);
		return;
	}
	conn->n += (size_t)got;
	while ((length = element(conn->in + at, conn->n - at, &head)) >= 0) {
		take_message(fd, conn->in + at + head, (size_t)length);
		at += head + (size_t)length;
	}
	conn->n -= at;
	memmove(conn->in, conn->in + at, conn->n);
	if (conn->n == sizeof(conn->in))
		close_conn(fd);
}

static void
watch(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		die("epoll");
}

static void
accept_all(int epoll, int sock)
{
	int fd, on = 1;

	while ((fd = accept4(sock, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		if (fd >= CONNS_MAX) {
			close(fd);
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		conns[fd].open = true;
		conns[fd].life++;
		conns[fd].n = 0;
		watch(epoll, fd);
	}
}

/* False: nobody is there any more. */
static bool
take_words(void)
{
	char line[256];
	ssize_t n = read(STDIN_FILENO, line, sizeof(line) - 1);

	if (n <= 0)
		return false;
	line[n] = '\0';
	if (strncmp(line, "hang", 4) == 0)
		hangs = true;
	else if (strncmp(line, "go", 2) == 0)
		hangs = false;
	else if (strncmp(line, "late ", 5) == 0)
		late_us = strtoull(line + 5, NULL, 10) * 1000;
	printf("%llu %llu %llu\n", (unsigned long long)binds,
	    (unsigned long long)most, (unsigned long long)in_flight);
	fflush(stdout);
	if (strncmp(line, "stats", 5) == 0) {
		binds = 0;
		most = in_flight;
	}
	return true;
}

/* Milliseconds until the next answer; -1: none is due. */
static int
answer_due(void)
{
	uint64_t now = now_us();

	while (!hangs && due_count > 0 && dues[due_head].at_us <= now) {
		answer(&dues[due_head]);
		due_head = (due_head + 1) % DUES_MAX;
		due_count--;
	}
	if (hangs || due_count == 0)
		return -1;
	return (int)((dues[due_head].at_us - now + 999) / 1000);
}

static struct sockaddr_in
loopback(const char *port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int
serve(const char *port)
{
	struct sockaddr_in addr = loopback(port);
	struct epoll_event events[EVENTS];
	int epoll = epoll_create1(0), on = 1;
	int sock = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(sock, 8192) < 0)
		die("listen");
	watch(epoll, sock);
	watch(epoll, STDIN_FILENO);
	for (;;) {
		int n = epoll_wait(epoll, events, EVENTS, answer_due());

		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;

			if (fd == sock)
				accept_all(epoll, sock);
			else if (fd != STDIN_FILENO)
				read_conn(fd);
			else if (!take_words())
				return 0;
		}
	}
}

/* --- asking ----------------------------------------------------------------------- */

static void
send_bind(int fd)
{
	/* message 1: bind, version 3, a name, simple "secret" */
	static const unsigned char bind[] = "\x30\x1c\x02\x01\x01\x60\x17\x02"
					    "\x01\x03\x04\x0auid=direct\x80"
					    "\x06secret";

	if (send(fd, bind, sizeof(bind) - 1, MSG_NOSIGNAL) < 0)
		die("send");
}

static int
ask(const char *port, int n, uint64_t seconds)
{
	struct sockaddr_in addr = loopback(port);
	struct epoll_event events[EVENTS];
	int epoll = epoll_create1(0), on = 1;
	uint64_t began, now, answered = 0;
	unsigned char in[256];

	for (int i = 0; i < n; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (fd < 0 ||
		    connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
			die("connect");
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		watch(epoll, fd);
		send_bind(fd);
	}
	began = now = now_us();
	while (now - began < seconds * 1000000) {
		int ready = epoll_wait(epoll, events, EVENTS, 1000);

		for (int i = 0; i < ready; i++) {
			if (recv(events[i].data.fd, in, sizeof(in), 0) <= 0)
				die("recv");
			answered++;
			send_bind(events[i].data.fd);
		}
		now = now_us();
	}
	printf("%.0f\n", (double)answered * 1e6 / (double)(now - began));
	return 0;
}

int
main(int argc, char **argv)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (argc == 5 && strcmp(argv[1], "-d") == 0)
		return ask(argv[2], atoi(argv[3]), strtoull(argv[4], NULL, 10));
	if (argc != 3) {
		fputs("usage: ldap_latency PORT MS\n"
		      "       ldap_latency -d PORT CONNS SECONDS\n",
		    stderr);
		return 2;
	}
	late_us = strtoull(argv[2], NULL, 10) * 1000;
	return serve(argv[1]);
}
