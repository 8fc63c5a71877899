#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#include "base/name.h"
#include "bed.h"
#include "suites.h"

static struct bed bed;

static void
setup(void)
{
	bed_init(&bed);
}

static void
teardown(void)
{
	bed_clear(&bed);
}

/* An io that is a TLS server, with its peer. */
static void
open_server(struct seen *seen, struct peer *peer)
{
	SSL_CTX *ctx = bed_peer_client(&bed);
	int fd[2];

	bed_pair(fd);
	seen_init(seen, &bed, fd[0]);
	seen->leaf = bed.leaf;
	peer_init(peer, fd[1]);
	peer_tls(peer, ctx, false, "origin.example");
	SSL_CTX_free(ctx);
	io_tls_accept(seen->io, bed.server);
}

static void
open_client(struct seen *seen, struct peer *peer)
{
	SSL_CTX *ctx = bed_peer_server(&bed, NULL);
	struct tls_connect_opts opts = { .alpn = TLS_ALPN_HTTP1 };
	struct host host;
	int fd[2];

	ck_assert_ptr_null(host_parse(SLICE("origin.example"), &host));
	opts.host = &host;
	bed_pair(fd);
	seen_init(seen, &bed, fd[0]);
	peer_init(peer, fd[1]);
	peer_tls(peer, ctx, true, NULL);
	SSL_CTX_free(ctx);
	io_tls_connect(seen->io, bed.client, &opts);
}

static void
open_plain(struct seen *seen, struct peer *peer)
{
	int fd[2];

	bed_pair(fd);
	seen_init(seen, &bed, fd[0]);
	peer_init(peer, fd[1]);
}

typedef void open_fn(struct seen *, struct peer *);
static open_fn *const openers[] = { open_plain, open_server, open_client };
#define NOPENERS (int)(sizeof(openers) / sizeof(openers[0]))

static const struct {
	size_t in, out;
} gaits[] = { { 1, 1 }, { 1, 60000 }, { 60000, 1 }, { 2, 3 }, { 17, 5 },
	{ 60000, 60000 } };
#define NGAITS (int)(sizeof(gaits) / sizeof(gaits[0]))

#define SHORT 3000

/* Any interleaving of small reads and writes delivers the same bytes. */
START_TEST(test_interleave)
{
	struct seen seen;
	struct peer peer;
	char bytes[SHORT];

	openers[_i / NGAITS](&seen, &peer);
	seen.echo = true;
	fill_pattern(bytes, sizeof(bytes), 0);
	evbuffer_add(peer.sent, bytes, sizeof(bytes));
	peer_run(&peer, &bed, gaits[_i % NGAITS].in, gaits[_i % NGAITS].out);
	check_pattern(peer.got, sizeof(bytes));
	ck_assert(!seen_has(&seen, IO_ERROR));
	seen_clear(&seen);
	peer_clear(&peer);
}
END_TEST

Suite *
suite_io(void)
{
	Suite *suite = suite_create("io");
	TCase *tc = tcase_create("io");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_interleave, 0, NOPENERS * NGAITS);
	suite_add_tcase(suite, tc);
	return suite;
}
