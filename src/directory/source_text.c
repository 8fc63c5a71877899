/*
 * source_text: prints a directory to memory.
 *
 * Runs in the directory process.  It reads no file: what a trust file holds
 * came with the configuration.
 */
#include "directory/source_text.h"

#include <stdio.h>

#include "base/log.h"
#include "conf/directory.h"

struct text {
	char *p; /* the caller's in the end */
	size_t size;
	FILE *out;
};

static void
text_open(struct text *text)
{
	text->p = NULL;
	text->out = open_memstream(&text->p, &text->size);
	if (!text->out)
		fatal("out of memory (a directory's text)");
}

static char *
text_close(struct text *text)
{
	(void)fclose(text->out);
	return text->p;
}

static void
print_anchors(
    struct bundle *bundle, const struct ldap_directory *directory, FILE *out)
{
	struct slice pem;

	for (size_t i = 0; i < directory->trust.n; i++)
		if (bundle_get(bundle, directory->trust.v[i].path, &pem) == 0)
			fwrite(pem.p, 1, pem.n, out);
}

typedef void print_fn(
    const struct conf *conf, const struct ldap_directory *directory, FILE *out);

static char *
text_with_anchors(print_fn *print, struct bundle *bundle,
    const struct conf *conf, const struct ldap_directory *directory)
{
	struct text text;

	text_open(&text);
	print(conf, directory, text.out);
	print_anchors(bundle, directory, text.out);
	return text_close(&text);
}

char *
source_text_all(struct bundle *bundle, const struct conf *conf,
    const struct ldap_directory *directory)
{
	return text_with_anchors(directory_print_one, bundle, conf, directory);
}

char *
source_text_decides(struct bundle *bundle, const struct conf *conf,
    const struct ldap_directory *directory)
{
	return text_with_anchors(
	    directory_print_decides, bundle, conf, directory);
}

char *
source_text_whose(const struct ldap_directory *directory)
{
	struct text text;

	text_open(&text);
	directory_print_whose(directory, text.out);
	return text_close(&text);
}
