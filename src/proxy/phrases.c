/*
 * phrases: a sorted list of keys and texts. Knows no language and no page;
 * which keys there must be is page's to say.
 */
#include "proxy/phrases.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

struct phrase {
	struct slice key, text; /* borrowed from the file */
};

struct phrases {
	struct phrase *v; /* owned; sorted by key */
	size_t n, cap;
};

static bool
key_ok(struct slice key)
{
	if (key.n == 0 || key.n > PHRASE_KEY_MAX)
		return false;
	for (size_t i = 0; i < key.n; i++) {
		char c = key.p[i];

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' &&
		    c != '.')
			return false;
	}
	return true;
}

static const char *
check_text(struct slice text)
{
	uint32_t c;
	size_t len;

	if (text.n == 0)
		return "a key without a text";
	if (text.n > PHRASE_TEXT_MAX)
		return "the text is too long";
	while (text.n > 0) {
		len = utf8_decode(text, &c);
		if (len == 0)
			return "the text is not UTF-8";
		if (utf8_is_control(c))
			return "a control character in the text";
		text = slice_from_idx(text, len);
	}
	return NULL;
}

static const char *
read_line(struct phrases *phrases, struct slice line)
{
	size_t colon = slice_find(line, ':');
	struct phrase phrase = { slice_sub(line, 0, colon),
		slice_trim(slice_from_idx(line, colon + 1)) };
	const char *words;

	if (line.n == 0 || line.p[0] == '#')
		return NULL;
	if (colon == line.n || !key_ok(phrase.key))
		return "expected \"key: text\"";
	words = check_text(phrase.text);
	if (words != NULL)
		return words;
	if (phrases->n == PHRASES_MAX)
		return "too many texts";
	phrases->v = mem_grow(
	    phrases->v, phrases->n, &phrases->cap, sizeof(*phrases->v));
	phrases->v[phrases->n++] = phrase;
	return NULL;
}

static int
compare(const void *a, const void *b)
{
	const struct phrase *one = a, *other = b;

	return slice_cmp(one->key, other->key);
}

static char *
find_double(const struct phrases *phrases)
{
	for (size_t i = 1; i < phrases->n; i++)
		if (slice_eq(phrases->v[i].key, phrases->v[i - 1].key))
			return mem_printf("\"%.*s\" stands twice",
			    SLICE_ARG(phrases->v[i].key));
	return NULL;
}

struct phrases *
phrases_read(struct slice text, char **why)
{
	struct phrases *phrases = mem_zalloc(sizeof(*phrases));
	struct slice line;
	const char *words = NULL;
	char *found = NULL;

	for (size_t no = 1; !words && slice_split(&text, '\n', &line); no++) {
		words = read_line(phrases, line);
		if (words != NULL)
			found = mem_printf("line %zu: %s", no, words);
	}
	if (found == NULL && phrases->n > 0) {
		qsort(phrases->v, phrases->n, sizeof(*phrases->v), compare);
		found = find_double(phrases);
	}
	if (found == NULL)
		return phrases;
	*why = found;
	phrases_free(phrases);
	return NULL;
}

void
phrases_free(struct phrases *phrases)
{
	if (phrases == NULL)
		return;
	free(phrases->v);
	free(phrases);
}

struct slice
phrases_get(const struct phrases *phrases, struct slice key)
{
	struct phrase wanted = { key, SLICE_EMPTY };
	const struct phrase *found;

	if (phrases == NULL || phrases->n == 0)
		return SLICE_EMPTY;
	found = bsearch(
	    &wanted, phrases->v, phrases->n, sizeof(*phrases->v), compare);
	return found == NULL ? SLICE_EMPTY : found->text;
}

const struct slice *
phrases_key(const struct phrases *phrases, size_t i)
{
	return i < phrases->n ? &phrases->v[i].key : NULL;
}
