/*
 * io_read: a step of reading: so much at a time, into room that adapts, told
 * in one piece. It never looks into the bytes.
 */
#include "net/io_read.h"

#include "base/must.h"

#define STEP (64u << 10) /* read at most this before telling */
#define CHUNK_MAX (64u << 10)
#define CHUNK_HEAD 64 /* libevent's own, so that sizes fit pages */

/* The next chunk is as large as this one was useful. */
static void
adapt(struct io *io, size_t room, size_t got)
{
	if (got == room && io->chunk < CHUNK_MAX)
		io->chunk *= 2;
	else if (got < io->chunk / 4 && io->chunk > IO_CHUNK_MIN)
		io->chunk /= 2;
}

/* Gives back the room of a read that brought nothing: libevent would keep it
 * for as long as the stream is idle. */
static void
release_room(struct io *io, struct evbuffer_iovec *room)
{
	if (evbuffer_get_length(io->in) > 0)
		return;
	*(char *)room->iov_base = 0;
	room->iov_len = 1;
	must(evbuffer_commit_space(io->in, room, 1) == 0);
	must(evbuffer_drain(io->in, 1) == 0);
}

static enum tls_ret
read_some(struct io *io, size_t *got)
{
	struct evbuffer_iovec room;
	enum tls_ret ret;

	must(evbuffer_reserve_space(
		 io->in, (ssize_t)(io->chunk - CHUNK_HEAD), &room, 1) == 1);
	ret = sock_read(&io->sock, room.iov_base, room.iov_len, got);
	io->more = ret == TLS_OK && sock_more(&io->sock);
	if (ret != TLS_OK) {
		release_room(io, &room);
		return ret;
	}
	adapt(io, room.iov_len, *got);
	room.iov_len = *got;
	must(evbuffer_commit_space(io->in, &room, 1) == 0);
	return TLS_OK;
}

/* Reads up to a step: the owner gets it in one piece. */
static enum tls_ret
gather(struct io *io, size_t *sum)
{
	enum tls_ret ret;
	size_t got;

	*sum = 0;
	do {
		ret = read_some(io, &got);
		*sum += got;
	} while (ret == TLS_OK && io->more && *sum < STEP);
	return ret;
}

static void
end_reading(struct io *io, enum io_end end)
{
	io->end = end;
	io_tell(io, IO_EOF);
}

static bool
may_read(const struct io *io)
{
	return io_is_open(io) && io->end == IO_END_NONE && io->more &&
	    io->paused == 0 && evbuffer_get_length(io->in) < IO_MARK_HIGH;
}

bool
io_read(struct io *io)
{
	enum tls_ret ret;
	size_t sum;

	if (!may_read(io))
		return false;
	if (io->budget_in == 0) {
		io_drive_in(io, 0);
		return false;
	}
	ret = gather(io, &sum);
	io->budget_in -= sum < io->budget_in ? sum : io->budget_in;
	if (sum > 0) {
		io_progress(io, &io->stats.in, sum);
		io_tell(io, IO_DATA);
	}
	if (ret == TLS_END)
		end_reading(io, IO_END_CLEAN);
	else if (ret == TLS_CUT)
		end_reading(io, IO_END_TRUNCATED);
	else if (ret == TLS_FAIL)
		io_fail(io, io->sock.error);
	return true;
}
