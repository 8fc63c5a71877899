/*
 * ca: see ca.h.
 */
#include "ca.h"

#include <stdlib.h>

void
pem_init(
    struct pem *pem, const char *name, bool rsa, unsigned days, int64_t now)
{
	struct found_request request = {
		.name = slice_of(name), .rsa = rsa, .days = days, .now = now
	};

	ck_assert_ptr_null(found_ca(&request, &pem->cert, &pem->key));
}

void
pem_clear(struct pem *pem)
{
	free(pem->cert);
	secret_clear(&pem->key);
}

struct authority *
pem_authority(const struct pem *pem)
{
	const char *why = "";
	struct authority *authority = authority_load(
	    slice_of(pem->cert), secret_slice(&pem->key), &why);

	ck_assert_msg(authority != NULL, "%s", why);
	return authority;
}

struct host
host_of(const char *text)
{
	struct host host;

	ck_assert_ptr_null(host_parse(slice_of(text), &host));
	return host;
}
