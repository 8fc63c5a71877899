/*
 * where: prints the way to a value.
 *
 * Never holds a value itself, only the names on the way.
 */
#include "credential/where.h"

#include <stdio.h>
#include <string.h>

#define WHERE_STEPS_MAX 64 /* steps printed; the outermost are left out */
#define WHERE_NAME_MAX 64  /* bytes of one name printed */

struct word {
	const char *label; /* before the first of its kind */
	char join;         /* between steps of one kind; 0: none */
	char before_first; /* between label and the first name; 0: none */
};

static const struct word words[] = {
	[WHERE_ROOT] = { "", 0, 0 },
	[WHERE_BODY] = { "body", 0, 0 },
	[WHERE_MESSAGE] = { "ws", 0, 0 },
	[WHERE_HEADER] = { "header:", 0, 0 },
	[WHERE_COOKIE] = { "cookie:", 0, 0 },
	[WHERE_QUERY] = { "query:", 0, 0 },
	[WHERE_PATH] = { "path", 0, 0 },
	[WHERE_USERINFO] = { "userinfo", 0, 0 },
	[WHERE_FORM] = { "form:", 0, 0 },
	[WHERE_MULTIPART] = { "multipart:", 0, 0 },
	[WHERE_JSON] = { "json:", '/', '/' },
	[WHERE_JSON_ITEM] = { "json:", '/', '/' },
	[WHERE_GQL] = { "gql:", '.', 0 },
	[WHERE_XML] = { "xml:", '/', '/' },
	[WHERE_XML_ATTR] = { "xml:", '@', '@' },
	[WHERE_GWT] = { "gwt:", 0, 0 },
	[WHERE_PROTOBUF] = { "pb:", '.', 0 },
	[WHERE_GRPC] = { "grpc:", 0, 0 },
	[WHERE_MSGPACK] = { "msgpack:", '/', '/' },
	[WHERE_MSGPACK_ITEM] = { "msgpack:", '/', '/' },
	[WHERE_CBOR] = { "cbor:", '/', '/' },
	[WHERE_CBOR_ITEM] = { "cbor:", '/', '/' },
	[WHERE_TEXT] = { "text", 0, 0 },
	[WHERE_BINARY] = { "binary", 0, 0 },
	[WHERE_CODING] = { "", 0, 0 },
};

struct out {
	char *p;
	size_t n;
};

static void
put(struct out *out, char c)
{
	if (out->n + 1 < WHERE_TEXT_MAX)
		out->p[out->n++] = c;
}

static void
put_name(struct out *out, struct slice name)
{
	size_t i;
	char c;

	for (i = 0; i < name.n && i < WHERE_NAME_MAX; i++) {
		c = name.p[i];
		put(out, c > ' ' && c < 0x7f && c != '>' && c != '"' ? c : '?');
	}
	if (i < name.n)
		put(out, '~');
}

static void
put_index(struct out *out, uint32_t index)
{
	char text[12];
	int n = snprintf(text, sizeof(text), "%u", index);

	put_name(out, slice_from(text, (size_t)n));
}

static bool
shows_index(enum where_kind kind)
{
	return kind == WHERE_JSON_ITEM || kind == WHERE_MSGPACK_ITEM ||
	    kind == WHERE_CBOR_ITEM || kind == WHERE_PROTOBUF ||
	    kind == WHERE_GRPC || kind == WHERE_GWT;
}

/* Two kinds that share a label are one path: "json:/a/0". */
static bool
same_path(enum where_kind before, enum where_kind kind)
{
	return words[kind].join &&
	    strcmp(words[before].label, words[kind].label) == 0;
}

static void
put_step(struct out *out, const struct where *step, enum where_kind before)
{
	const struct word *word = &words[step->kind];
	const char *label = word->label;

	if (before == WHERE_QUERY && step->kind == WHERE_FORM) {
		/* "query:name", not "query:>form:name" */
		put_name(out, step->name);
		return;
	}
	if (same_path(before, step->kind)) {
		put(out, word->join);
	} else {
		/* the body goes without saying */
		if (out->n > 0)
			put(out, '>');
		while (*label)
			put(out, *label++);
		if (word->before_first)
			put(out, word->before_first);
	}
	if (shows_index(step->kind))
		put_index(out, step->index);
	else
		put_name(out, step->name);
}

char *
where_print(char buf[WHERE_TEXT_MAX], const struct where *steps, uint32_t at)
{
	uint32_t way[WHERE_STEPS_MAX];
	struct out out = { buf, 0 };
	enum where_kind before = WHERE_ROOT;
	size_t n = 0, i;

	for (; at != WHERE_NONE && n < WHERE_STEPS_MAX; at = steps[at].parent)
		way[n++] = at;
	for (i = n; i-- > 0;) {
		if (steps[way[i]].kind == WHERE_BODY && n > 1)
			continue;
		put_step(&out, &steps[way[i]], before);
		before = steps[way[i]].kind;
	}
	buf[out.n] = '\0';
	return buf;
}
