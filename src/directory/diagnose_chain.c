/*
 * diagnose_chain: the certificates that a server shows, from the start of its
 * TLS or after StartTLS.
 *
 * A connection of its own, over which nothing else is said: it is for
 * looking, whether the certificates are good or not.
 */
#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/log.h"
#include "directory/diagnose.h"

#define CHAIN_WAIT_S 3
#define ANSWER_MAX 512 /* to StartTLS */
#define NAMES_MAX 6    /* of a certificate that are told */

/* --- certificates ------------------------------------------------------------------- */

static int
connect_to(const struct addr *addr)
{
	struct timeval wait = { .tv_sec = CHAIN_WAIT_S };
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(addr, &ss);
	int fd = socket(ss.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (connect(fd, (struct sockaddr *)&ss, len) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Reads one answer in full. It is short, so its length is one byte; anything
 * else is none that is waited for. */
static size_t
read_answer(int fd, unsigned char answer[ANSWER_MAX])
{
	size_t n = 0, whole = 2;
	ssize_t got;

	while (n < whole) {
		got = recv(fd, answer + n, whole - n, 0);
		if (got <= 0)
			return 0;
		n += (size_t)got;
		if (n == 2 && answer[1] < 0x80)
			whole = 2u + answer[1];
	}
	return n;
}

/* RFC 4511 section 4.14: an extended request with that name, number 1; its
 * answer begins with the number, [APPLICATION 24] and the result code. */
static bool
start_tls(int fd)
{
	static const char request[] = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
				      "1.3.6.1.4.1.1466.20037";
	static const unsigned char good[] = { 0x02, 0x01, 0x01, 0x78 };
	static const unsigned char success[] = { 0x0a, 0x01, 0x00 };
	unsigned char answer[ANSWER_MAX];
	size_t n;

	if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) !=
	    (ssize_t)sizeof(request) - 1)
		return false;
	n = read_answer(fd, answer);
	return n >= 10 && memcmp(answer + 2, good, sizeof(good)) == 0 &&
	    memcmp(answer + 7, success, sizeof(success)) == 0;
}

/* YYYY-MM-DD */
static void
day_of(const ASN1_TIME *time, char out[16])
{
	struct tm tm;

	snprintf(out, 16, "?");
	if (ASN1_TIME_to_tm(time, &tm))
		(void)strftime(out, 16, "%Y-%m-%d", &tm);
}

static void
say_certificate(struct diagnosis *diagnosis, const X509 *cert)
{
	char subject[256] = "", issuer[256] = "", quoted[2][LOG_QUOTE_SIZE];
	char until[16];

	X509_NAME_oneline(
	    X509_get_subject_name(cert), subject, sizeof(subject));
	X509_NAME_oneline(X509_get_issuer_name(cert), issuer, sizeof(issuer));
	day_of(X509_get0_notAfter(cert), until);
	fprintf(diagnosis->out, "         %s, by %s, until %s\n",
	    log_quote(quoted[0], slice_of(subject)),
	    log_quote(quoted[1], slice_of(issuer)), until);
}

/* What it may be called by. */
static void
say_alternatives(struct diagnosis *diagnosis, X509 *cert)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(
	    cert, NID_subject_alt_name, NULL, NULL);
	char quoted[LOG_QUOTE_SIZE];
	unsigned n = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		const unsigned char *text;

		if (name->type != GEN_DNS || ++n > NAMES_MAX)
			continue;
		text = ASN1_STRING_get0_data(name->d.dNSName);
		log_quote(quoted,
		    slice_from((const char *)text,
			(size_t)ASN1_STRING_length(name->d.dNSName)));
		fprintf(diagnosis->out, "%s%s", n == 1 ? "         for " : ", ",
		    quoted);
	}
	if (n > NAMES_MAX)
		fprintf(diagnosis->out, " and %u more", n - NAMES_MAX);
	if (n)
		fputc('\n', diagnosis->out);
	GENERAL_NAMES_free(names);
}

void
diagnose_chain(struct diagnosis *diagnosis, const struct addr *addr,
    const struct host *host, bool starttls)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;
	STACK_OF(X509) * chain;
	int fd = connect_to(addr);

	if (ssl && fd >= 0 && (!starttls || start_tls(fd))) {
		SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
		SSL_set_fd(ssl, fd);
		if (!host->is_addr)
			SSL_set_tlsext_host_name(ssl, host->name);
		(void)SSL_connect(ssl);
		chain = SSL_get_peer_cert_chain(ssl);
		for (int i = 0; chain && i < sk_X509_num(chain); i++) {
			say_certificate(diagnosis, sk_X509_value(chain, i));
			if (i == 0)
				say_alternatives(
				    diagnosis, sk_X509_value(chain, i));
		}
	}
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	if (fd >= 0)
		close(fd);
}
