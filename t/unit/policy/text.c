/*
 * text: models, hosts and addresses from strings, for the suites of policy.
 */
#include "suites.h"

struct conf *
conf_of(const char *text)
{
	struct bundle *bundle = bundle_new_memory();
	struct diags diags = { 0 };
	struct conf *conf;

	bundle_put(bundle, "t.conf", slice_of(text));
	bundle_put(bundle, "ca.crt", SLICE("-----BEGIN CERTIFICATE-----\n"));
	bundle_put(bundle, "list.txt",
	    SLICE("listed.example\n*.below.example\n198.51.100.0/24\n"));
	conf = conf_load(bundle, "t.conf", &diags);
	if (!conf)
		diags_print(&diags, stderr);
	ck_assert_ptr_nonnull(conf);
	diags_clear(&diags);
	bundle_free(bundle);
	return conf;
}

struct host
host_of(const char *text)
{
	struct host host;

	ck_assert_ptr_null(host_parse(slice_of(text), &host));
	return host;
}

struct addr
addr_of(const char *text)
{
	struct addr addr;

	ck_assert_int_eq(addr_parse(slice_of(text), &addr), 0);
	return addr;
}
