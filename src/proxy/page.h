/*
 * page: what a person reads, in their language, from templates and texts.
 *
 * A template is HTML, one for all languages, with four forms: {{name}} puts
 * in a value; {{=key}} a text of the language; {{?name}}…{{/name}} keeps
 * what is between where the value is not empty; {{>file}} is a file beside
 * the template as it stands, whatever is in it. Values and texts are
 * escaped: there is no way to put in one that isn't. {{lang}} is the
 * language's tag. Templates come from the bundle and are taken apart once.
 */
#ifndef PROXY_PAGE_H
#define PROXY_PAGE_H

#include <event2/buffer.h>

#include "base/slice.h"
#include "conf/bundle.h"
#include "proxy/lang.h"

enum page_kind {
	PAGE_REFUSAL,
	PAGE_CONTINUE,
	PAGE_SETUP,
	PAGE_SELF_TEST, /* an image */
	PAGE_COUNT
};

struct pages;

/* Reads the templates and texts of `dir`. NULL where one is missing or
 * malformed: then *why names the file, and what of it, for the caller to
 * free. The bundle must outlive the pages. */
struct pages *pages_load(struct bundle *bundle, const char *dir, char **why);
void pages_free(struct pages *pages);

/* Borrowed. */
const struct langs *pages_langs(const struct pages *pages);

struct page_value {
	const char *name;
	struct slice value;
};

/* A name that values[] does not have is empty. */
void page_render(const struct pages *pages, enum page_kind kind,
    const struct lang *lang, const struct page_value *values, size_t n,
    struct evbuffer *out);

#define PAGE_TIME_SIZE 24
/* "2026-11-26 12:00:10 UTC" of a stamp of base/clock.h; returns buf. */
char *page_time(char buf[PAGE_TIME_SIZE], const char *stamp);

#endif
