/*
 * sock: the system calls of a connection, as few as can be.
 *
 * Edge-triggered epoll tells a change once, so two facts are remembered:
 * `readable` and `writable` hold until the kernel has shown the opposite.
 * A read that brought less than asked has emptied the socket: asking again
 * just to see EAGAIN would cost a system call per request.  Data that comes
 * later is a new edge.  An end (FIN) that came together with the data is
 * told by EV_CLOSED, after which only recv() returning 0 counts.  A reset
 * that came in the same instant, and urgent data in the middle, are what
 * libevent can't tell apart from plain readiness: after a short read the
 * socket is `unsure`, and io looks again in a while if nothing else did.
 */
#include "net/sock.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/must.h"

#define RECORD_MAX (16u << 10) /* plaintext of a TLS record */
#define IOV_MAX_OUT 16

/* --- calls ----------------------------------------------------------------- */

static ssize_t
receive(struct sock *sock, void *p, size_t n)
{
	ssize_t got;

	if (!sock->readable) {
		errno = EAGAIN;
		return -1;
	}
	do
		got = recv(sock->fd, p, n, 0);
	while (got == -1 && errno == EINTR);
	if (got == -1 && errno == EAGAIN)
		sock->readable = sock->unsure = false;
	else if (got > 0 && (size_t)got < n && !sock->closed) {
		sock->readable = false;
		sock->unsure = true;
	}
	return got;
}

static ssize_t
transmit(struct sock *sock, struct iovec *iov, size_t niov, size_t n)
{
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = niov };
	ssize_t put;

	if (!sock->writable) {
		errno = EAGAIN;
		return -1;
	}
	do
		put = sendmsg(sock->fd, &msg, MSG_NOSIGNAL);
	while (put == -1 && errno == EINTR);
	/* a short write means that the kernel's buffer is full: an edge will
	 * tell when it no longer is */
	if (put == -1 ? errno == EAGAIN : (size_t)put < n)
		sock->writable = false;
	return put;
}

static void
drop(struct evbuffer **buf)
{
	if (*buf != NULL)
		evbuffer_free(*buf);
	*buf = NULL;
}

/* What the topmost TLS reads, from wherever `below` has it. */
static ssize_t
read_top(struct sock *sock, void *p, size_t n,
    ssize_t (*below)(struct sock *sock, void *p, size_t n))
{
	ssize_t got;

	if (sock->early != NULL) {
		got = evbuffer_remove(sock->early, p, n);
		if (evbuffer_get_length(sock->early) == 0)
			drop(&sock->early);
	} else
		got = below(sock, p, n);
	if (sock->seen != NULL && got > 0)
		must(evbuffer_add(sock->seen, p, (size_t)got) == 0);
	return got;
}

static ssize_t
on_wire_read(void *arg, void *p, size_t n)
{
	struct sock *sock = arg;

	return sock->under != NULL ? receive(sock, p, n)
				   : read_top(sock, p, n, receive);
}

static ssize_t
on_wire_write(void *arg, const void *p, size_t n)
{
	struct iovec iov = { (void *)(uintptr_t)p, n };

	return transmit(arg, &iov, 1, n);
}

/* As recv(2) and send(2) would say it. */
static ssize_t
as_call(enum tls_ret ret, size_t n)
{
	switch (ret) {
	case TLS_OK:
		return (ssize_t)n;
	case TLS_END:
	case TLS_CUT:
		return 0;
	case TLS_WANT:
	case TLS_PARKED:
		errno = EAGAIN;
		return -1;
	case TLS_FAIL:
		break;
	}
	errno = ECONNRESET;
	return -1;
}

static ssize_t
read_under(struct sock *sock, void *p, size_t n)
{
	size_t got;
	enum tls_ret ret = tls_conn_read(sock->under, p, n, &got);

	return as_call(ret, got);
}

static ssize_t
on_under_read(void *arg, void *p, size_t n)
{
	return read_top(arg, p, n, read_under);
}

static ssize_t
on_under_write(void *arg, const void *p, size_t n)
{
	struct sock *sock = arg;
	size_t put;
	enum tls_ret ret = tls_conn_write(sock->under, p, n, &put);

	if (ret == TLS_END || ret == TLS_CUT)
		ret = TLS_FAIL;
	return as_call(ret, put);
}

static const struct tls_wire sock_wire = { on_wire_read, on_wire_write };
static const struct tls_wire under_wire = { on_under_read, on_under_write };

const struct tls_wire *
sock_top_wire(const struct sock *sock)
{
	return sock->tls == NULL ? &sock_wire : &under_wire;
}

/* --- life ------------------------------------------------------------------ */

void
sock_init(struct sock *sock, int fd)
{
	memset(sock, 0, sizeof(*sock));
	sock->fd = fd;
	sock->writable = true;
}

void
sock_close(struct sock *sock)
{
	if (sock->fd != -1)
		close(sock->fd);
	sock->fd = -1;
}

void
sock_clear(struct sock *sock)
{
	sock_close(sock);
	tls_conn_free(sock->tls);
	tls_conn_free(sock->under);
	sock->tls = sock->under = NULL;
	drop(&sock->early);
	drop(&sock->seen);
}

void
sock_note(struct sock *sock, short what)
{
	if (what & (EV_READ | EV_CLOSED))
		sock->readable = true;
	if (what & EV_WRITE)
		sock->writable = true;
	if (what & EV_CLOSED)
		sock->closed = true;
}

