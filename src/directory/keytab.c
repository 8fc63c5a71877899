/*
 * keytab: a cursor over big-endian fields, whose lengths are all checked.
 */
#include "directory/keytab.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"

#define COMPONENTS_MAX 8

struct cursor {
	struct slice left;
	bool failed;
};

static uint32_t
take(struct cursor *cursor, size_t n)
{
	uint32_t v = 0;

	if (cursor->left.n < n)
		cursor->failed = true;
	if (cursor->failed)
		return 0;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | (unsigned char)cursor->left.p[i];
	cursor->left = slice_from_idx(cursor->left, n);
	return v;
}

static struct slice
take_bytes(struct cursor *cursor)
{
	size_t n = take(cursor, 2);
	struct slice bytes;

	if (cursor->left.n < n)
		cursor->failed = true;
	if (cursor->failed)
		return SLICE_EMPTY;
	bytes = slice_sub(cursor->left, 0, n);
	cursor->left = slice_from_idx(cursor->left, n);
	return bytes;
}

/* Behind what stands in out; a name with control characters is none. */
static void
append(struct cursor *cursor, char *out, const char *sep, struct slice part)
{
	size_t used = strlen(out);
	int n;

	for (size_t i = 0; i < part.n; i++)
		if ((unsigned char)part.p[i] <= ' ' || part.p[i] == 0x7f)
			cursor->failed = true;
	n = snprintf(
	    out + used, KEYTAB_NAME_MAX - used, "%s%.*s", sep, SLICE_ARG(part));
	if (n < 0 || (size_t)n >= KEYTAB_NAME_MAX - used)
		cursor->failed = true;
}

static void
read_entry(struct cursor *cursor, struct keytab_entry *entry)
{
	uint32_t components = take(cursor, 2);
	struct slice realm = take_bytes(cursor);

	if (components == 0 || components > COMPONENTS_MAX)
		cursor->failed = true;
	for (uint32_t i = 0; i < components && !cursor->failed; i++)
		append(
		    cursor, entry->principal, i ? "/" : "", take_bytes(cursor));
	append(cursor, entry->principal, "@", realm);
	append(cursor, entry->realm, "", realm);
	(void)take(cursor, 4); /* the kind of name */
	(void)take(cursor, 4); /* when it was written */
	entry->kvno = take(cursor, 1);
	entry->enctype = (uint16_t)take(cursor, 2);
	entry->key = take_bytes(cursor);
	/* newer files have the whole number behind */
	if (!cursor->failed && cursor->left.n >= 4) {
		uint32_t kvno = take(cursor, 4);

		if (kvno)
			entry->kvno = kvno;
	}
}

const char *
keytab_read(struct slice file, keytab_fn *on_entry, void *arg)
{
	struct cursor cursor = { .left = file };
	size_t n = 0;

	if (take(&cursor, 2) != 0x0502 || cursor.failed)
		return "it is no keytab";
	while (cursor.left.n > 0) {
		struct keytab_entry entry = { .kvno = 0 };
		int32_t size = (int32_t)take(&cursor, 4);
		/* a negative one is a hole where an entry was deleted */
		size_t len = size < 0 ? (size_t)(-(int64_t)size) : (size_t)size;
		struct cursor one = { slice_sub(cursor.left, 0, len), false };

		if (cursor.failed || size == 0 || len > cursor.left.n)
			return "an entry is cut off";
		cursor.left = slice_from_idx(cursor.left, len);
		if (size < 0)
			continue;
		if (n++ == KEYTAB_ENTRIES_MAX)
			return "it has too many entries";
		read_entry(&one, &entry);
		if (one.failed || entry.key.n == 0)
			return "an entry makes no sense";
		on_entry(&entry, arg);
	}
	return n ? NULL : "it has no entries";
}
