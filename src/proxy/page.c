/*
 * page: a template is a list of parts, made when it is read. Rendering is
 * one pass without recursion; sections nest to a fixed depth.
 */
#include "proxy/page.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"

enum part_kind {
	PART_TEXT,
	PART_VALUE,
	PART_OPEN,
	PART_CLOSE
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
};

static const char *const files[PAGE_COUNT] = {
	[PAGE_REFUSAL] = "refusal.html",
	[PAGE_SETUP] = "setup.html",
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
			return "a page template has {{ without }}";
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
				return "a page template nests too deeply";
			open[depth++] = part->text;
		} else if (part->kind == PART_CLOSE) {
			if (depth == 0 || !slice_eq(open[--depth], part->text))
				return "a page template closes a section "
				       "that is not open";
		}
	}
	return depth == 0 ? NULL : "a page template leaves a section open";
}

static const char *
load(struct template *template, struct bundle *bundle, const char *path)
{
	struct slice text;
	const char *why;

	if (bundle_get(bundle, path, &text) != 0)
		return "a page template can't be read";
	why = parse(template, text);
	return why != NULL ? why : check_sections(template);
}

struct pages *
pages_load(struct bundle *bundle, const char *dir, const char **why)
{
	struct pages *pages = mem_zalloc(sizeof(*pages));

	for (int kind = 0; kind < PAGE_COUNT; kind++) {
		char *path = mem_printf("%s/%s", dir, files[kind]);

		*why = load(&pages->templates[kind], bundle, path);
		free(path);
		if (*why != NULL) {
			pages_free(pages);
			return NULL;
		}
	}
	return pages;
}

void
pages_free(struct pages *pages)
{
	if (pages == NULL)
		return;
	for (int kind = 0; kind < PAGE_COUNT; kind++)
		free(pages->templates[kind].parts);
	free(pages);
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

void
page_render(const struct pages *pages, enum page_kind kind,
    const struct page_value *values, size_t n, struct evbuffer *out)
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
			put_escaped(out, find(values, n, part->text));
		}
	}
}
