/*
 * tls_hello: a bounded look at server_name, ALPN and the presence of ECH.
 * It judges nothing: a name that is none is told as such.
 */
#include "net/tls_hello.h"

#include <string.h>

#include <openssl/err.h>

/* RFC 9849: encrypted_client_hello */
#define EXT_ECH 0xfe0d

/* Takes a vector with a length of `width` bytes in front. */
static bool
take(struct slice *rest, size_t width, struct slice *out)
{
	size_t n = 0;

	if (rest->n < width)
		return false;
	for (size_t i = 0; i < width; i++)
		n = n << 8 | (unsigned char)rest->p[i];
	if (rest->n - width < n)
		return false;
	*out = slice_sub(*rest, width, n);
	*rest = slice_from_idx(*rest, width + n);
	return true;
}

void
tls_hello_sni(struct slice ext, struct tls_hello *out)
{
	struct slice list, name;

	out->has_sni = true;
	out->sni_bad = true;
	/* one entry, of type host_name, and nothing behind it */
	if (!take(&ext, 2, &list) || ext.n != 0 || list.n < 1 ||
	    list.p[0] != TLSEXT_NAMETYPE_host_name)
		return;
	list = slice_from_idx(list, 1);
	if (!take(&list, 2, &name) || list.n != 0)
		return;
	out->sni_bad = host_parse(name, &out->sni) != NULL;
}

void
tls_hello_alpn(struct slice ext, struct tls_hello *out)
{
	struct slice list, proto;
	char *p = out->alpn_bytes;

	out->nalpn = 0;
	if (!take(&ext, 2, &list) || list.n > sizeof(out->alpn_bytes))
		return;
	while (out->nalpn < TLS_ALPN_MAX && take(&list, 1, &proto)) {
		memcpy(p, proto.p, proto.n);
		out->alpn[out->nalpn++] = slice_from(p, proto.n);
		p += proto.n;
	}
}

static bool
extension(SSL *ssl, unsigned type, struct slice *out)
{
	const unsigned char *p;
	size_t n;

	if (SSL_client_hello_get0_ext(ssl, type, &p, &n) != 1)
		return false;
	*out = slice_from(p, n);
	return true;
}

static int
on_seen(SSL *ssl, unsigned type, unsigned context, const unsigned char *in,
    size_t n, X509 *cert, size_t index, int *alert, void *arg)
{
	return 1;
}

/* An OpenSSL that knows ECH by itself refuses this, and needs it not. */
void
tls_hello_prepare(SSL_CTX *ctx)
{
	(void)SSL_CTX_add_custom_ext(ctx, EXT_ECH, SSL_EXT_CLIENT_HELLO, NULL,
	    NULL, NULL, on_seen, NULL);
	ERR_clear_error();
}

void
tls_hello_read(SSL *ssl, struct tls_hello *out)
{
	struct slice ext;

	memset(out, 0, sizeof(*out));
	if (extension(ssl, TLSEXT_TYPE_server_name, &ext))
		tls_hello_sni(ext, out);
	if (extension(
		ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &ext))
		tls_hello_alpn(ext, out);
	out->has_ech = extension(ssl, EXT_ECH, &ext);
}
