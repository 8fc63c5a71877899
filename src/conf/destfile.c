/*
 * destfile: reads lists of destinations that may have 100,000 lines and
 * more.
 */
#include "conf/destfile.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "conf/list.h"
#include "conf/value.h"

static const struct dest_list *
find(const struct conf *conf, const char *path)
{
	for (size_t i = 0; i < conf->dest_lists.n; i++)
		if (strcmp(conf->dest_lists.v[i]->path, path) == 0)
			return conf->dest_lists.v[i];
	return NULL;
}

static const char *
add_word(struct arena *arena, struct dest_list *list, struct slice word)
{
	struct dest dest = { .kind = DEST_NAME };
	const char *wrong = value_dest(word, &dest);
	struct list_name name;

	if (wrong)
		return wrong;
	if (dest.kind == DEST_PREFIX) {
		LIST_PUSH(arena, &list->prefixes, dest.prefix);
		return NULL;
	}
	name.wildcard = dest.name.wildcard;
	name.name = arena_dup(arena, slice_from(dest.name.name, dest.name.len));
	LIST_PUSH(arena, &list->names, name);
	return NULL;
}

/* The word of a line, without comment and blanks. */
static struct slice
word_of(struct slice line)
{
	line = slice_sub(line, 0, slice_find(line, '#'));
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return slice_trim(line);
}

static void
read_lines(struct reading *reading, struct dest_list *list,
    const struct source *source)
{
	struct slice rest = source->text, line;
	struct place at = { .file = source->path };
	char quoted[LOG_QUOTE_SIZE];
	unsigned wrongs = 0;

	while (slice_split(&rest, '\n', &line)) {
		struct slice word = word_of(line);
		const char *wrong;

		at.line++;
		if (word.n == 0)
			continue;
		wrong = add_word(reading->conf->arena, list, word);
		if (!wrong || wrongs++ >= DESTFILE_WRONG_MAX)
			continue;
		at.column = 1 + (unsigned)(word.p - line.p);
		reading_error(reading, at, SLICE_EMPTY, "\"%s\": %s",
		    log_quote(quoted, word), wrong);
	}
	if (wrongs > DESTFILE_WRONG_MAX)
		reading_error(reading, (struct place){ .file = at.file },
		    SLICE_EMPTY, "%u more lines are wrong",
		    wrongs - DESTFILE_WRONG_MAX);
}

const struct dest_list *
destfile_get(struct reading *reading, const char *path, struct place at)
{
	struct arena *arena = reading->conf->arena;
	const struct dest_list *known = find(reading->conf, path);
	struct dest_list *list;
	const struct source *source;
	char quoted[LOG_QUOTE_SIZE];

	if (known)
		return known;
	list = arena_zalloc(arena, sizeof(*list));
	list->path = path;
	list->at = at;
	LIST_PUSH(arena, &reading->conf->dest_lists, list);
	source = reading_open(reading, path, BUNDLE_FILE_MAX);
	if (source)
		read_lines(reading, list, source);
	else
		reading_error(reading, at, SLICE_EMPTY,
		    "\"%s\" can't be read: %s",
		    log_quote(quoted, slice_of(path)), strerror(errno));
	return list;
}
