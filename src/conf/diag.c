/*
 * diag: findings about a configuration, kept until all of them are known.
 *
 * Every process that parses proxy.conf has them; only the supervisor and
 * `check` print them.  The text of a file is escaped before it is printed.
 */
#include "conf/diag.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* of a source line, in bytes: longer ones are shown up to here */
#define LINE_SHOWN 400

void
diags_add(struct diags *diags, const struct diag *finding, struct slice line,
    const char *hint)
{
	struct diag *diag;

	if (finding->is_error)
		diags->errors++;
	if (diags->n == DIAGS_MAX) {
		diags->missed++;
		free(finding->text);
		return;
	}
	diags->v = mem_grow(diags->v, diags->n, &diags->cap, sizeof(*diags->v));
	diag = &diags->v[diags->n++];
	*diag = *finding;
	/* the model, and its names of files, may be gone when it is printed */
	diag->at.file = mem_dup(finding->at.file);
	diag->line = line.n ? slice_dup(slice_sub(line, 0, LINE_SHOWN)) : NULL;
	diag->hint = hint ? mem_dup(hint) : NULL;
}

static bool
comes_before(
    const struct diag *a, size_t rank_a, const struct diag *b, size_t rank_b)
{
	if (rank_a != rank_b)
		return rank_a < rank_b;
	if (a->at.line != b->at.line)
		return a->at.line < b->at.line;
	return a->at.column < b->at.column;
}

/* Insertion sort: there are few, nearly in order, and equals must keep
 * theirs. */
void
diags_sort(struct diags *diags,
    size_t (*rank)(const char *file, const void *arg), const void *arg)
{
	for (size_t i = 1; i < diags->n; i++) {
		struct diag one = diags->v[i];
		size_t mine = rank(one.at.file, arg), j = i;

		for (; j > 0; j--) {
			const struct diag *other = &diags->v[j - 1];

			if (!comes_before(
				&one, mine, other, rank(other->at.file, arg)))
				break;
			diags->v[j] = *other;
		}
		diags->v[j] = one;
	}
}

void
diags_clear(struct diags *diags)
{
	for (size_t i = 0; i < diags->n; i++) {
		free((char *)diags->v[i].at.file);
		free(diags->v[i].text);
		free(diags->v[i].line);
		free(diags->v[i].hint);
	}
	free(diags->v);
	*diags = (struct diags){ 0 };
}

/* A line as it is, but for what a terminal would act on. */
static void
print_line(const char *line, FILE *out)
{
	struct slice rest = slice_of(line);
	uint32_t c;

	while (rest.n) {
		size_t n = utf8_decode(rest, &c);

		if (n && (c == '\t' || !utf8_is_control(c)))
			fwrite(rest.p, 1, n, out);
		else
			fputc('?', out);
		rest = slice_from_idx(rest, n ? n : 1);
	}
	fputc('\n', out);
}

/* Tabs stay tabs so that the caret stands below its word. */
static void
print_caret(const struct diag *diag, FILE *out)
{
	struct slice rest = slice_of(diag->line);
	uint32_t c;

	for (unsigned i = 1; i < diag->at.column && rest.n; i++) {
		size_t n = utf8_decode(rest, &c);

		fputc(rest.p[0] == '\t' ? '\t' : ' ', out);
		rest = slice_from_idx(rest, n ? n : 1);
	}
	fputc('^', out);
}

static void
print_diag(const struct diag *diag, FILE *out)
{
	fprintf(out, "%s:", diag->at.file);
	if (diag->at.line)
		fprintf(out, "%u:%u:", diag->at.line, diag->at.column);
	fprintf(
	    out, " %s: %s\n", diag->is_error ? "error" : "warning", diag->text);
	if (diag->line) {
		print_line(diag->line, out);
		print_caret(diag, out);
		if (diag->hint)
			fprintf(out, " did you mean \"%s\"?", diag->hint);
		fputc('\n', out);
	}
}

void
diags_print(const struct diags *diags, FILE *out)
{
	for (size_t i = 0; i < diags->n; i++)
		print_diag(&diags->v[i], out);
	if (diags->missed)
		fprintf(out, "and %zu more\n", diags->missed);
}
