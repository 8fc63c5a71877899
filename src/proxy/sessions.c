/*
 * sessions: a bounded map of OpenSSL's sessions. It resumes nothing itself.
 */
#include "proxy/sessions.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "net/io_tls.h"

struct session {
	SSL_SESSION *ssl; /* owned */
	struct looked looked;
};

struct sessions {
	struct map *known; /* owned; of struct session */
};

static void
on_session_free(void *value)
{
	struct session *session = value;

	SSL_SESSION_free(session->ssl);
	free(session);
}

struct sessions *
sessions_new(void)
{
	struct sessions *sessions = mem_zalloc(sizeof(*sessions));

	sessions->known = map_new(SESSIONS_MAX, on_session_free);
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
	sessions->known = map_new(SESSIONS_MAX, on_session_free);
}

void
sessions_keep(struct sessions *sessions, struct slice key, struct io *io,
    const struct looked *looked)
{
	SSL_SESSION *ssl = io_tls_take_session(io);
	struct session *session;

	if (ssl == NULL || SSL_SESSION_is_resumable(ssl) != 1) {
		SSL_SESSION_free(ssl);
		return;
	}
	session = mem_zalloc(sizeof(*session));
	session->ssl = ssl;
	session->looked = *looked;
	map_set(sessions->known, key, session);
}

SSL_SESSION *
sessions_take(
    struct sessions *sessions, struct slice key, struct looked *looked)
{
	struct session *session = map_get(sessions->known, key);
	SSL_SESSION *ssl;

	if (session == NULL)
		return NULL;
	if (session->looked.at_ms + SESSIONS_KEEP_MS <= clock_ms()) {
		map_del(sessions->known, key);
		return NULL;
	}
	*looked = session->looked;
	ssl = session->ssl;
	SSL_SESSION_up_ref(ssl);
	if (SSL_SESSION_get_protocol_version(ssl) >= TLS1_3_VERSION)
		map_del(sessions->known, key);
	return ssl;
}
