/*
 * sessions: a bounded map of OpenSSL's sessions. It resumes nothing itself.
 */
#include "proxy/sessions.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "net/io_tls.h"

struct session {
	SSL_SESSION *ssl; /* owned */
	struct looked looked;
};

/* Of one account and origin. */
struct kept {
	struct session v[SESSIONS_EACH]; /* the newest last */
	size_t n;
};

struct sessions {
	struct map *known; /* owned; of struct kept, none empty */
};

/* Lets go of the oldest. */
static void
shift(struct kept *kept)
{
	SSL_SESSION_free(kept->v[0].ssl);
	kept->n--;
	memmove(kept->v, kept->v + 1, kept->n * sizeof(kept->v[0]));
}

static void
on_kept_free(void *value)
{
	struct kept *kept = value;

	while (kept->n > 0)
		shift(kept);
	free(kept);
}

struct sessions *
sessions_new(void)
{
	struct sessions *sessions = mem_zalloc(sizeof(*sessions));

	sessions->known = map_new(SESSIONS_MAX, on_kept_free);
	return sessions;
}

void
sessions_free(struct sessions *sessions)
{
	if (sessions == NULL)
		return;
	map_free(sessions->known);
	free(sessions);
}

void
sessions_forget(struct sessions *sessions)
{
	map_free(sessions->known);
	sessions->known = map_new(SESSIONS_MAX, on_kept_free);
}

/* Before TLS 1.3 one serves any number of connections. */
static bool
is_used_once(const SSL_SESSION *ssl)
{
	return SSL_SESSION_get_protocol_version(ssl) >= TLS1_3_VERSION;
}

void
sessions_keep(struct sessions *sessions, struct slice key, struct io *io,
    const struct looked *looked)
{
	SSL_SESSION *ssl = io_tls_take_session(io);
	struct kept *kept;

	if (ssl == NULL || SSL_SESSION_is_resumable(ssl) != 1) {
		SSL_SESSION_free(ssl);
		return;
	}
	kept = map_get(sessions->known, key);
	if (kept == NULL) {
		kept = mem_zalloc(sizeof(*kept));
		map_set(sessions->known, key, kept);
	}
	while (kept->n >= (is_used_once(ssl) ? SESSIONS_EACH : 1))
		shift(kept);
	kept->v[kept->n++] = (struct session){ ssl, *looked };
}

SSL_SESSION *
sessions_take(
    struct sessions *sessions, struct slice key, struct looked *looked)
{
	struct kept *kept = map_get(sessions->known, key);
	uint64_t now = clock_ms();
	struct session last = { .ssl = NULL };

	while (kept != NULL && kept->n > 0 && last.ssl == NULL) {
		last = kept->v[--kept->n];
		if (last.looked.at_ms + SESSIONS_KEEP_MS > now)
			break;
		SSL_SESSION_free(last.ssl);
		last.ssl = NULL;
	}
	if (last.ssl != NULL && !is_used_once(last.ssl)) {
		SSL_SESSION_up_ref(last.ssl);
		kept->n++;
	}
	if (kept != NULL && kept->n == 0)
		map_del(sessions->known, key);
	if (last.ssl != NULL)
		*looked = last.looked;
	return last.ssl;
}
