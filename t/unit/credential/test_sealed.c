/*
 * sealed: what looks like an encrypted login, and what only nearly does.
 */
#include "suites.h"

#include "credential/request.h"
#include "credential/sealed.h"

#define BLOB "kD83hZqPzVtV0o8X2cWb5nQyLr7uEaJfTgMsHxB1iR4pCwYdN6v9AeKlUj0GmFSA"
#define HASH "5f4dcc3b5aa765d61d8327deb882cf99"

static const struct {
	const char *body;
	bool sealed;
} rows[] = {
	{ "password=" BLOB, true },
	{ "login[PassWord]=" HASH, true },
	{ "encpass=%23PWD_BROWSER:5:1718000000:" BLOB, true },
	{ "{\"password\":{\"digest\":\"" HASH "\"}}", true },
	{ "{\"encryptedData\":\"" BLOB "\",\"iv\":\"AAAA\"}", true },
	{ "{\"CipherText\":\"" BLOB "\",\"nonce\":\"AAAA\"}", true },
	{ "<a><pwd>" BLOB "</pwd></a>", true },
	{ "x=U2FsdGVkX19qJp0pOv3eBq8m8yZ2dM1rA9wKc5tHhLxN4sVg", true },
	{ "", false },
	{ "x=" BLOB, false },
	{ "{\"encryptedData\":\"" BLOB "\"}", false },
	{ "{\"iv\":\"" BLOB "\"}", false },
	{ "password_reset_token=" BLOB, false },
	{ "csrf[password]=" BLOB, false },
	{ "password=kD83hZqPzVtV0o8X2cWb5nQyLr7uEaJ", false },
	{ "password=5f4dcc3b5aa765d61d8327deb882cf9", false },
	{ "password=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
	{ "password=00000000000000000000000000000000", false },
	{ "password=correct+horse+battery+staple+and+more+than+forty", false },
	/* base64 of a text: it was read */
	{ "password=Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZSBmb3IgbWUgMTIz",
	    false },
};

START_TEST(telling)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	struct request_view view = { .target = SLICE("/"),
		.body = slice_of(rows[_i].body) };

	request_scan(scan, &view);
	ck_assert_msg(
	    sealed_found(scan) == rows[_i].sealed, "%s: not so", rows[_i].body);
	scan_free(scan);
}
END_TEST

Suite *
suite_sealed(void)
{
	Suite *suite = suite_create("sealed");
	TCase *tcase = tcase_create("sealed");

	tcase_add_loop_test(tcase, telling, 0, COUNT(rows));
	suite_add_tcase(suite, tcase);
	return suite;
}
