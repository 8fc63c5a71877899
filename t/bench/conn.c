/*
 * conn: see conn.h.  It measures and checks (status 200, whole body) but
 * never decides how many connections there are: main does.
 */
#include "conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>

/* what a step says to the loop in conn_drive */
enum step {
	STEP_AGAIN,
	STEP_WAIT,
	STEP_OVER
};

uint64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static enum step
fail(struct conn *conn, const char *words)
{
	conn->load->failed++;
	if (conn->load->first_error == NULL)
		conn->load->first_error = words;
	return STEP_OVER;
}

/* False: the name makes the request too long. */
static bool
make_request(struct conn *conn)
{
	const struct load *load = conn->load;
	int n = load->suffix == NULL
	    ? snprintf(conn->name, sizeof(conn->name), "%s", load->server_name)
	    : snprintf(conn->name, sizeof(conn->name), "%llu.%s",
		  (unsigned long long)load->started + 1, load->suffix);

	if (n < 0 || (size_t)n >= sizeof(conn->name))
		return false;
	n = snprintf(conn->request, sizeof(conn->request),
	    "GET %s HTTP/1.1\r\nHost: %s:%s\r\n"
	    "User-Agent: load\r\nAccept: */*\r\n"
	    "Accept-Encoding: gzip, deflate, br\r\n"
	    "Accept-Language: en-GB,en;q=0.9\r\n\r\n",
	    load->path, conn->name, load->port);
	return n > 0 && (size_t)n < sizeof(conn->request);
}

int
conn_start(struct conn *conn)
{
	struct load *load = conn->load;
	int fd = socket(load->addr.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1;
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT | EPOLLET,
		.data.ptr = conn };

	if (fd < 0)
		return -1;
	if (!make_request(conn)) {
		errno = ENAMETOOLONG;
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	conn->fd = fd;
	conn->state = CONN_CONNECT;
	conn->at = conn->nhead = 0;
	conn->done = 0;
	conn->began = now_us();
	load->started++;
	if (connect(fd, (struct sockaddr *)&load->addr, load->addrlen) < 0 &&
	    errno != EINPROGRESS) {
		close(fd);
		conn->state = CONN_IDLE;
		return -1;
	}
	epoll_ctl(load->epoll, EPOLL_CTL_ADD, fd, &ev);
	return 0;
}

static void
keep_session(struct conn *conn)
{
	SSL_SESSION *session = SSL_get1_session(conn->ssl);

	if (session != NULL && SSL_SESSION_is_resumable(session)) {
		SSL_SESSION_free(conn->session);
		conn->session = session;
	} else {
		SSL_SESSION_free(session);
	}
}

void
conn_stop(struct conn *conn)
{
	if (conn->ssl != NULL) {
		if (conn->load->resume)
			keep_session(conn);
		SSL_shutdown(conn->ssl);
		SSL_free(conn->ssl);
		conn->ssl = NULL;
	}
	if (conn->state != CONN_IDLE)
		close(conn->fd);
	conn->state = CONN_IDLE;
}

void
conn_clear(struct conn *conn)
{
	conn_stop(conn);
	SSL_SESSION_free(conn->session);
	conn->session = NULL;
}

static enum step
begin_tls(struct conn *conn)
{
	conn->ssl = SSL_new(conn->load->ctx);
	if (conn->ssl == NULL)
		return fail(conn, "SSL_new");
	SSL_set_fd(conn->ssl, conn->fd);
	SSL_set_tlsext_host_name(conn->ssl, conn->name);
	SSL_set1_host(conn->ssl, conn->name);
	SSL_set_connect_state(conn->ssl);
	if (conn->session != NULL)
		SSL_set_session(conn->ssl, conn->session);
	conn->state = CONN_HANDSHAKE;
	return STEP_AGAIN;
}

static enum step
finish_connect(struct conn *conn)
{
	int error = 0;
	socklen_t n = sizeof(error);
	struct sockaddr_storage peer;
	socklen_t npeer = sizeof(peer);

	getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &n);
	if (error != 0)
		return fail(conn, "connect");
	if (getpeername(conn->fd, (struct sockaddr *)&peer, &npeer) < 0)
		return STEP_WAIT;
	if (conn->load->connect_head == NULL)
		return begin_tls(conn);
	conn->state = CONN_ASK;
	return STEP_AGAIN;
}

static enum step
write_connect(struct conn *conn)
{
	const char *text = conn->load->connect_head;
	size_t n = strlen(text);

	while (conn->at < n) {
		ssize_t done = send(
		    conn->fd, text + conn->at, n - conn->at, MSG_NOSIGNAL);

		if (done < 0)
			return errno == EAGAIN ? STEP_WAIT : fail(conn, "send");
		conn->at += (size_t)done;
	}
	conn->state = CONN_ANSWER;
	conn->nhead = 0;
	return STEP_AGAIN;
}

