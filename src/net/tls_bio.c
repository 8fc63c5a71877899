/*
 * tls_bio: a BIO without buffers of its own. It judges no error.
 */
#include "net/tls_bio.h"

#include <errno.h>

#include "base/must.h"
#include "net/tls_state.h"

/* The end of the wire is told as "would block": OpenSSL would make it an
 * error of its own and refuse to write from then on. judge() knows. */
static int
on_bio_read(BIO *bio, char *p, int n)
{
	struct tls_conn *conn = BIO_get_data(bio);
	ssize_t got;

	BIO_clear_retry_flags(bio);
	got = conn->wire->read(conn->arg, p, (size_t)n);
	if (got > 0)
		return (int)got;
	if (got == 0)
		conn->wire_end = true;
	else if (errno != EAGAIN)
		conn->wire_errno = errno;
	if (conn->wire_errno == 0)
		BIO_set_retry_read(bio);
	return -1;
}

static int
on_bio_write(BIO *bio, const char *p, int n)
{
	struct tls_conn *conn = BIO_get_data(bio);
	ssize_t put;

	BIO_clear_retry_flags(bio);
	put = conn->wire->write(conn->arg, p, (size_t)n);
	if (put > 0)
		return (int)put;
	if (errno == EAGAIN)
		BIO_set_retry_write(bio);
	else
		conn->wire_errno = errno;
	return -1;
}

static long
on_bio_ctrl(BIO *bio, int cmd, long num, void *ptr)
{
	return cmd == BIO_CTRL_FLUSH;
}

/* Made once a process and never changed: OpenSSL has no static form. */
static const BIO_METHOD *
wire_method(void)
{
	static BIO_METHOD *method;

	if (method != NULL)
		return method;
	method = BIO_meth_new(
	    BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sallyport wire");
	must(method != NULL);
	must(BIO_meth_set_read(method, on_bio_read) == 1);
	must(BIO_meth_set_write(method, on_bio_write) == 1);
	must(BIO_meth_set_ctrl(method, on_bio_ctrl) == 1);
	return method;
}

BIO *
tls_bio_new(struct tls_conn *conn)
{
	BIO *bio = BIO_new(wire_method());

	if (bio == NULL)
		return NULL;
	BIO_set_data(bio, conn);
	BIO_set_init(bio, 1);
	return bio;
}
