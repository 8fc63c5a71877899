/*
 * lang: reads texts once and finds out then whether all are there, so that
 * nobody meets a page with a hole. Never decides what a page looks like.
 */
#include "proxy/lang.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "http/accept.h"
#include "proxy/phrases.h"

/* English first: it is what remains where nothing suits. */
static const char *const all_tags[] = { "en", "de", "fr", "es", "zh" };
#define TAGS (sizeof(all_tags) / sizeof(*all_tags))

#define DETAIL "detail."

/* Keys of these are the templates' to choose; details come from all over. */
static const char *const prefixes[] = { "refusal.", "continue.", "setup.",
	"self-test.", DETAIL };
#define PREFIXES (sizeof(prefixes) / sizeof(*prefixes))

struct lang {
	const char *tag;
	struct phrases *phrases; /* owned; NULL: no file, so it is English */
	struct lang_reason reasons[REASON_COUNT]; /* borrowed from phrases */
};

struct langs {
	struct lang v[TAGS];
	const char *tags[TAGS]; /* those offered, in the same order */
	size_t n;
};

/* --- loading ----------------------------------------------------------------- */

static struct slice
reason_text(const struct lang *lang, const struct reason_info *info,
    const char *part, const char *english)
{
	char key[PHRASE_KEY_MAX];
	int n = snprintf(key, sizeof(key), "%s.%s", info->word, part);
	struct slice text = lang_text(lang, slice_from(key, (size_t)n));

	if (text.n == 0 && lang->tag == all_tags[0])
		return slice_of(english);
	return text;
}

static const char *
lacks(const struct lang_reason *reason)
{
	if (reason->title.n == 0)
		return "title";
	if (reason->words.n == 0)
		return "words";
	return reason->advice.n == 0 ? "advice" : NULL;
}

static char *
fill_reasons(struct lang *lang)
{
	for (int i = 0; i < REASON_COUNT; i++) {
		const struct reason_info *info = reason_info(i);
		struct lang_reason *to = &lang->reasons[i];

		if (info->status == 0)
			continue;
		to->title = reason_text(lang, info, "title", info->title);
		to->words = reason_text(lang, info, "words", info->words);
		to->advice = reason_text(lang, info, "advice", info->advice);
		if (lacks(to) != NULL)
			return mem_printf(
			    "no text for \"%s.%s\"", info->word, lacks(to));
	}
	return NULL;
}

static bool
is_reason_key(struct slice key)
{
	size_t dot = slice_find(key, '.');
	struct slice part = slice_from_idx(key, dot + 1);

	if (!slice_eq_str(part, "title") && !slice_eq_str(part, "words") &&
	    !slice_eq_str(part, "advice"))
		return false;
	for (int i = 0; i < REASON_COUNT; i++)
		if (reason_info(i)->status != 0 &&
		    slice_eq_str(slice_sub(key, 0, dot), reason_info(i)->word))
			return true;
	return false;
}

static bool
is_known(struct slice key)
{
	for (size_t i = 0; i < PREFIXES; i++)
		if (slice_starts(key, slice_of(prefixes[i])))
			return true;
	return is_reason_key(key);
}

/* A key with a typing error would be a text that nobody sees. */
static char *
check_keys(const struct phrases *phrases)
{
	const struct slice *key;

	for (size_t i = 0; (key = phrases_key(phrases, i)) != NULL; i++)
		if (!is_known(*key))
			return mem_printf(
			    "unknown key \"%.*s\"", SLICE_ARG(*key));
	return NULL;
}

static char *
load(struct lang *lang, struct bundle *bundle, const char *path, bool *found)
{
	struct slice text;
	char *why = NULL;

	*found = bundle_get(bundle, path, &text) == 0;
	if (!*found && errno != ENOENT)
		return mem_printf("%s", strerror(errno));
	if (*found) {
		lang->phrases = phrases_read(text, &why);
		if (lang->phrases == NULL)
			return why;
		why = check_keys(lang->phrases);
	} else if (lang->tag != all_tags[0]) {
		return NULL;
	}
	return why != NULL ? why : fill_reasons(lang);
}

static char *
load_next(struct langs *langs, struct bundle *bundle, const char *dir,
    const char *tag)
{
	struct lang *lang = &langs->v[langs->n];
	char *path = mem_printf("%s/words.%s", dir, tag), *why, *said = NULL;
	bool found;

	lang->tag = tag;
	why = load(lang, bundle, path, &found);
	if (why != NULL)
		said = mem_printf("%s: %s", path, why);
	free(why);
	free(path);
	if (found || tag == all_tags[0])
		langs->tags[langs->n++] = tag;
	return said;
}

struct langs *
langs_load(struct bundle *bundle, const char *dir, char **why)
{
	struct langs *langs = mem_zalloc(sizeof(*langs));

	for (size_t i = 0; i < TAGS; i++) {
		*why = load_next(langs, bundle, dir, all_tags[i]);
		if (*why != NULL) {
			langs_free(langs);
			return NULL;
		}
	}
	return langs;
}

void
langs_free(struct langs *langs)
{
	if (langs == NULL)
		return;
	for (size_t i = 0; i < langs->n; i++)
		phrases_free(langs->v[i].phrases);
	free(langs);
}

/* --- using -------------------------------------------------------------------- */

const struct lang *
langs_pick(const struct langs *langs, struct slice accept)
{
	return &langs->v[accept_language(accept, langs->tags, langs->n)];
}

const struct lang *
langs_at(const struct langs *langs, size_t i)
{
	return i < langs->n ? &langs->v[i] : NULL;
}

const char *
lang_tag(const struct lang *lang)
{
	return lang->tag;
}

struct slice
lang_text(const struct lang *lang, struct slice key)
{
	return phrases_get(lang->phrases, key);
}

const struct lang_reason *
lang_reason(const struct lang *lang, enum reason reason)
{
	must(reason < REASON_COUNT);
	return &lang->reasons[reason];
}

struct slice
lang_detail(const struct lang *lang, const char *english)
{
	char key[PHRASE_KEY_MAX] = DETAIL;
	size_t n = sizeof(DETAIL) - 1;

	for (; *english != '\0' && n < sizeof(key); english++) {
		char c = *english | 0x20;

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			key[n++] = c;
		else if (key[n - 1] != '-')
			key[n++] = '-';
	}
	return lang_text(lang, slice_from(key, n));
}
