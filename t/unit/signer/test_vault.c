/*
 * A key by its URI: OpenSSL's own provider reads files.
 */
#include "signer/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ca.h"
#include "signer/sign.h"

static char *
key_file(const struct pem *pem)
{
	char *path = mem_dup("/tmp/vault.XXXXXX");
	struct slice key = secret_slice(&pem->key);
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, key.p, key.n), (ssize_t)key.n);
	close(fd);
	return path;
}

START_TEST(opens_what_is_there)
{
	struct pem pem;
	struct authority *authority;
	struct vault *vault;
	const char *why = "";
	char *path, *uri;

	pem_init(&pem, "kept", false, 10, NOW);
	path = key_file(&pem);
	uri = mem_printf("file:%s", path);
	vault = vault_open(uri, "default", SLICE("a PIN\nand more"), &why);
	ck_assert_msg(vault != NULL, "%s", why);
	ck_assert(sign_works(vault_key(vault)));
	ck_assert(sign_is_fixed(vault_key(vault)));
	ck_assert(vault_is(vault, uri, "default", SLICE("a PIN")));
	ck_assert(!vault_is(vault, uri, "default", SLICE("a pin")));
	ck_assert(!vault_is(vault, uri, "legacy", SLICE("a PIN")));
	ck_assert(!vault_is(vault, path, "default", SLICE("a PIN")));
	authority = authority_load_kept(slice_of(pem.cert), vault, &why);
	ck_assert_msg(authority != NULL, "%s", why);
	authority_free(authority);
	vault_free(vault);
	unlink(path);
	free(path);
	free(uri);
	pem_clear(&pem);
}
END_TEST

static const struct {
	const char *uri, *provider, *why;
} bad[] = {
	{ "file:/etc/hostname", "no-such-provider", "be loaded" },
	{ "file:/no/such/file", "default", "be opened" },
	{ "nonesuch:key", "default", "be opened" },
	{ "file:/etc/hostname", "default", "no private key" },
};

START_TEST(tells_what_is_not)
{
	const char *why = NULL;

	ck_assert_ptr_null(
	    vault_open(bad[_i].uri, bad[_i].provider, SLICE_EMPTY, &why));
	ck_assert_ptr_nonnull(strstr(why, bad[_i].why));
}
END_TEST

START_TEST(prefers_by_name)
{
	char *by_name = sign_preference("tpm2");
	char *by_path = sign_preference("/usr/lib/ossl-modules/tpm2.so");

	ck_assert_str_eq(by_name, "?provider=tpm2");
	ck_assert_str_eq(by_path, by_name);
	free(by_name);
	free(by_path);
}
END_TEST

Suite *
suite_vault(void)
{
	Suite *suite = suite_create("vault");
	TCase *tcase = tcase_create("vault");

	tcase_add_test(tcase, opens_what_is_there);
	tcase_add_loop_test(
	    tcase, tells_what_is_not, 0, (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(tcase, prefers_by_name);
	suite_add_tcase(suite, tcase);
	return suite;
}