/* The answer to a CONNECT is followed by nothing until we have spoken. */
static enum step
read_answer(struct conn *conn)
{
	ssize_t n = recv(conn->fd, conn->head + conn->nhead,
	    sizeof(conn->head) - 1 - conn->nhead, 0);

	if (n < 0)
		return errno == EAGAIN ? STEP_WAIT : fail(conn, "recv");
	if (n == 0)
		return fail(conn, "closed in place of an answer to CONNECT");
	conn->nhead += (size_t)n;
	conn->head[conn->nhead] = '\0';
	if (strstr(conn->head, "\r\n\r\n") == NULL)
		return STEP_AGAIN;
	if (strncmp(conn->head, "HTTP/1.1 200", 12) != 0)
		return fail(conn, "CONNECT was not answered with 200");
	return begin_tls(conn);
}

static enum step
tls_result(struct conn *conn, int ret, const char *words)
{
	int error = SSL_get_error(conn->ssl, ret);

	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return STEP_WAIT;
	ERR_clear_error();
	return fail(conn, words);
}

static enum step
shake_hands(struct conn *conn)
{
	int ret = SSL_do_handshake(conn->ssl);

	if (ret <= 0)
		return tls_result(conn, ret, "TLS handshake");
	hist_add(&conn->load->handshakes, now_us() - conn->began);
	if (SSL_session_reused(conn->ssl))
		conn->load->resumed++;
	conn->state = CONN_WRITE;
	conn->at = 0;
	conn->began = now_us();
	return STEP_AGAIN;
}

static enum step
write_request(struct conn *conn)
{
	const char *text = conn->request;
	int ret = SSL_write(conn->ssl, text, (int)strlen(text));

	if (ret <= 0)
		return tls_result(conn, ret, "writing a request");
	conn->state = CONN_READ;
	conn->nhead = 0;
	conn->in_body = false;
	return STEP_AGAIN;
}

/* Content-Length is all that the origin uses. */
static const char *
parse_head(struct conn *conn, size_t nhead)
{
	char *line;

	if (strncmp(conn->head, "HTTP/1.1 200", 12) != 0)
		return "a GET was not answered with 200";
	conn->head[nhead - 1] = '\0';
	line = strcasestr(conn->head, "\ncontent-length:");
	if (line == NULL)
		return "an answer without a length";
	conn->left = strtoull(line + 16, NULL, 10);
	return NULL;
}

static enum step
end_request(struct conn *conn, bool hold)
{
	struct load *load = conn->load;
	uint64_t now = now_us();

	hist_add(&load->times, now - conn->began);
	load->requests++;
	conn->done++;
	if (conn->done >= load->per_conn) {
		if (!hold)
			return STEP_OVER;
		conn->state = CONN_HELD;
		return STEP_AGAIN;
	}
	conn->state = CONN_WRITE;
	conn->began = now;
	return STEP_AGAIN;
}

static enum step
read_head(struct conn *conn)
{
	int n = SSL_read(conn->ssl, conn->head + conn->nhead,
	    (int)(sizeof(conn->head) - 1 - conn->nhead));
	const char *end, *error;

	if (n <= 0)
		return tls_result(conn, n, "reading an answer");
	conn->nhead += (size_t)n;
	conn->head[conn->nhead] = '\0';
	end = strstr(conn->head, "\r\n\r\n");
	if (end == NULL)
		return STEP_AGAIN;
	size_t nhead = (size_t)(end + 4 - conn->head);
	uint64_t extra = conn->nhead - nhead;
	error = parse_head(conn, nhead);
	if (error == NULL && extra > conn->left)
		error = "more bytes than were announced";
	if (error != NULL)
		return fail(conn, error);
	conn->left -= extra;
	conn->load->bytes += extra;
	conn->in_body = true;
	return STEP_AGAIN;
}

static enum step
read_answer_body(struct conn *conn, bool hold)
{
	static char sink[1 << 16];
	size_t want = conn->left < sizeof(sink) ? conn->left : sizeof(sink);
	int n;

	if (conn->left == 0)
		return end_request(conn, hold);
	n = SSL_read(conn->ssl, sink, (int)want);
	if (n <= 0)
		return tls_result(conn, n, "reading a body");
	conn->left -= (uint64_t)n;
	conn->load->bytes += (uint64_t)n;
	return STEP_AGAIN;
}

/* A held connection still reads, for the tickets that come late and to see
 * its end. */
static enum step
watch(struct conn *conn)
{
	char byte;
	int n = SSL_read(conn->ssl, &byte, 1);

	if (n > 0)
		return fail(conn, "bytes that nobody asked for");
	return tls_result(conn, n, "an idle connection was closed");
}

static enum step
step(struct conn *conn, bool hold)
{
	switch (conn->state) {
	case CONN_IDLE:
		return STEP_WAIT;
	case CONN_CONNECT:
		return finish_connect(conn);
	case CONN_ASK:
		return write_connect(conn);
	case CONN_ANSWER:
		return read_answer(conn);
	case CONN_HANDSHAKE:
		return shake_hands(conn);
	case CONN_WRITE:
		return write_request(conn);
	case CONN_READ:
		return conn->in_body ? read_answer_body(conn, hold)
				     : read_head(conn);
	case CONN_HELD:
		return watch(conn);
	}
	return STEP_OVER;
}

void
conn_drive(struct conn *conn, bool hold)
{
	enum step next;

	do
		next = step(conn, hold);
	while (next == STEP_AGAIN);
	if (next == STEP_OVER)
		conn_stop(conn);
}
