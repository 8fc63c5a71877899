/*
 * text: configurations from strings and back, for the suites of conf.
 */
#include <stdlib.h>

#include "suites.h"

struct conf *
conf_of(const char *text, struct diags *diags)
{
	struct bundle *bundle = bundle_new_memory();
	struct conf *conf;

	bundle_put(bundle, "t.conf", slice_of(text));
	bundle_put(bundle, "ca.crt", SLICE("-----BEGIN CERTIFICATE-----\n"));
	bundle_put(bundle, "list.txt",
	    SLICE("a.example\n*.b.example # below\n\n10.0.0.0/8\n"));
	conf = conf_load(bundle, "t.conf", diags);
	bundle_free(bundle);
	return conf;
}

struct conf *
conf_good(const char *text)
{
	struct diags diags = { 0 };
	struct conf *conf = conf_of(text, &diags);
	char *said = text_of_diags(&diags);

	ck_assert_str_eq(said, "");
	ck_assert_ptr_nonnull(conf);
	free(said);
	diags_clear(&diags);
	return conf;
}

char *
text_of_conf(const struct conf *conf)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	ck_assert_ptr_nonnull(out);
	conf_print(conf, out);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

char *
text_of_diags(const struct diags *diags)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	ck_assert_ptr_nonnull(out);
	diags_print(diags, out);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}
