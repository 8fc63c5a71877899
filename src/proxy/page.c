/*
 * page: a template is a list of parts, made when it is read. Rendering is
 * one pass without recursion; sections nest to a fixed depth.
 */
#include "proxy/page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"

enum part_kind {
	PART_TEXT,
	PART_VALUE,
	PART_PHRASE,
	PART_OPEN,
	PART_CLOSE,
	PART_FILE /* until it is read: then it is text */
};

struct part {
	enum part_kind kind;
	struct slice text; /* borrowed from the bundle: text, or a name */
};

#define DEPTH_MAX 4

struct template
{
	struct part *parts; /* owned */
	size_t n, cap;
};

struct pages {
	struct template templates[PAGE_COUNT];
	struct langs *langs; /* owned */
};

static const char *const files[PAGE_COUNT] = {
	[PAGE_REFUSAL] = "refusal.html",
	[PAGE_CONTINUE] = "continue.html",
	[PAGE_SETUP] = "setup.html",
	[PAGE_SELF_TEST] = "self-test.svg",
};

static void
add(struct template *template, enum part_kind kind, struct slice text)
{
	if (kind == PART_TEXT && text.n == 0)
		return;
	template->parts = mem_grow(template->parts, template->n, &template->cap,
	    sizeof(*template->parts));
	template->parts[template->n++] = (struct part){ kind, text };
}

/* What stands between "{{" and "}}". */
static void
add_tag(struct template *template, struct slice tag)
{
	if (tag.n > 0 && tag.p[0] == '?')
		add(template, PART_OPEN, slice_from_idx(tag, 1));
	else if (tag.n > 0 && tag.p[0] == '/')
		add(template, PART_CLOSE, slice_from_idx(tag, 1));
	else if (tag.n > 0 && tag.p[0] == '=')
		add(template, PART_PHRASE, slice_from_idx(tag, 1));
	else if (tag.n > 0 && tag.p[0] == '>')
		add(template, PART_FILE, slice_from_idx(tag, 1));
	else
		add(template, PART_VALUE, tag);
}

static const char *
parse(struct template *template, struct slice rest)
{
	size_t at, end;

	while ((at = slice_search(rest, SLICE("{{"))) < rest.n) {
		add(template, PART_TEXT, slice_sub(rest, 0, at));
		rest = slice_from_idx(rest, at + 2);
		end = slice_search(rest, SLICE("}}"));
		if (end == rest.n)
			return "{{ without }}";
		add_tag(template, slice_sub(rest, 0, end));
		rest = slice_from_idx(rest, end + 2);
	}
	add(template, PART_TEXT, rest);
	return NULL;
}

static const char *
check_sections(const struct template *template)
{
	struct slice open[DEPTH_MAX];
	size_t depth = 0;

	for (size_t i = 0; i < template->n; i++) {
		const struct part *part = &template->parts[i];

		if (part->kind == PART_OPEN) {
			if (depth == DEPTH_MAX)
				return "sections nest too deeply";
			open[depth++] = part->text;
		} else if (part->kind == PART_CLOSE) {
			if (depth == 0 || !slice_eq(open[--depth], part->text))
				return "a section is closed that is not open";
		}
	}
	return depth == 0 ? NULL : "a section stays open";
}

static const char *
load(struct template *template, struct bundle *bundle, const char *path)
{
	struct slice text;
	const char *why;

	if (bundle_get(bundle, path, &text) != 0)
		return strerror(errno);
	why = parse(template, text);
	return why != NULL ? why : check_sections(template);
}

/* What is put in is not taken apart, so that no file can put in itself. */
static char *
load_file(struct part *part, struct bundle *bundle, const char *dir)
{
	char *path = mem_printf("%s/%.*s", dir, SLICE_ARG(part->text));
	char *why = NULL;

	if (slice_find(part->text, '/') < part->text.n)
		why = mem_printf("%s: not a file beside the templates", path);
	else if (bundle_get(bundle, path, &part->text) != 0)
		why = mem_printf("%s: %s", path, strerror(errno));
	part->kind = PART_TEXT;
	free(path);
	return why;
}

static char *
load_files(struct template *template, struct bundle *bundle, const char *dir)
{
	char *why = NULL;

	for (size_t i = 0; why == NULL && i < template->n; i++)
		if (template->parts[i].kind == PART_FILE)
			why = load_file(&template->parts[i], bundle, dir);
	return why;
}

