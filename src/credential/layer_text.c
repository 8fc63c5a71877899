/*
 * layer_text: what nobody understood, read as text: lines, what stands
 * behind a label, words.
 *
 * "user: jdoe", "c0-param2=string:x", "PASS jdoe/net:secret", "login is
 * jdoe and the password is: secret", "https://jdoe:secret@host/": the value
 * is what follows one of the characters that end a label, up to the end of
 * the line, or it is a word.
 */
#include <string.h>

#include "credential/layer.h"
#include "credential/text.h"

#define LABELS_MAX 24 /* ends of labels followed in one line */
#define WORD_PARTS_MAX 4

struct reader {
	struct scan *scan;
	const struct span *span;
	uint32_t where;
};

static void
push_part(const struct reader *r, struct slice part)
{
	scan_push(r->scan, r->span, part, r->where, SPAN_PART, RANK_PART);
}

static void
emit_part(const struct reader *r, struct slice part)
{
	scan_emit(r->scan, r->span, part, r->where, RANK_PART);
}

/* 'it''s' as YAML and SQL write it: the doubled tick is one. */
static void
push_undoubled(const struct reader *r, struct slice s, char quote)
{
	char *out;
	size_t i, n = 0;

	if (memchr(s.p, quote, s.n) == NULL)
		return;
	out = scan_room(r->scan, s.n, NULL);
	if (out == NULL)
		return;
	for (i = 0; i < s.n; i++) {
		out[n++] = s.p[i];
		if (s.p[i] == quote && i + 1 < s.n && s.p[i + 1] == quote)
			i++;
	}
	push_part(r, scan_keep(r->scan, n));
}

static void
push_unquoted(const struct reader *r, struct slice s)
{
	char quote = s.n > 2 ? s.p[0] : 0;
	struct slice inner;

	if ((quote != '"' && quote != '\'') || s.p[s.n - 1] != quote)
		return;
	inner = slice_sub(s, 1, s.n - 2);
	push_part(r, inner);
	push_undoubled(r, inner, quote);
}

static void
push_labelled(const struct reader *r, struct slice line)
{
	struct slice value;
	size_t i, labels = 0;

	for (i = 0; i + 1 < line.n && labels < LABELS_MAX; i++) {
		if (!(text_class(line.p[i]) & HAS_LABEL_END))
			continue;
		value = text_trim(slice_from_idx(line, i + 1));
		if (value.n == 0 || value.n > CREDENTIAL_VALUE_MAX)
			continue;
		labels++;
		push_part(r, value);
		push_unquoted(r, value);
		/* what stands before it may be the account's name */
		if (line.p[i] == ':' && i <= CREDENTIAL_NAME_MAX)
			emit_part(r, slice_sub(line, 0, i));
	}
}

static struct slice
strip_marks(struct slice word)
{
	static const char marks[] = "\"'()<>[]{},.;!?:*`";

	while (word.n > 0 && strchr(marks, word.p[0]) != NULL)
		word = slice_from_idx(word, 1);
	while (word.n > 0 && strchr(marks, word.p[word.n - 1]) != NULL)
		word.n--;
	return word;
}

static void
emit_word_parts(const struct reader *r, struct slice word)
{
	size_t i, parts = 0;

	for (i = 0; i + 1 < word.n && parts < WORD_PARTS_MAX; i++) {
		if (!(text_class(word.p[i]) & HAS_WORD_END))
			continue;
		parts++;
		emit_part(r, slice_sub(word, 0, i));
		emit_part(r, slice_from_idx(word, i + 1));
	}
}

static void
emit_words(const struct reader *r, struct slice line)
{
	struct slice word, bare;
	size_t i = 0, start;

	while (i < line.n) {
		while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'))
			i++;
		start = i;
		while (i < line.n && line.p[i] != ' ' && line.p[i] != '\t')
			i++;
		word = slice_sub(line, start, i - start);
		if (word.n == 0 || word.n > CREDENTIAL_VALUE_MAX)
			continue;
		emit_part(r, word);
		bare = strip_marks(word);
		if (bare.n != word.n)
			emit_part(r, bare);
		emit_word_parts(r, word);
	}
}

/* "scheme://user:password@host" (RFC 3986 section 3.2.1). */
static void
push_userinfo(const struct reader *r, struct slice line)
{
	size_t at = slice_search(line, SLICE("://")), i;
	struct slice info;

	if (at == line.n)
		return;
	info = slice_from_idx(line, at + 3);
	for (i = 0; i < info.n && info.p[i] != ' ' && info.p[i] != '/'; i++)
		;
	info.n = slice_rfind(slice_sub(info, 0, i), '@');
	if (info.n >= i)
		return;
	i = slice_find(info, ':');
	push_part(r, slice_sub(info, 0, i));
	push_part(r, slice_from_idx(info, i + 1));
}

static void
decode_line(const struct reader *r, struct slice line)
{
	unsigned mask = r->span->mask;

	if (line.n != r->span->bytes.n) {
		push_part(r, line);
		mask = text_mask(line);
	}
	if (mask & (HAS_COLON | HAS_SLASH))
		push_userinfo(r, line);
	if (mask & HAS_LABEL_END)
		push_labelled(r, line);
	if (mask & HAS_BLANK)
		emit_words(r, line);
	else if (mask & HAS_WORD_END)
		emit_word_parts(r, line);
}

static bool
ends_line(char c)
{
	return c == '\n' || c == '\r' || c == 0x1e || c == 3;
}

/* Salesforce and others glue a token to the password. */
static void
emit_without_tail(const struct reader *r)
{
	enum {
		TOKEN = 24
	};
	struct slice s = r->span->bytes, tail;

	if (r->span->role != SPAN_VALUE || s.n <= TOKEN ||
	    s.n > CREDENTIAL_VALUE_MAX)
		return;
	tail = slice_from_idx(s, s.n - TOKEN);
	if (!(text_mask(tail) & ~(HAS_LETTER | HAS_DIGIT | HAS_NONHEX)))
		scan_emit(r->scan, r->span, slice_sub(s, 0, s.n - TOKEN),
		    r->where, RANK_PART);
}

static enum layer_result
decode(struct scan *scan, const struct span *span)
{
	struct slice s = span->bytes, line;
	struct reader r = { scan, span,
		scan_step(scan, span->where, WHERE_TEXT, SLICE_EMPTY, 0) };
	size_t i, start = 0;

	emit_without_tail(&r);
	for (i = 0; i <= s.n; i++) {
		if (i < s.n && !ends_line(s.p[i]))
			continue;
		line = text_trim(slice_sub(s, start, i - start));
		start = i + 1;
		if (line.n == 0)
			continue;
		if (!scan_work(scan, line.n))
			break;
		decode_line(&r, line);
	}
	return LAYER_SOME;
}

const struct layer layer_text = {
	.name = "text",
	.roles = ON_WHOLE,
	.decode = decode,
};
