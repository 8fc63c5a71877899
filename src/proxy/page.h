/*
 * page: templates of what a person reads, filled in and escaped.
 *
 * A template is HTML with two forms: {{name}} puts in a value, escaped;
 * {{?name}}…{{/name}} keeps what is between where the value is not empty.
 * Nothing else is special and there is no way to put in a value unescaped.
 * Templates come from the bundle and are taken apart once.
 */
#ifndef PROXY_PAGE_H
#define PROXY_PAGE_H

#include <event2/buffer.h>

#include "base/slice.h"
#include "conf/bundle.h"

enum page_kind {
	PAGE_REFUSAL,
	PAGE_SETUP,
	PAGE_COUNT
};

struct pages;

/* Reads the templates of `dir`. NULL and *why (static words) where one is
 * missing or malformed. The bundle must outlive the pages. */
struct pages *pages_load(
    struct bundle *bundle, const char *dir, const char **why);
void pages_free(struct pages *pages);

struct page_value {
	const char *name;
	struct slice value;
};

/* A name that values[] does not have is empty. */
void page_render(const struct pages *pages, enum page_kind kind,
    const struct page_value *values, size_t n, struct evbuffer *out);

#endif
