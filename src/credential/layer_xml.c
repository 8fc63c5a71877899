/*
 * layer_xml: text and attributes of XML, SOAP and XML-RPC, through expat.
 *
 * A document type declaration ends the parse, so that no entity is ever
 * defined.  Where a document isn't well formed, what lies between quotes and
 * between tags is taken as it stands (an iLO password is sent unescaped).
 */
#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "credential/layer.h"
#include "credential/text.h"
#include "credential/wipe.h"

#define XML_DEPTH_MAX 64
#define SOUP_ENDS_MAX 6
#define SOUP_COST 512 /* work, for each place a value may start */
#define ELEMENT_COST 96
#define XML_CHUNK ((int)1 << 28)

struct reader {
	struct scan *scan;
	const struct span *span;
	XML_Parser parser; /* owned by decode() */
	uint32_t where[XML_DEPTH_MAX];
	size_t depth; /* open elements, also those beyond the stack */
	char *text;   /* the pool's tail, while an element's text grows */
	size_t n, cap;
	bool elements;
};

static struct slice
local_name(const char *name)
{
	const char *colon = strrchr(name, ':');

	return slice_of(colon != NULL ? colon + 1 : name);
}

static uint32_t
top_where(const struct reader *r)
{
	if (r->depth == 0)
		return r->span->where;
	return r
	    ->where[(r->depth < XML_DEPTH_MAX ? r->depth : XML_DEPTH_MAX) - 1];
}

/* expat's strings die with the parse: keep a copy. */
static struct slice
keep(struct reader *r, struct slice s)
{
	char *out = scan_room(r->scan, s.n, NULL);

	if (out == NULL)
		return SLICE_EMPTY;
	memcpy(out, s.p, s.n);
	return scan_keep(r->scan, s.n);
}

/* The text since the last tag, if it is more than blanks. */
static void
flush_text(struct reader *r)
{
	struct slice text = slice_from(r->text, r->n);
	uint32_t where = top_where(r);
	enum candidate_rank rank = RANK_VALUE;

	r->text = NULL;
	if (r->n == 0)
		return;
	r->n = 0;
	if (text_trim(text).n == 0)
		return;
	text = scan_keep(r->scan, text.n);
	scan_push(r->scan, r->span, text, where, SPAN_VALUE, rank);
}

static void
on_text(void *arg, const XML_Char *s, int len)
{
	struct reader *r = arg;
	size_t n = (size_t)len;

	if (r->text == NULL) {
		r->text = scan_room(r->scan, 1, &r->cap);
		r->n = 0;
	}
	if (r->text == NULL || n > r->cap - r->n) {
		scan_cut(r->scan, SCAN_CUT_MEMORY);
		return;
	}
	memcpy(r->text + r->n, s, n);
	r->n += n;
}

static void
on_attributes(struct reader *r, const XML_Char **attributes)
{
	struct slice name;
	enum candidate_rank rank;
	uint32_t where;

	for (; attributes[0] != NULL; attributes += 2) {
		name = keep(r, local_name(attributes[0]));
		rank = rank_of_name(name, RANK_VALUE);
		where = scan_step(
		    r->scan, top_where(r), WHERE_XML_ATTR, name, 0);
		scan_push(r->scan, r->span, keep(r, slice_of(attributes[1])),
		    where, SPAN_VALUE, rank);
	}
}

static void
on_start(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct reader *r = arg;
	uint32_t parent;

	flush_text(r);
	parent = top_where(r);
	r->elements = true;
	if (r->depth < XML_DEPTH_MAX)
		r->where[r->depth] = scan_step(
		    r->scan, parent, WHERE_XML, keep(r, local_name(name)), 0);
	r->depth++;
	on_attributes(r, attributes);
	if (!scan_work(r->scan, ELEMENT_COST))
		XML_StopParser(r->parser, XML_FALSE);
}

