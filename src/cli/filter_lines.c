/*
 * filter_lines: from a stream of lines to tokens, with a bar.
 *
 * Runs in `sallyport filter`. No line is ever shown.
 */
#include "cli/filter_lines.h"

#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/secret.h"
#include "credential/names.h"

#define PIECE 65536
#define LINE_MAX_BYTES 4096
#define BAR_WIDTH 40
#define BAR_MS 100

struct progress {
	uint64_t done, size; /* bytes; size 0: unknown */
	uint64_t shown_ms;
};

static const char *
wrong_line(struct filter_lines *lines, const char *what)
{
	snprintf(lines->why, sizeof(lines->why), "line %" PRIu64 ": %s",
	    lines->lines, what);
	return lines->why;
}

/* --- one line ------------------------------------------------------------------ */

static bool
parse_hash(struct slice text, unsigned char hash[NT_HASH_SIZE])
{
	if (text.n != 2 * NT_HASH_SIZE)
		return false;
	for (size_t i = 0; i < NT_HASH_SIZE; i++) {
		int high = slice_hex_digit(text.p[2 * i]);
		int low = slice_hex_digit(text.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		hash[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

/* "hash", or "number:hash:hash:::" */
static struct slice
hash_field(struct slice rest)
{
	struct slice field = rest;

	if (slice_find(rest, ':') == rest.n)
		return rest;
	for (int i = 0; i < 3; i++)
		if (!slice_split(&rest, ':', &field))
			return SLICE_EMPTY;
	return field;
}

static void
emit(struct filter_lines *lines, const struct token *token, bool made)
{
	if (!made) {
		lines->skipped++;
		return;
	}
	lines->tokens++;
	lines->on_token(lines->arg, token);
}

static const char *
take_hash(struct filter_lines *lines, struct slice account, struct slice rest)
{
	unsigned char hash[NT_HASH_SIZE];
	struct token token;

	if (!parse_hash(hash_field(rest), hash))
		return wrong_line(lines, "there is no NT hash of 32 digits");
	emit(lines, &token,
	    token_of_nt_hash(lines->key, &lines->rule, account, hash, &token));
	secret_wipe(hash, sizeof(hash));
	return NULL;
}

static const char *
take_password(
    struct filter_lines *lines, struct slice account, struct slice password)
{
	unsigned char hash[NT_HASH_SIZE];
	struct token token;

	if (lines->kinds & FILTER_PASSWORDS)
		emit(lines, &token,
		    token_of_password(
			lines->key, &lines->rule, account, password, &token));
	if (lines->kinds & FILTER_NT_HASHES)
		emit(lines, &token,
		    token_nt_hash(password, hash) &&
			token_of_nt_hash(
			    lines->key, &lines->rule, account, hash, &token));
	secret_wipe(hash, sizeof(hash));
	secret_wipe(&token, sizeof(token));
	return NULL;
}

static const char *
take_line(struct filter_lines *lines, struct slice line)
{
	char buf[CREDENTIAL_NAME_MAX];
	size_t colon, domain, n;
	struct slice account;

	lines->lines++;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n == 0)
		return NULL;
	colon = slice_find(line, ':');
	if (colon == line.n)
		return wrong_line(
		    lines, "there is no ':' between account and password");
	account = slice_sub(line, 0, colon);
	domain = slice_rfind(account, '\\');
	if (domain < account.n)
		account = slice_from_idx(account, domain + 1);
	n = name_canonical(account, buf);
	if (n == 0)
		return wrong_line(lines, "this can't be an account's name");
	account = slice_from(buf, n);
	line = slice_from_idx(line, colon + 1);
	return lines->hashes ? take_hash(lines, account, line)
			     : take_password(lines, account, line);
}

/* --- all of them ----------------------------------------------------------------- */

static void
draw(const struct progress *progress, uint64_t lines)
{
	unsigned filled = 0;

	if (progress->size == 0) {
		fprintf(stderr, "\r%" PRIu64 " lines", lines);
		return;
	}
	filled = (unsigned)(progress->done * BAR_WIDTH / progress->size);
	if (filled > BAR_WIDTH)
		filled = BAR_WIDTH;
	fprintf(stderr, "\r[%.*s%*s] %3u%% %" PRIu64 " lines", (int)filled,
	    "########################################",
	    (int)(BAR_WIDTH - filled), "", filled * 100 / BAR_WIDTH, lines);
}

static void
show(const struct filter_lines *lines, struct progress *progress, bool last)
{
	uint64_t now = clock_ms();

	if (!lines->bar || (!last && now - progress->shown_ms < BAR_MS))
		return;
	progress->shown_ms = now;
	draw(progress, lines->lines);
	if (last)
		fputc('\n', stderr);
}

/* Takes the whole lines in buf and moves what is left to its front. */
static const char *
take_lines(struct filter_lines *lines, struct secret *buf, bool end)
{
	struct slice rest = secret_slice(buf);
	const char *wrong = NULL;

	while (!wrong && rest.n) {
		size_t n = slice_find(rest, '\n');

		if (n > LINE_MAX_BYTES) {
			lines->lines++;
			return wrong_line(lines, "longer than 4096 bytes");
		}
		if (n == rest.n && !end)
			break;
		wrong = take_line(lines, slice_sub(rest, 0, n));
		rest = slice_from_idx(rest, n + 1);
	}
	memmove(buf->p, rest.p, rest.n);
	buf->n = rest.n;
	return wrong;
}

static const char *
read_all(struct filter_lines *lines, int fd, struct secret *buf,
    struct progress *progress)
{
	for (;;) {
		ssize_t n = read(fd, buf->p + buf->n, buf->cap - buf->n);
		const char *wrong;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			snprintf(lines->why, sizeof(lines->why), "%s",
			    strerror(errno));
			return lines->why;
		}
		buf->n += (size_t)n;
		progress->done += (uint64_t)n;
		wrong = take_lines(lines, buf, n == 0);
		if (wrong || n == 0)
			return wrong;
		show(lines, progress, false);
	}
}

const char *
filter_lines_read(struct filter_lines *lines, int fd)
{
	struct progress progress = { .done = 0 };
	struct secret buf;
	struct stat st;
	const char *wrong;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		progress.size = (uint64_t)st.st_size;
	secret_init(&buf, PIECE);
	wrong = read_all(lines, fd, &buf, &progress);
	secret_clear(&buf);
	show(lines, &progress, true);
	return wrong;
}