static char *
load_templates(struct pages *pages, struct bundle *bundle, const char *dir)
{
	for (int kind = 0; kind < PAGE_COUNT; kind++) {
		char *path = mem_printf("%s/%s", dir, files[kind]);
		struct template *template = &pages->templates[kind];
		const char *why = load(template, bundle, path);
		char *said;

		if (why != NULL)
			said = mem_printf("%s: %s", path, why);
		else
			said = load_files(template, bundle, dir);
		free(path);
		if (said != NULL)
			return said;
	}
	return NULL;
}

/* Every text that a template names is there in every language. */
static char *
check_phrases(
    const struct template *template, const struct lang *lang, const char *dir)
{
	for (size_t i = 0; i < template->n; i++) {
		struct slice key = template->parts[i].text;

		if (template->parts[i].kind == PART_PHRASE &&
		    lang_text(lang, key).n == 0)
			return mem_printf("%s/words.%s: no text for \"%.*s\"",
			    dir, lang_tag(lang), SLICE_ARG(key));
	}
	return NULL;
}

static char *
load_langs(struct pages *pages, struct bundle *bundle, const char *dir)
{
	const struct lang *lang;
	char *why = NULL;

	pages->langs = langs_load(bundle, dir, &why);
	if (pages->langs == NULL)
		return why;
	for (size_t i = 0; (lang = langs_at(pages->langs, i)) != NULL; i++)
		for (int kind = 0; why == NULL && kind < PAGE_COUNT; kind++)
			why = check_phrases(&pages->templates[kind], lang, dir);
	return why;
}

struct pages *
pages_load(struct bundle *bundle, const char *dir, char **why)
{
	struct pages *pages = mem_zalloc(sizeof(*pages));

	*why = load_templates(pages, bundle, dir);
	if (*why == NULL)
		*why = load_langs(pages, bundle, dir);
	if (*why == NULL)
		return pages;
	pages_free(pages);
	return NULL;
}

void
pages_free(struct pages *pages)
{
	if (pages == NULL)
		return;
	for (int kind = 0; kind < PAGE_COUNT; kind++)
		free(pages->templates[kind].parts);
	langs_free(pages->langs);
	free(pages);
}

const struct langs *
pages_langs(const struct pages *pages)
{
	return pages->langs;
}

static void
put_escaped(struct evbuffer *out, struct slice value)
{
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		switch (c) {
		case '&':
			evbuffer_add(out, "&amp;", 5);
			break;
		case '<':
			evbuffer_add(out, "&lt;", 4);
			break;
		case '>':
			evbuffer_add(out, "&gt;", 4);
			break;
		case '"':
			evbuffer_add(out, "&quot;", 6);
			break;
		case '\'':
			evbuffer_add(out, "&#39;", 5);
			break;
		default:
			evbuffer_add(out,
			    c < ' ' && c != '\n' ? "?" : (const char *)&c, 1);
		}
	}
}

static struct slice
find(const struct page_value *values, size_t n, struct slice name)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq_str(name, values[i].name))
			return values[i].value;
	return SLICE_EMPTY;
}

static struct slice
content(const struct part *part, const struct lang *lang,
    const struct page_value *values, size_t n)
{
	if (part->kind == PART_PHRASE)
		return lang_text(lang, part->text);
	if (slice_eq_str(part->text, "lang"))
		return slice_of(lang_tag(lang));
	return find(values, n, part->text);
}

void
page_render(const struct pages *pages, enum page_kind kind,
    const struct lang *lang, const struct page_value *values, size_t n,
    struct evbuffer *out)
{
	const struct template *template = &pages->templates[kind];
	size_t depth = 0, hidden = 0; /* depth of the outermost hidden one */

	for (size_t i = 0; i < template->n; i++) {
		const struct part *part = &template->parts[i];

		if (part->kind == PART_OPEN) {
			depth++;
			if (hidden == 0 && find(values, n, part->text).n == 0)
				hidden = depth;
		} else if (part->kind == PART_CLOSE) {
			if (hidden == depth)
				hidden = 0;
			depth--;
		} else if (hidden == 0 && part->kind == PART_TEXT) {
			evbuffer_add(out, part->text.p, part->text.n);
		} else if (hidden == 0) {
			put_escaped(out, content(part, lang, values, n));
		}
	}
}

char *
page_time(char buf[PAGE_TIME_SIZE], const char *stamp)
{
	snprintf(buf, PAGE_TIME_SIZE, "%.10s %.8s UTC", stamp, stamp + 11);
	return buf;
}
