/*
 * fuzz_keytab: files of Kerberos keys.
 *
 * Beyond not crashing: what is told of an entry lies within the file and is
 * printable.
 */
#include "fuzz.h"

#include <string.h>

#include "base/must.h"
#include "directory/keytab.h"

static void
on_entry(const struct keytab_entry *entry, void *arg)
{
	const struct slice *file = arg;

	must(strlen(entry->principal) < KEYTAB_NAME_MAX);
	must(strchr(entry->principal, '@') != NULL);
	must(entry->key.n > 0 && entry->key.p >= file->p &&
	    entry->key.p + entry->key.n <= file->p + file->n);
	for (const char *p = entry->principal; *p; p++)
		must((unsigned char)*p > ' ' && *p != 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice file = slice_from(p, n);

	(void)keytab_read(file, on_entry, &file);
	return 0;
}
