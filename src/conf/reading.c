/*
 * reading: opens sources, resolves paths, and turns a place into a finding
 * that shows its line.
 */
#include "conf/reading.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/list.h"

const struct source *
reading_open(struct reading *reading, const char *path, size_t max)
{
	struct arena *arena = reading->conf->arena;
	struct source source = { 0 };

	if (bundle_get(reading->bundle, path, &source.text) < 0)
		return NULL;
	if (source.text.n > max) {
		errno = EFBIG;
		return NULL;
	}
	source.path = arena_str(arena, slice_of(path));
	LIST_PUSH(arena, &reading->sources, source);
	return &reading->sources.v[reading->sources.n - 1];
}

const char *
reading_path(struct reading *reading, const char *file, struct slice path)
{
	struct arena *arena = reading->conf->arena;
	struct slice dir = slice_of(file);
	size_t slash = slice_rfind(dir, '/');

	if (slash == dir.n || (path.n && path.p[0] == '/'))
		return arena_str(arena, path);
	return arena_printf(
	    arena, "%.*s/%.*s", (int)slash, file, SLICE_ARG(path))
	    .p;
}

/* Places keep the pointer that reading_open made, so it tells them apart
 * even where a file is read twice. */
static const struct source *
find_source(const struct reading *reading, const char *file)
{
	for (size_t i = 0; i < reading->sources.n; i++)
		if (reading->sources.v[i].path == file)
			return &reading->sources.v[i];
	return NULL;
}

static struct slice
line_at(const struct reading *reading, struct place at)
{
	const struct source *source = find_source(reading, at.file);
	struct slice rest, line = SLICE_EMPTY;

	if (!source || at.line == 0)
		return SLICE_EMPTY;
	rest = source->text;
	for (unsigned i = 0; i < at.line; i++)
		if (!slice_split(&rest, '\n', &line))
			return SLICE_EMPTY;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static char *format(const char *fmt, va_list args)
    __attribute__((format(printf, 1, 0)));

static char *
format(const char *fmt, va_list args)
{
	va_list again;
	char *text;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	text = mem_alloc((size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, args);
	return text;
}

void
reading_error(struct reading *reading, struct place at, struct slice hint,
    const char *fmt, ...)
{
	struct diag finding = { .is_error = true, .at = at };
	char *word = hint.n ? slice_dup(hint) : NULL;
	va_list args;

	va_start(args, fmt);
	finding.text = format(fmt, args);
	va_end(args);
	diags_add(reading->diags, &finding, line_at(reading, at), word);
	free(word);
}

void
reading_warn(struct reading *reading, struct place at, const char *fmt, ...)
{
	struct diag finding = { .at = at };
	va_list args;

	va_start(args, fmt);
	finding.text = format(fmt, args);
	va_end(args);
	diags_add(reading->diags, &finding, line_at(reading, at), NULL);
}

/* By name: a finding has a copy of it. */
static size_t
rank(const char *file, const void *arg)
{
	const struct reading *reading = arg;
	size_t i = 0;

	while (i < reading->sources.n &&
	    strcmp(reading->sources.v[i].path, file) != 0)
		i++;
	return i;
}

void
reading_sort(struct reading *reading)
{
	diags_sort(reading->diags, rank, reading);
}
