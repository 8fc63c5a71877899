/*
 * ldap_stream: libldap over net/io.
 *
 * Runs in the directory process's loop.  libldap is given a Sockbuf whose
 * bytes come from and go to an io (LDAP_PROTO_EXT), so that it has no socket
 * and no TLS of its own: distributions link it with different TLS libraries,
 * whose verification is set up through global options that differ.
 */
#define LDAP_DEPRECATED 0
#include "directory/ldap_stream.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <openldap.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"

/* --- libldap's set-up ---------------------------------------------------------- */

/* libldap's buffers hold passwords: what it lets go of is wiped. */
static void *
wiping_alloc(ber_len_t size, void *ctx)
{
	return mem_alloc(size);
}

static void *
wiping_zalloc(ber_len_t n, ber_len_t size, void *ctx)
{
	size_t bytes;

	return mem_mul(n, size, &bytes) ? mem_zalloc(bytes) : NULL;
}

static void
wiping_free(void *p, void *ctx)
{
	if (p)
		secret_wipe(p, malloc_usable_size(p));
	free(p);
}

static void *
wiping_realloc(void *old, ber_len_t size, void *ctx)
{
	size_t had = old ? malloc_usable_size(old) : 0;
	void *p = mem_alloc(size);

	if (old)
		memcpy(p, old, had < size ? had : size);
	wiping_free(old, ctx);
	return p;
}

const char *
ldap_stream_init(void)
{
	static BerMemoryFunctions functions = { wiping_alloc, wiping_zalloc,
		wiping_realloc, wiping_free };
	LDAP *ld = NULL;

	/* no ldap.conf, no .ldaprc: what holds is in proxy.conf */
	if (setenv("LDAPNOINIT", "1", 1) < 0)
		return "the environment can't be changed";
#ifndef WITH_SANITIZERS
	(void)ber_set_option(NULL, LBER_OPT_MEMORY_FNS, &functions);
#else
	(void)functions;
#endif
	if (ldap_create(&ld) != LDAP_SUCCESS)
		return "libldap can't start";
	ldap_destroy(ld);
	return NULL;
}

/* --- the stream that libldap sees ------------------------------------------------ */

static int
sb_setup(Sockbuf_IO_Desc *desc, void *arg)
{
	desc->sbiod_pvt = arg;
	return 0;
}

static int
sb_nothing(Sockbuf_IO_Desc *desc)
{
	return 0;
}

static int
sb_ctrl(Sockbuf_IO_Desc *desc, int opt, void *arg)
{
	struct ldap_stream *stream = desc->sbiod_pvt;

	if (opt == LBER_SB_OPT_DATA_READY)
		return evbuffer_get_length(io_input(stream->io)) > 0;
	return 0;
}

static ber_slen_t
sb_read(Sockbuf_IO_Desc *desc, void *buf, ber_len_t len)
{
	struct ldap_stream *stream = desc->sbiod_pvt;
	int n = evbuffer_remove(io_input(stream->io), buf, len);

	if (n > 0)
		return n;
	errno = EWOULDBLOCK;
	return -1;
}

static void
on_sent(const void *p, size_t n, void *arg)
{
	secret_wipe((void *)(uintptr_t)p, n);
	free((void *)(uintptr_t)p);
}

/* Takes all there is: requests are small and their number is bounded. */
static ber_slen_t
sb_write(Sockbuf_IO_Desc *desc, void *buf, ber_len_t len)
{
	struct ldap_stream *stream = desc->sbiod_pvt;
	char *copy;

	if (stream->closed) {
		errno = EPIPE;
		return -1;
	}
	copy = mem_dupn(buf, len);
	if (evbuffer_add_reference(
		io_output(stream->io), copy, len, on_sent, NULL) < 0)
		fatal("out of memory (evbuffer)");
	io_kick(stream->io);
	return (ber_slen_t)len;
}

static Sockbuf_IO face = {
	.sbi_setup = sb_setup,
	.sbi_remove = sb_nothing,
	.sbi_ctrl = sb_ctrl,
	.sbi_read = sb_read,
	.sbi_write = sb_write,
	.sbi_close = sb_nothing,
};

/* --- a handle ----------------------------------------------------------------- */

static const char *
set_options(LDAP *ld, struct ldap_stream *stream)
{
	int version = LDAP_VERSION3;
	ber_len_t max = LDAP_REPLY_MAX;
	Sockbuf *sb = NULL;

	if (ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version) ||
	    ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) ||
	    ldap_set_option(ld, LDAP_OPT_RESTART, LDAP_OPT_OFF) ||
	    ldap_get_option(ld, LDAP_OPT_SOCKBUF, &sb) || !sb)
		return "libldap refuses an option";
	if (ber_sockbuf_add_io(sb, &face, LBER_SBIOD_LEVEL_PROVIDER, stream) ||
	    ber_sockbuf_ctrl(sb, LBER_SB_OPT_SET_MAX_INCOMING, &max) < 0)
		return "libldap refuses a stream";
	return NULL;
}

const char *
ldap_stream_open(struct ldap_stream *stream, LDAP **out)
{
	const char *why;
	LDAP *ld = NULL;

	if (ldap_init_fd(io_fd(stream->io), LDAP_PROTO_EXT, NULL, &ld) !=
	    LDAP_SUCCESS)
		return "libldap refuses a connection";
	why = set_options(ld, stream);
	if (why)
		(void)ldap_unbind_ext(ld, NULL, NULL);
	else
		*out = ld;
	return why;
}
