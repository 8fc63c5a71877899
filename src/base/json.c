/*
 * json: writing one object a line, and nothing a reader could misread.
 *
 * Runs in the processes that write records.  Keys are ours, values are
 * anybody's.  It never reads JSON and never looks back at what it wrote:
 * one bit says whether a comma is due.
 */
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define FIRST_SIZE 512

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

static void
put(struct json *json, const char *p, size_t n)
{
	size_t need = SIZE_MAX;
	size_t cap = json->cap ? json->cap : FIRST_SIZE;

	(void)mem_add(json->n, n, &need);
	while (cap < need && mem_mul(cap, 2, &cap))
		;
	if (cap > json->cap) {
		json->p = mem_resize(json->p, cap < need ? need : cap, 1);
		json->cap = cap < need ? need : cap;
	}
	memcpy(json->p + json->n, p, n);
	json->n += n;
}

static void
put_text(struct json *json, const char *text)
{
	put(json, text, strlen(text));
}

static void
put_escaped(struct json *json, uint32_t c)
{
	char text[8];

	/* everything that is escaped lies below U+10000: no surrogates */
	snprintf(text, sizeof(text), "\\u%04x", (unsigned)(c & 0xffff));
	put_text(json, text);
}

/* Writes the first character of s and returns how many bytes it took. */
static size_t
put_char(struct json *json, struct slice s)
{
	uint32_t c;
	size_t len = utf8_decode(s, &c);

	if (len == 0) {
		put_text(json, replacement);
		return 1;
	}
	if (c == '"' || c == '\\') {
		put(json, "\\", 1);
		put(json, s.p, 1);
	} else if (c == '\n') {
		put_text(json, "\\n");
	} else if (utf8_is_control(c)) {
		put_escaped(json, c);
	} else {
		put(json, s.p, len);
	}
	return len;
}

static bool
is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void
put_string(struct json *json, struct slice s)
{
	put(json, "\"", 1);
	while (s.n) {
		size_t plain = 0;

		while (plain < s.n && is_plain(s.p[plain]))
			plain++;
		if (plain)
			put(json, s.p, plain);
		s = slice_from_idx(s, plain);
		if (s.n)
			s = slice_from_idx(s, put_char(json, s));
	}
	put(json, "\"", 1);
}

/* What stands before every value: a comma if one is due, the key if any. */
static void
put_key(struct json *json, const char *key)
{
	if (json->comma)
		put(json, ",", 1);
	if (key) { /* a word of ours: nothing in it to escape */
		put(json, "\"", 1);
		put_text(json, key);
		put(json, "\":", 2);
	}
	json->comma = true;
}

static void
begin(struct json *json, const char *key, const char *bracket)
{
	put_key(json, key);
	put(json, bracket, 1);
	json->comma = false;
}

static void
end(struct json *json, const char *bracket)
{
	put(json, bracket, 1);
	json->comma = true;
}

void
json_init(struct json *json)
{
	*json = (struct json){ 0 };
}

void
json_clear(struct json *json)
{
	free(json->p);
	json_init(json);
}

void
json_reset(struct json *json)
{
	json->n = 0;
	json->comma = false;
}

void
json_open(struct json *json, const char *key)
{
	begin(json, key, "{");
}

void
json_close(struct json *json)
{
	end(json, "}");
}

void
json_array(struct json *json, const char *key)
{
	begin(json, key, "[");
}

void
json_array_end(struct json *json)
{
	end(json, "]");
}

void
json_str(struct json *json, const char *key, struct slice value)
{
	put_key(json, key);
	put_string(json, value);
}

void
json_u64(struct json *json, const char *key, uint64_t value)
{
	char text[20]; /* of 2^64 - 1 */
	size_t at = sizeof(text);

	put_key(json, key);
	do
		text[--at] = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	put(json, text + at, sizeof(text) - at);
}

void
json_bool(struct json *json, const char *key, bool value)
{
	put_key(json, key);
	put_text(json, value ? "true" : "false");
}

void
json_line_end(struct json *json)
{
	put(json, "\n", 1);
	json->comma = false;
}
