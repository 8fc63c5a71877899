/*
 * diagnose_kerberos: the keytab's entries, whether they are for the names
 * that clients ask for, and whether the KDC knows these keys and the time.
 *
 * The proxy itself never asks a KDC; this command does, as the system's
 * krb5.conf or the DNS says where it is.
 */
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <krb5.h>

#include "base/addr.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "directory/diagnose.h"
#include "directory/keytab.h"
#include "directory/negotiate.h"

#define TICKET_S 300 /* of the ticket that is asked for and thrown away */
#define CANONICAL_MAX 256

/* --- the clock --------------------------------------------------------------------- */

void
diagnose_skew(struct diagnosis *diagnosis, const char *whose, int64_t seconds)
{
	int64_t size = seconds < 0 ? -seconds : seconds;
	const char *way = seconds < 0 ? "behind" : "ahead of";
	bool good = size <= DIAGNOSE_SKEW_S;

	if (size <= 2)
		diagnose_say(
		    diagnosis, true, "clock: the same as that of %s", whose);
	else
		diagnose_say(diagnosis, good,
		    "clock: that of %s is %lld s %s ours%s", whose,
		    (long long)size, way,
		    good ? "" : ": tickets may differ by 300 s");
}

static void
say_now(struct diagnosis *diagnosis)
{
	char stamp[32];
	time_t now = time(NULL);
	struct tm utc;

	strftime(
	    stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", gmtime_r(&now, &utc));
	diagnose_note(diagnosis, "clock: %s UTC here", stamp);
}

/* --- the KDC ----------------------------------------------------------------------- */

/* Whether it is the key's fault, the clock's, or nothing of ours. */
static void
say_refusal(struct diagnosis *diagnosis, const char *principal,
    krb5_context krb5, krb5_error_code code)
{
	const char *text = krb5_get_error_message(krb5, code);
	char quoted[LOG_QUOTE_SIZE];

	log_quote(quoted, slice_of(text));
	switch (code) {
	case KRB5KRB_AP_ERR_SKEW:
		diagnose_say(diagnosis, false,
		    "clock: that of the KDC is too far from ours: %s", quoted);
		break;
	case KRB5KDC_ERR_PREAUTH_FAILED:
	case KRB5KRB_AP_ERR_BAD_INTEGRITY:
	case KRB5_KT_NOTFOUND:
		diagnose_say(diagnosis, false,
		    "KDC: it has another key for %s: %s; export the keytab "
		    "anew",
		    principal, quoted);
		break;
	case KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN:
		diagnose_note(diagnosis,
		    "KDC: %s can't log in by itself, so its key isn't "
		    "compared.\n         With Active Directory that is usual, "
		    "if \"setspn -Q\" finds the name at one account;\n"
		    "         with another KDC the principal is missing: add "
		    "it, and make the keytab anew",
		    principal);
		break;
	default:
		diagnose_note(diagnosis, "KDC: it can't be asked: %s", quoted);
		break;
	}
	krb5_free_error_message(krb5, text);
}

static krb5_error_code
log_in(krb5_context krb5, const char *path, const char *principal)
{
	krb5_get_init_creds_opt *opt = NULL;
	krb5_principal client = NULL;
	krb5_keytab keytab = NULL;
	char *file = mem_printf("FILE:%s", path);
	krb5_error_code code;
	krb5_creds creds;

	memset(&creds, 0, sizeof(creds));
	code = krb5_kt_resolve(krb5, file, &keytab);
	if (!code)
		code = krb5_parse_name(krb5, principal, &client);
	if (!code)
		code = krb5_get_init_creds_opt_alloc(krb5, &opt);
	if (!code) {
		krb5_get_init_creds_opt_set_tkt_life(opt, TICKET_S);
		code = krb5_get_init_creds_keytab(
		    krb5, &creds, client, keytab, 0, NULL, opt);
	}
	krb5_free_cred_contents(krb5, &creds);
	krb5_get_init_creds_opt_free(krb5, opt);
	krb5_free_principal(krb5, client);
	if (keytab)
		(void)krb5_kt_close(krb5, keytab);
	free(file);
	return code;
}

/* Logging in as the service shows that the key is the KDC's, and its clock. */
static void
ask_kdc(struct diagnosis *diagnosis, const char *principal)
{
	krb5_context krb5 = NULL;
	krb5_error_code code = krb5_init_context(&krb5);
	krb5_timestamp seconds = 0;
	krb5_int32 micro = 0;

	if (code) {
		diagnose_note(
		    diagnosis, "KDC: the system's krb5.conf can't be used");
		return;
	}
	code = log_in(krb5, diagnosis->conf->authenticate.keytab, principal);
	if (code) {
		say_refusal(diagnosis, principal, krb5, code);
	} else {
		diagnose_say(diagnosis, true, "KDC: it has the same key for %s",
		    principal);
		if (krb5_get_time_offsets(krb5, &seconds, &micro) == 0)
			diagnose_skew(diagnosis, "the KDC", seconds);
	}
	krb5_free_context(krb5);
}

/* --- the keytab -------------------------------------------------------------------- */

struct listing {
	struct diagnosis *diagnosis;
	const char *host;                /* that we look for */
	char principal[KEYTAB_NAME_MAX]; /* "HTTP/HOST@REALM"; or empty */
	bool print;
};

static bool
is_weak(uint16_t enctype)
{
	return enctype == ENCTYPE_DES_CBC_CRC ||
	    enctype == ENCTYPE_DES_CBC_MD4 || enctype == ENCTYPE_DES_CBC_MD5 ||
	    enctype == ENCTYPE_ARCFOUR_HMAC ||
	    enctype == ENCTYPE_ARCFOUR_HMAC_EXP;
}

static void
on_entry(const struct keytab_entry *entry, void *arg)
{
	struct listing *listing = arg;
	char kind[64] = "", wanted[KEYTAB_NAME_MAX];
	size_t n;

	if (krb5_enctype_to_name(entry->enctype, FALSE, kind, sizeof(kind)))
		snprintf(kind, sizeof(kind), "type %u", entry->enctype);
	if (listing->print)
		fprintf(listing->diagnosis->out,
		    "         %s, version %u, %s%s\n", entry->principal,
		    (unsigned)entry->kvno, kind,
		    is_weak(entry->enctype)
			? " (weak: many domains no longer use it)"
			: "");
	snprintf(wanted, sizeof(wanted), "HTTP/%s@", listing->host);
	n = strlen(wanted);
	if (strncasecmp(entry->principal, wanted, n) == 0)
		snprintf(listing->principal, sizeof(listing->principal), "%s",
		    entry->principal);
}

static bool
has_key_for(struct slice file, const char *host)
{
	struct listing listing = { .host = host };

	(void)keytab_read(file, on_entry, &listing);
	return listing.principal[0] != '\0';
}

/* Clients ask for the name that the DNS has in the end, most of them. */
static void
say_canonical(struct diagnosis *diagnosis, const char *host, struct slice file)
{
	const struct addrinfo hints = { .ai_flags = AI_CANONNAME,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	char quoted[LOG_QUOTE_SIZE];
	const char *name;

	if (getaddrinfo(host, NULL, &hints, &found) != 0) {
		diagnose_note(diagnosis,
		    "name: this system can't resolve %s; clients must be able "
		    "to",
		    host);
		return;
	}
	name = found->ai_canonname;
	if (name && strcasecmp(name, host) != 0 && strlen(name) < CANONICAL_MAX)
		diagnose_say(diagnosis, has_key_for(file, name),
		    "name: the DNS calls it %s, for which browsers ask instead",
		    log_quote(quoted, slice_of(name)));
	freeaddrinfo(found);
}

/* What clients call the proxy: as the PAC file says. */
static void
say_service(struct diagnosis *diagnosis, const char *host, struct slice file,
    bool found)
{
	struct addr addr;

	diagnose_say(diagnosis, found, "service: HTTP/%s, by what %s%s", host,
	    diagnosis->conf->host_name ? "the PAC file calls this proxy"
				       : "this system is called",
	    found ? "" : ": no key is for it; see \"name\" in proxy.conf");
	if (!diagnosis->conf->host_name)
		diagnose_note(diagnosis,
		    "name: without \"name\" in proxy.conf the PAC file may "
		    "give clients an address, for which there are no tickets");
	if (addr_parse(slice_of(host), &addr) == 0)
		diagnose_say(diagnosis, false,
		    "name: %s is an address, for which there are no tickets",
		    host);
	else
		say_canonical(diagnosis, host, file);
}

static void
say_keys(struct diagnosis *diagnosis, struct slice file)
{
	char own[256] = "";
	struct listing listing = { .diagnosis = diagnosis, .print = true };
	struct negotiate *negotiate;
	const char *why;

	listing.host = diagnosis->conf->host_name;
	if (!listing.host && gethostname(own, sizeof(own) - 1) == 0)
		listing.host = own;
	why = keytab_read(file, on_entry, &listing);
	if (!why && listing.principal[0])
		ask_kdc(diagnosis, listing.principal);
	if (!why) { /* Kerberos's own files are not looked at from here on */
		negotiate_init();
		negotiate = negotiate_new();
		why = negotiate_set_keytab(negotiate, file);
		negotiate_free(negotiate);
	}
	diagnose_say(
	    diagnosis, !why, "keys: %s", why ? why : "Kerberos takes them");
	say_service(diagnosis, listing.host, file, listing.principal[0]);
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
