/*
 * post: dial, handshake, one request, the head of its answer.
 *
 * Runs in the alerter process.  Redirects are not followed: a webhook is
 * where the configuration says it is.
 */
#include "alerter/post.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "http/h1_read.h"
#include "net/dial.h"
#include "net/io.h"
#include "net/io_tls.h"

#define ARENA_BYTES 4096

static const struct h1_limits limits = {
	.request_line = 8192, .header_bytes = 65536, .header_count = 200
};

struct post {
	struct event_base *base;  /* borrowed */
	SSL_CTX *ctx;             /* borrowed */
	const struct target *url; /* borrowed */
	struct evbuffer *request; /* owned, as all below */
	struct dial *dial;
	struct io *io;
	struct h1_reader *reader;
	struct arena *arena;
	struct event *deadline;
	post_fn *on_done;
	void *arg; /* borrowed */
};

void
post_free(struct post *post)
{
	if (!post)
		return;
	dial_free(post->dial);
	io_free(post->io);
	h1_reader_free(post->reader);
	arena_free(post->arena);
	evbuffer_free(post->request);
	event_free(post->deadline);
	free(post);
}

static void
done(struct post *post, int status, const char *why)
{
	post->on_done(status, why, post->arg);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	done(arg, 0, "it takes too long");
}

static void
send_request(struct post *post)
{
	evbuffer_add_buffer(io_output(post->io), post->request);
	io_kick(post->io);
}

static void
read_answer(struct post *post)
{
	struct head head;

	for (;;) {
		switch (h1_read_head(post->reader, io_input(post->io),
		    io_end(post->io) != IO_END_NONE, post->arena, METHOD_POST,
		    &head)) {
		case H1_HEAD:
			if (head.status < 200)
				continue;
			done(post, head.status, NULL);
			return;
		case H1_MORE:
			if (io_end(post->io) != IO_END_NONE)
				done(post, 0, "closed without an answer");
			return;
		case H1_BODY:
		case H1_END:
		case H1_ERROR:
			done(post, 0, "the answer is no HTTP");
			return;
		}
	}
}

static void
on_io(struct io *io, enum io_event event, void *arg)
{
	struct post *post = arg;

	switch (event) {
	case IO_SECURE:
		send_request(post);
		return;
	case IO_DATA:
	case IO_EOF:
		read_answer(post);
		return;
	case IO_ERROR:
		done(post, 0,
		    io_is_tls(io) && io_tls_info(io)->verify_error
			? io_tls_info(io)->verify_text
			: io_error(io));
		return;
	case IO_HELLO:
	case IO_DRAINED:
		return;
	}
}

/* The URL is the administrator's: any address will do. */
static enum dial_candidate
on_candidate(const struct addr *addr, int fd, void *arg)
{
	return DIAL_GO;
}

static void
on_dialled(struct dial *dial, enum dial_ret ret, int fd,
    const struct addr *addr, void *arg)
{
	struct post *post = arg;
	struct tls_connect_opts tls = { .host = &post->url->host,
		.alpn = TLS_ALPN_HTTP1 };

	if (ret != DIAL_OK) {
		done(post, 0,
		    ret == DIAL_TIMEOUT ? "it takes too long"
					: dial_error(dial));
		return;
	}
	post->io = io_new(post->base, fd, on_io, post);
	if (post->url->scheme == SCHEME_HTTPS)
		io_tls_connect(post->io, post->ctx, &tls);
	else
		send_request(post);
}

static void
write_request(struct post *post, struct slice json)
{
	const struct target *url = post->url;
	struct slice host = authority_text(
	    post->arena, &url->host, url->port, scheme_port(url->scheme));

	evbuffer_add_printf(post->request,
	    "POST %.*s HTTP/1.1\r\nHost: %.*s\r\nUser-Agent: sallyport\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n"
	    "Connection: close\r\n\r\n",
	    SLICE_ARG(url->path_query), SLICE_ARG(host), json.n);
	evbuffer_add(post->request, json.p, json.n);
}

struct post *
post_start(const struct post_opts *opts, post_fn *on_done, void *arg)
{
	struct post *post = mem_zalloc(sizeof(*post));
	struct timeval in = {
		.tv_sec = (time_t)(opts->timeout_ms / 1000),
		.tv_usec = (suseconds_t)(opts->timeout_ms % 1000 * 1000),
	};

	post->base = opts->base;
	post->ctx = opts->ctx;
	post->url = opts->url;
	post->on_done = on_done;
	post->arg = arg;
	post->request = evbuffer_new();
	post->arena = arena_new(ARENA_BYTES);
	post->reader = h1_reader_new(false, &limits);
	post->deadline = evtimer_new(opts->base, on_deadline, post);
	if (!post->request || !post->deadline ||
	    event_add(post->deadline, &in) < 0)
		fatal("out of memory (an alert)");
	write_request(post, opts->json);
	post->dial = dial_start(opts->base, opts->resolver, &opts->url->host,
	    opts->url->port, opts->timeout_ms, on_candidate, on_dialled, post);
	return post;
}