static void
on_end(void *arg, const XML_Char *name)
{
	struct reader *r = arg;

	flush_text(r);
	r->depth--;
}

static void
on_doctype(void *arg, const XML_Char *name, const XML_Char *system_id,
    const XML_Char *public_id, int has_subset)
{
	struct reader *r = arg;

	if (has_subset)
		XML_StopParser(r->parser, XML_FALSE);
}

/* For documents that aren't well formed: a quote that opens a value stands
 * behind '=', one that closes it before a blank or the tag's end. */
static void
push_quoted(struct scan *scan, const struct span *span, struct slice s)
{
	char quote = s.p[0];
	size_t i, ends = 0;

	for (i = 1;
	     i < s.n && i <= CREDENTIAL_VALUE_MAX + 1 && ends < SOUP_ENDS_MAX;
	     i++) {
		if (s.p[i] != quote)
			continue;
		if (i + 1 < s.n && strchr(" \t\r\n/>?", s.p[i + 1]) == NULL)
			continue;
		ends++;
		scan_push(scan, span, slice_sub(s, 1, i - 1), span->where,
		    SPAN_VALUE, RANK_VALUE);
	}
}

static void
push_between(struct scan *scan, const struct span *span, struct slice s)
{
	size_t i, ends = 0;

	for (i = 0;
	     i < s.n && i <= CREDENTIAL_VALUE_MAX && ends < SOUP_ENDS_MAX;
	     i++) {
		if (s.p[i] != '<')
			continue;
		ends++;
		scan_push(scan, span, slice_sub(s, 0, i), span->where,
		    SPAN_VALUE, RANK_VALUE);
	}
}

static void
read_soup(struct scan *scan, const struct span *span)
{
	struct slice s = span->bytes;
	size_t i;

	for (i = 0; i + 1 < s.n; i++) {
		if (s.p[i] == '=' && (s.p[i + 1] == '"' || s.p[i + 1] == '\''))
			push_quoted(scan, span, slice_from_idx(s, i + 1));
		else if (s.p[i] == '>')
			push_between(scan, span, slice_from_idx(s, i + 1));
		else
			continue;
		if (!scan_work(scan, SOUP_COST))
			return;
	}
}

static XML_Parser
parser_new(struct reader *r)
{
	static const XML_Memory_Handling_Suite memory = { wipe_alloc,
		wipe_resize, wipe_free };
	/* what comes here is UTF-8, whatever it declares */
	XML_Parser parser = XML_ParserCreate_MM("UTF-8", &memory, NULL);

	if (parser == NULL)
		return NULL;
	XML_SetUserData(parser, r);
	XML_SetElementHandler(parser, on_start, on_end);
	XML_SetCharacterDataHandler(parser, on_text);
	XML_SetStartDoctypeDeclHandler(parser, on_doctype);
	XML_SetParamEntityParsing(parser, XML_PARAM_ENTITY_PARSING_NEVER);
	return parser;
}

static enum layer_result
decode(struct scan *scan, const struct span *span)
{
	struct slice s = text_trim(span->bytes);
	struct reader r = { .scan = scan, .span = span };
	enum XML_Status status;

	if (slice_starts(s, SLICE("\xef\xbb\xbf")))
		s = slice_from_idx(s, 3);
	if (s.n < 4 || s.n > XML_CHUNK || s.p[0] != '<')
		return LAYER_NO;
	r.parser = parser_new(&r);
	if (r.parser == NULL)
		return LAYER_NO;
	status = XML_Parse(r.parser, s.p, (int)s.n, XML_TRUE);
	flush_text(&r);
	XML_ParserFree(r.parser);
	if (status == XML_STATUS_OK && r.elements)
		return LAYER_ALL;
	read_soup(scan, span);
	return LAYER_SOME;
}

const struct layer layer_xml = {
	.name = "xml",
	.needs = HAS_ANGLE,
	.roles = ON_WHOLE,
	.decode = decode,
};
