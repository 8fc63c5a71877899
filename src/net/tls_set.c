/*
 * tls_set: shared by reference count, within one thread; the contexts that
 * were made of it before a reload live as long as their connections.
 */
#include "net/tls_set.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"

struct tls_set {
	struct tls_own *v[TLS_SET_MAX]; /* owned */
	size_t n;
	unsigned refs;
};

struct tls_set *
tls_set_new(void)
{
	struct tls_set *set = mem_zalloc(sizeof(*set));

	set->refs = 1;
	return set;
}

void
tls_set_unref(struct tls_set *set)
{
	if (set == NULL || --set->refs > 0)
		return;
	for (size_t i = 0; i < set->n; i++)
		tls_own_free(set->v[i]);
	free(set);
}

void
tls_set_add(struct tls_set *set, struct tls_own *own)
{
	must(set->n < TLS_SET_MAX);
	set->v[set->n++] = own;
}

static int
on_name(SSL *ssl, int *alert, void *arg)
{
	const struct tls_set *set = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	for (size_t i = 0; name != NULL && i < set->n; i++)
		if (tls_own_is_for(set->v[i], name)) {
			tls_own_use(set->v[i], ssl);
			return SSL_TLSEXT_ERR_OK;
		}
	return SSL_TLSEXT_ERR_NOACK;
}

static void
on_context_free(void *parent, void *value, CRYPTO_EX_DATA *data, int index,
    long argl, void *argp)
{
	tls_set_unref(value);
}

/* One number for the life of the process. */
static int
slot(void)
{
	static int index = -1;

	if (index < 0)
		index = SSL_CTX_get_ex_new_index(
		    0, NULL, NULL, NULL, on_context_free);
	must(index >= 0);
	return index;
}

void
tls_set_use_for(struct tls_set *set, SSL_CTX *ctx)
{
	must(set->n > 0);
	tls_own_use_for(set->v[0], ctx);
	set->refs++;
	must(SSL_CTX_set_ex_data(ctx, slot(), set) == 1);
	SSL_CTX_set_tlsext_servername_callback(ctx, on_name);
	SSL_CTX_set_tlsext_servername_arg(ctx, set);
}

const char *
tls_set_judge(const struct tls_set *set, SSL_CTX *ctx)
{
	SSL *ssl = SSL_new(ctx);
	bool good = ssl != NULL;

	for (size_t i = 0; good && i < set->n; i++)
		good = tls_own_use(set->v[i], ssl);
	SSL_free(ssl);
	return good ? NULL : "its key or certificate is too weak";
}