void
sock_doubt(struct sock *sock)
{
	sock->readable = true;
	sock->unsure = false;
}

/* --- reading --------------------------------------------------------------- */

static enum tls_ret
fail(struct sock *sock, int error)
{
	sock->error = words_errno(error);
	return TLS_FAIL;
}

enum tls_ret
sock_read(struct sock *sock, void *p, size_t n, size_t *got)
{
	enum tls_ret ret;
	ssize_t count;

	if (sock->tls != NULL) {
		ret = tls_conn_read(sock->tls, p, n, got);
		sock->error = tls_conn_error(sock->tls);
		return ret;
	}
	count = receive(sock, p, n);
	*got = count > 0 ? (size_t)count : 0;
	if (count == -1)
		return errno == EAGAIN ? TLS_WANT : fail(sock, errno);
	return count > 0 ? TLS_OK : TLS_END;
}

bool
sock_more(const struct sock *sock)
{
	return sock->readable || sock->early != NULL ||
	    (sock->tls != NULL && tls_conn_holds(sock->tls)) ||
	    (sock->under != NULL && tls_conn_holds(sock->under));
}

/* --- writing --------------------------------------------------------------- */

/* One record. What doesn't lie together is copied together: a head and the
 * start of its body cost one record, not two. */
static enum tls_ret
write_record(struct sock *sock, struct evbuffer *from, size_t *put)
{
	char scratch[RECORD_MAX];
	struct evbuffer_iovec iov;
	size_t n = evbuffer_get_length(from);

	if (n > RECORD_MAX)
		n = RECORD_MAX;
	must(evbuffer_peek(from, (ssize_t)n, NULL, &iov, 1) >= 1);
	if (iov.iov_len < n) {
		must(evbuffer_copyout(from, scratch, n) == (ssize_t)n);
		iov.iov_base = scratch;
	}
	return tls_conn_write(sock->tls, iov.iov_base, n, put);
}

static enum tls_ret
write_plain(struct sock *sock, struct evbuffer *from, size_t *put)
{
	struct evbuffer_iovec iov[IOV_MAX_OUT];
	int niov = evbuffer_peek(from, -1, NULL, iov, IOV_MAX_OUT);
	size_t n = 0;
	ssize_t ret;

	if (niov > IOV_MAX_OUT)
		niov = IOV_MAX_OUT;
	for (int i = 0; i < niov; i++)
		n += iov[i].iov_len;
	ret = transmit(sock, iov, (size_t)niov, n);
	*put = ret > 0 ? (size_t)ret : 0;
	if (ret >= 0)
		return TLS_OK;
	return errno == EAGAIN ? TLS_WANT : fail(sock, errno);
}

enum tls_ret
sock_write(struct sock *sock, struct evbuffer *from, size_t *put)
{
	enum tls_ret ret;

	if (sock->tls != NULL) {
		ret = write_record(sock, from, put);
		sock->error = tls_conn_error(sock->tls);
	} else
		ret = write_plain(sock, from, put);
	if (ret == TLS_OK)
		must(evbuffer_drain(from, *put) == 0);
	return ret;
}

enum tls_ret
sock_finish(struct sock *sock)
{
	/* one that TLS can no longer say ends without it */
	if (sock->tls != NULL && tls_conn_close(sock->tls) == TLS_WANT)
		return TLS_WANT;
	if (sock->under != NULL && tls_conn_close(sock->under) == TLS_WANT)
		return TLS_WANT;
	(void)shutdown(sock->fd, SHUT_WR);
	return TLS_OK;
}

void
sock_cut(struct sock *sock)
{
	(void)shutdown(sock->fd, SHUT_WR);
}

void
sock_reset_at_close(struct sock *sock)
{
	static const struct linger none = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(sock->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
}

/* --- TLS ------------------------------------------------------------------- */

void
sock_start_tls(struct sock *sock, struct tls_conn *tls,
    struct evbuffer *received, bool undoable)
{
	must(sock->tls == NULL || (sock->secure && sock->under == NULL));
	must(sock->early == NULL);
	sock->under = sock->tls;
	sock->tls = tls;
	sock->secure = false;
	if (evbuffer_get_length(received) > 0) {
		sock->early = evbuffer_new();
		must(sock->early != NULL);
		must(evbuffer_add_buffer(sock->early, received) == 0);
	}
	if (undoable) {
		sock->seen = evbuffer_new();
		must(sock->seen != NULL);
	}
}

enum tls_ret
sock_handshake(struct sock *sock)
{
	enum tls_ret ret = tls_conn_handshake(sock->tls);

	sock->secure = ret == TLS_OK;
	if (sock->secure)
		drop(&sock->seen);
	sock->error = tls_conn_error(sock->tls);
	return ret;
}

void
sock_keep_tls(struct sock *sock)
{
	drop(&sock->seen);
}

void
sock_undo_tls(struct sock *sock, struct evbuffer *received)
{
	must(sock->seen != NULL);
	must(evbuffer_add_buffer(received, sock->seen) == 0);
	if (sock->early != NULL)
		must(evbuffer_add_buffer(received, sock->early) == 0);
	drop(&sock->early);
	drop(&sock->seen);
	tls_conn_free(sock->tls);
	sock->tls = sock->under;
	sock->secure = sock->tls != NULL;
	sock->under = NULL;
}
