/*
 * io_stage: opens an io and its scripted peer, and makes the peer act.
 */
#include "io_stage.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#include "base/clock.h"
#include "base/name.h"
#include "net/io_tls.h"

struct bed stage_bed;
bool stage_tcp;

void
stage_setup(void)
{
	bed_init(&stage_bed);
}

void
stage_teardown(void)
{
	bed_clear(&stage_bed);
}

static void
open_pair(int fd[2])
{
	if (stage_tcp)
		bed_tcp_pair(fd);
	else
		bed_pair(fd);
}

/* An io that is a TLS server, with its peer. */
static void
open_server(struct seen *seen, struct peer *peer)
{
	SSL_CTX *ctx = bed_peer_client(&stage_bed);
	int fd[2];

	open_pair(fd);
	seen_init(seen, &stage_bed, fd[0]);
	seen->leaf = stage_bed.leaf;
	peer_init(peer, fd[1]);
	peer_tls(peer, ctx, false, "origin.example");
	SSL_CTX_free(ctx);
	io_tls_accept(seen->io, stage_bed.server);
}

static void
open_client(struct seen *seen, struct peer *peer)
{
	SSL_CTX *ctx = bed_peer_server(&stage_bed, NULL);
	struct tls_connect_opts opts = { .alpn = TLS_ALPN_HTTP1 };
	struct host host;
	int fd[2];

	ck_assert_ptr_null(host_parse(SLICE("origin.example"), &host));
	opts.host = &host;
	open_pair(fd);
	seen_init(seen, &stage_bed, fd[0]);
	peer_init(peer, fd[1]);
	peer_tls(peer, ctx, true, NULL);
	SSL_CTX_free(ctx);
	io_tls_connect(seen->io, stage_bed.client, &opts);
}

static void
open_plain(struct seen *seen, struct peer *peer)
{
	int fd[2];

	open_pair(fd);
	seen_init(seen, &stage_bed, fd[0]);
	peer_init(peer, fd[1]);
}

open_fn *const stage_openers[NOPENERS] = { open_plain, open_server,
	open_client };

void
stage_open(int which, struct seen *seen, struct peer *peer)
{
	stage_openers[which](seen, peer);
	peer_run(peer, &stage_bed, 60000, 60000);
	ck_assert(which == 0 || seen_has(seen, IO_SECURE));
}

void
stage_clear(struct seen *seen, struct peer *peer)
{
	seen_clear(seen);
	peer_clear(peer);
}

void
stage_say(struct peer *peer, size_t from, size_t n)
{
	char *bytes = malloc(n);

	fill_pattern(bytes, n, from);
	evbuffer_add(peer->sent, bytes, n);
	free(bytes);
}

void
stage_queue(struct seen *seen, size_t from, size_t n)
{
	char *bytes = malloc(n);

	fill_pattern(bytes, n, from);
	evbuffer_add(io_output(seen->io), bytes, n);
	io_kick(seen->io);
	free(bytes);
}

void
stage_finish_peer(struct peer *peer)
{
	if (peer->ssl != NULL) {
		SSL_shutdown(peer->ssl);
		while (peer_step(peer, 0, 60000))
			;
	}
	shutdown(peer->fd, SHUT_WR);
}

void
stage_reset_peer(struct peer *peer)
{
	struct linger now = { .l_onoff = 1 };

	setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(peer->fd);
	peer->fd = -1;
	peer->eof = true;
}

void
stage_wait_for(struct seen *seen, enum io_event event, unsigned ms)
{
	uint64_t until = clock_ms() + ms;
	const bool never = false;

	while (!seen_has(seen, event) && clock_ms() < until)
		bed_wait(&stage_bed, &never, 10);
	ck_assert(seen_has(seen, event));
}
