#include "policy/origins.h"

#include "suites.h"

static const char text[] =
    "authority \"ca.crt\" key \"ca.key\"\n"
    "decrypt all\n"
    "revocation off to intra.example\n"
    "revocation hard to { *.bank.example, 203.0.113.0/24 }\n"
    "legacy to { old.example, port 8443 }\n"
    "accept certificate sha256:"
    "0000000000000000000000000000000000000000000000000000000000000001 "
    "error expired to { a.example, b.example }\n"
    "accept certificate sha256:"
    "0000000000000000000000000000000000000000000000000000000000000002 "
    "error { wrong-name, weak-key } to b.example\n"
    "certificate \"ca.crt\" key \"ca.key\" to partner.example\n";

static const struct {
	const char *host, *addr;
	uint16_t port;
	enum revocation_mode revocation;
	bool legacy, own;
	const char *exceptions; /* the last digits of their fingerprints */
} places[] = {
	{ "x.example", "192.0.2.1", 443, REVOCATION_SOFT, false, false, "" },
	{ "intra.example", "192.0.2.1", 443, REVOCATION_OFF, false, false, "" },
	{ "a.bank.example", "192.0.2.1", 443, REVOCATION_HARD, false, false,
	    "" },
	{ "x.example", "203.0.113.9", 443, REVOCATION_HARD, false, false, "" },
	{ "old.example", "192.0.2.1", 443, REVOCATION_SOFT, true, false, "" },
	{ "x.example", "192.0.2.1", 8443, REVOCATION_SOFT, true, false, "" },
	{ "a.example", "192.0.2.1", 443, REVOCATION_SOFT, false, false, "1" },
	{ "b.example", "192.0.2.1", 443, REVOCATION_SOFT, false, false, "12" },
	{ "partner.example", "192.0.2.1", 443, REVOCATION_SOFT, false, true,
	    "" },
};

START_TEST(terms)
{
	struct conf *conf = conf_of(text);
	struct policy *policy = policy_new(conf);
	struct host host = host_of(places[_i].host);
	struct addr addr = addr_of(places[_i].addr);
	struct subject subject = { .port = places[_i].port, .host = &host };
	struct origin_terms found;
	const struct cert_exception *one;
	char digits[8] = "";
	size_t i = 0, n = 0;

	subject.addr = &addr;
	found = policy_origin(policy, &subject);
	ck_assert_int_eq(found.revocation, places[_i].revocation);
	ck_assert_int_eq(found.legacy, places[_i].legacy);
	ck_assert_int_eq(found.own != NULL, places[_i].own);
	while ((one = policy_exception(policy, &subject, &i)) != NULL)
		digits[n++] = (char)('0' + one->certificates.v[0].sha256[31]);
	ck_assert_str_eq(digits, places[_i].exceptions);
	policy_free(policy);
	conf_free(conf);
}
END_TEST

Suite *
suite_origins(void)
{
	Suite *suite = suite_create("origins");
	TCase *tcase = tcase_create("terms");

	tcase_add_loop_test(tcase, terms, 0, COUNT(places));
	suite_add_tcase(suite, tcase);
	return suite;
}
