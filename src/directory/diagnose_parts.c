/*
 * diagnose_parts: a keytab's entries, a server's certificates.
 */
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <krb5.h>
#include <openssl/ssl.h>

#include "base/log.h"
#include "base/secret.h"
#include "directory/diagnose.h"
#include "directory/keytab.h"
#include "directory/negotiate.h"

#define CHAIN_WAIT_S 3

/* --- the keytab ------------------------------------------------------------------ */

struct listing {
	struct diagnosis *diagnosis;
	char wanted[KEYTAB_NAME_MAX]; /* "HTTP/proxy.corp.test" */
	bool found;
};

static void
on_entry(const struct keytab_entry *entry, void *arg)
{
	struct listing *listing = arg;
	char kind[64] = "";
	size_t n = strlen(listing->wanted);

	if (krb5_enctype_to_name(entry->enctype, FALSE, kind, sizeof(kind)))
		snprintf(kind, sizeof(kind), "type %u", entry->enctype);
	fprintf(listing->diagnosis->out, "         %s, version %u, %s\n",
	    entry->principal, (unsigned)entry->kvno, kind);
	listing->found |= strncasecmp(entry->principal, listing->wanted, n) ==
		0 &&
	    entry->principal[n] == '@';
}

static void
set_wanted(struct listing *listing)
{
	const char *name = listing->diagnosis->conf->host_name;
	char host[256] = "";

	if (!name && gethostname(host, sizeof(host) - 1) == 0)
		name = host;
	snprintf(listing->wanted, sizeof(listing->wanted), "HTTP/%s",
	    name ? name : "");
}

static void
say_now(struct diagnosis *diagnosis)
{
	char stamp[32];
	time_t now = time(NULL);
	struct tm utc;

	strftime(
	    stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", gmtime_r(&now, &utc));
	diagnose_say(diagnosis, true,
	    "clock: %s UTC here; a ticket may differ by 5 minutes", stamp);
}

static void
say_keys(struct diagnosis *diagnosis, struct slice file)
{
	struct listing listing = { .diagnosis = diagnosis };
	struct negotiate *negotiate;
	const char *why;

	set_wanted(&listing);
	why = keytab_read(file, on_entry, &listing);
	if (!why) {
		negotiate_init();
		negotiate = negotiate_new();
		why = negotiate_set_keytab(negotiate, file);
		negotiate_free(negotiate);
	}
	diagnose_say(
	    diagnosis, !why, "keys: %s", why ? why : "Kerberos takes them");
	diagnose_say(diagnosis, listing.found,
	    "service: %s, by what clients call this proxy%s", listing.wanted,
	    listing.found ? ""
			  : ": no key is for it; see \"name\" in proxy.conf");
	say_now(diagnosis);
}

void
diagnose_keytab(struct diagnosis *diagnosis)
{
	const struct authenticate *it = &diagnosis->conf->authenticate;
	struct secret file = { NULL, 0, 0 };
	int fd = open(it->keytab, O_RDONLY | O_CLOEXEC);

	fprintf(diagnosis->out, "keytab %s\n", it->keytab);
	if (fd < 0 || secret_read(&file, fd, KEYTAB_FILE_MAX) < 0)
		diagnose_say(diagnosis, false, "%s:%u: it can't be read: %s",
		    it->keytab_at.file, it->keytab_at.line, strerror(errno));
	else
		say_keys(diagnosis, secret_slice(&file));
	if (fd >= 0)
		close(fd);
	secret_clear(&file);
}

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

static void
say_certificate(struct diagnosis *diagnosis, const X509 *cert)
{
	char subject[256] = "", issuer[256] = "", quoted[2][LOG_QUOTE_SIZE];

	X509_NAME_oneline(
	    X509_get_subject_name(cert), subject, sizeof(subject));
	X509_NAME_oneline(X509_get_issuer_name(cert), issuer, sizeof(issuer));
	fprintf(diagnosis->out, "         %s, by %s\n",
	    log_quote(quoted[0], slice_of(subject)),
	    log_quote(quoted[1], slice_of(issuer)));
}

/* Nothing is sent over this connection: it is for looking. */
void
diagnose_chain(struct diagnosis *diagnosis, const struct addr *addr,
    const struct host *host)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;
	STACK_OF(X509) * chain;
	int fd = connect_to(addr);

	if (ssl && fd >= 0) {
		SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
		SSL_set_fd(ssl, fd);
		if (!host->is_addr)
			SSL_set_tlsext_host_name(ssl, host->name);
		(void)SSL_connect(ssl);
		chain = SSL_get_peer_cert_chain(ssl);
		for (int i = 0; chain && i < sk_X509_num(chain); i++)
			say_certificate(diagnosis, sk_X509_value(chain, i));
	}
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	if (fd >= 0)
		close(fd);
}
