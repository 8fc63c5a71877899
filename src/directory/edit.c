/*
 * edit: account files as text, a line at a time.
 *
 * Runs in `sallyport user`.  It judges nothing: names and hashes have been
 * checked, and what it makes is parsed before it is put in place.
 */
#include "directory/edit.h"

#include <string.h>

#include "directory/accounts.h"

/* The longest line that is ever added. */
#define LINE_MAX (ACCOUNT_NAME_MAX + HASH_TEXT_SIZE + 2)

static void
append(struct secret *out, struct slice s)
{
	if (s.n)
		memcpy(out->p + out->n, s.p, s.n);
	out->n += s.n;
}

static void
append_account(struct secret *out, struct slice name, const char *hash)
{
	append(out, name);
	append(out, SLICE(":"));
	append(out, slice_of(hash));
	append(out, SLICE("\n"));
}

/* Splits text around a line, its newline included. */
static void
cut(struct slice text, unsigned line, struct slice *before, struct slice *after)
{
	size_t from = 0, len;

	for (unsigned i = 1; i < line; i++)
		from += slice_find(slice_from_idx(text, from), '\n') + 1;
	len = slice_find(slice_from_idx(text, from), '\n') + 1;
	*before = slice_sub(text, 0, from);
	*after = slice_from_idx(text, from + len);
}

void
edit_add(
    struct slice text, struct slice name, const char *hash, struct secret *out)
{
	secret_init(out, text.n + LINE_MAX + 1);
	append(out, text);
	if (text.n && text.p[text.n - 1] != '\n')
		append(out, SLICE("\n"));
	append_account(out, name, hash);
}

void
edit_replace(struct slice text, unsigned line, struct slice name,
    const char *hash, struct secret *out)
{
	struct slice before, after;

	cut(text, line, &before, &after);
	secret_init(out, text.n + LINE_MAX);
	append(out, before);
	append_account(out, name, hash);
	append(out, after);
}

void
edit_delete(struct slice text, unsigned line, struct secret *out)
{
	struct slice before, after;

	cut(text, line, &before, &after);
	secret_init(out, text.n + 1);
	append(out, before);
	append(out, after);
}
