/*
 * login_load: people who log in to a proxy, or go on with what they do.
 *
 *	login_load PORT CLIENTS SECONDS NAME
 *		CLIENTS connections, each from a loopback address of its own,
 *		ask for a page, each time as somebody new whose name begins
 *		with NAME; prints how many had an answer, how many of these
 *		weren't WANTED, how long it took, in a line.
 *	login_load -p PORT COUNT US NAME
 *		one connection, as NAME, asks every US microseconds, COUNT
 *		times; prints how long each took, in microseconds, from when it
 *		was to begin.
 *
 * The page is a refusal by a rule: it takes a login and nothing behind it.
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

#include <openssl/evp.h>

#define WANTED 403
#define CLIENTS_MAX 16384
#define ANSWER_MAX 65536
#define EVENTS 256

struct client {
	int fd;
	char *in; /* owned: ANSWER_MAX */
	size_t n;
	unsigned asked;
};

static void
die(const char *what)
{
	fprintf(stderr, "login_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void
open_client(struct client *client, const char *port, unsigned number)
{
	struct sockaddr_in from = { .sin_family = AF_INET }, to = from;
	int on = 1;

	from.sin_addr.s_addr = htonl(
	    0x7f090000u + (number / 250 << 8) + 1 + number % 250);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)atoi(port));
	client->fd = socket(AF_INET, SOCK_STREAM, 0);
	client->in = malloc(ANSWER_MAX);
	client->n = 0;
	if (client->fd < 0 || !client->in ||
	    bind(client->fd, (struct sockaddr *)&from, sizeof(from)) < 0 ||
	    connect(client->fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		die("connect");
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static void
ask(struct client *client, const char *user)
{
	char login[128], word[200], text[512];
	int n = snprintf(login, sizeof(login), "%s:secret", user);

	EVP_EncodeBlock((unsigned char *)word, (unsigned char *)login, n);
	n = snprintf(text, sizeof(text),
	    "GET http://www.test/ HTTP/1.1\r\nHost: www.test\r\n"
	    "Proxy-Authorization: Basic %s\r\n\r\n",
	    word);
	if (send(client->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
		die("send");
}

/* The answer's status once it is whole; 0: not yet; -1: it is cut off. */
static int
take_answer(struct client *client)
{
	ssize_t got = recv(
	    client->fd, client->in + client->n, ANSWER_MAX - 1 - client->n, 0);
	const char *end, *length;
	size_t whole;
	int status;

	if (got <= 0)
		return -1;
	client->n += (size_t)got;
	client->in[client->n] = '\0';
	end = strstr(client->in, "\r\n\r\n");
	length = strcasestr(client->in, "\r\ncontent-length: ");
	if (!end || !length || length > end)
		return 0;
	whole = (size_t)(end + 4 - client->in) +
	    strtoull(length + 18, NULL, 10);
	if (client->n < whole)
		return 0;
	status = atoi(client->in + 9);
	client->n = 0;
	return status;
}

/* --- many who log in -------------------------------------------------------------- */

static void
ask_as_new(struct client *client, const char *name, unsigned number)
{
	char user[64];

	snprintf(user, sizeof(user), "%s%u-%u", name, number, client->asked++);
	ask(client, user);
}

static int
log_in(const char *port, unsigned n, uint64_t seconds, const char *name)
{
	static struct client clients[CLIENTS_MAX];
	struct epoll_event events[EVENTS], event = { .events = EPOLLIN };
	int epoll = epoll_create1(0);
	uint64_t began, now, answers = 0, others = 0;

	for (unsigned i = 0; i < n; i++) {
		open_client(&clients[i], port, i);
		event.data.u32 = i;
		epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &event);
	}
	began = now = now_us();
	for (unsigned i = 0; i < n; i++)
		ask_as_new(&clients[i], name, i);
	while (now - began < seconds * 1000000) {
		int ready = epoll_wait(epoll, events, EVENTS, 100);

		for (int i = 0; i < ready; i++) {
			unsigned at = events[i].data.u32;
			int status = take_answer(&clients[at]);

			if (status < 0)
				epoll_ctl(
				    epoll, EPOLL_CTL_DEL, clients[at].fd, NULL);
			answers += status > 0;
			others += status != 0 && status != WANTED;
			if (status > 0)
				ask_as_new(&clients[at], name, at);
		}
		now = now_us();
	}
	printf("%llu %llu %.3f\n", (unsigned long long)answers,
	    (unsigned long long)others, (double)(now - began) / 1e6);
	return 0;
}

/* --- one who goes on ---------------------------------------------------------------- */

static void
wait_until(uint64_t at_us)
{
	uint64_t now = now_us();
	struct timespec ts;

	if (now >= at_us)
		return;
	ts.tv_sec = (time_t)((at_us - now) / 1000000);
	ts.tv_nsec = (long)((at_us - now) % 1000000 * 1000);
	nanosleep(&ts, NULL);
}

static int
go_on(const char *port, unsigned count, uint64_t every_us, const char *name)
{
	struct client client;
	uint64_t began;

	open_client(&client, port, 62000);
	began = now_us();
	for (unsigned i = 0; i < count; i++) {
		uint64_t at = began + i * every_us;
		int status = 0;

		wait_until(at);
		if (now_us() < at) /* woken early */
			at = now_us();
		ask(&client, name);
		while (status == 0)
			status = take_answer(&client);
		if (status != WANTED)
			die("another answer");
		printf("%llu\n", (unsigned long long)(now_us() - at));
	}
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
	if (argc == 6 && strcmp(argv[1], "-p") == 0)
		return go_on(argv[2], (unsigned)atoi(argv[3]),
		    strtoull(argv[4], NULL, 10), argv[5]);
	if (argc != 5 || atoi(argv[2]) < 1 || atoi(argv[2]) > CLIENTS_MAX - 1) {
		fputs("usage: login_load PORT CLIENTS SECONDS NAME\n"
		      "       login_load -p PORT COUNT US NAME\n",
		    stderr);
		return 2;
	}
	return log_in(argv[1], (unsigned)atoi(argv[2]),
	    strtoull(argv[3], NULL, 10), argv[4]);
}
