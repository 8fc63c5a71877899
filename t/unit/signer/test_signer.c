/*
 * The signer as a process: what it is given, what it answers.
 */
#include "signer/signer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/x509v3.h>

#include "ca.h"
#include "t/unit/role/stage.h"

static struct stage stage;
static struct pem pem;
static EVP_PKEY *leaf_key;
static int64_t now;

static struct {
	uint64_t id;
	bool ok;
	unsigned char der[8192];
	size_t n;
	char why[256];
} leaf;

static void
on_leaf_done(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	const struct msg_leaf_done *done = &body->leaf_done;

	leaf.id = done->id;
	leaf.ok = done->ok;
	leaf.n = done->chain_der.n;
	ck_assert_uint_le(leaf.n, sizeof(leaf.der));
	if (leaf.n)
		memcpy(leaf.der, done->chain_der.p, leaf.n);
	snprintf(leaf.why, sizeof(leaf.why), "%.*s", SLICE_ARG(done->why));
	stage_heard(arg);
}

static struct {
	unsigned count;
	char tag[64];
	size_t n;
} crl;

static void
on_crl(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	crl.count++;
	crl.n = body->crl.der.n;
	snprintf(crl.tag, sizeof(crl.tag), "%.*s", SLICE_ARG(body->crl.tag));
}

static void
on_closed(struct chan *chan, const char *words, void *arg)
{
	snprintf(leaf.why, sizeof(leaf.why), "closed");
}

static const struct chan_ops worker_ops = {
	.on = { [MSG_leaf_done] = on_leaf_done, [MSG_crl] = on_crl },
	.on_closed = on_closed,
};

static void
send_leaf_public(void)
{
	struct msg_setup_leaf_public setup;
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(leaf_key, &der);

	setup.public_der = slice_from(der, (size_t)n);
	stage_send(&stage, MSG_setup_leaf_public, &setup);
	OPENSSL_free(der);
}

/* The CA in pem, as generation 1, 2, …. */
static void
send_authority(uint32_t generation)
{
	struct msg_setup_authority setup = { .generation = generation };
	char conf[512];

	snprintf(conf, sizeof(conf),
	    "authority \"%s/ca.crt\" key \"%s/ca.key\"\n"
	    "pages \"%s\"\ndecrypt all\nallow to any\n",
	    stage.dir, stage.dir, stage.dir);
	stage_write(&stage, "proxy.conf", slice_of(conf));
	stage_write(&stage, "ca.crt", slice_of(pem.cert));
	stage_send_file(&stage, MSG_setup_authority, &setup,
	    stage_write(&stage, "ca.key", secret_slice(&pem.key)));
	stage_send_conf(&stage, generation);
}

static void
setup(void)
{
	now = (int64_t)time(NULL);
	memset(&leaf, 0, sizeof(leaf));
	memset(&crl, 0, sizeof(crl));
	pem_init(&pem, "process ca", false, 3650, now);
	leaf_key = EVP_EC_gen("P-256");
	stage_open(&stage, ROLE_SIGNER, signer_main, &worker_ops);
}

static void
teardown(void)
{
	ck_assert_int_eq(stage_close(&stage), 0);
	pem_clear(&pem);
	EVP_PKEY_free(leaf_key);
}

static void
start(void)
{
	send_leaf_public();
	send_authority(1);
	stage_start(&stage);
	ck_assert_str_eq(stage.said, "ready 1");
}

static void
ask(uint64_t id, struct slice host)
{
	struct msg_leaf_ask question = { .id = id, .host = host };

	ck_assert_int_eq(
	    chan_send(stage.worker, MSG_leaf_ask, &question, -1), 0);
	stage_wait(&stage, 1);
}

static void
assert_leaf_is_for(const char *host)
{
	const unsigned char *p = leaf.der;
	X509 *cert = d2i_X509(NULL, &p, (long)leaf.n);
	struct authority *authority = pem_authority(&pem);

	ck_assert_ptr_nonnull(cert);
	ck_assert_int_eq(X509_check_host(cert, host, 0, 0, NULL), 1);
	ck_assert_int_eq(X509_verify(cert, authority_key(authority)), 1);
	ck_assert_int_eq(EVP_PKEY_eq(X509_get0_pubkey(cert), leaf_key), 1);
	X509_free(cert);
	authority_free(authority);
}

START_TEST(test_answers)
{
	start();
	ask(42, SLICE("WWW.example."));
	ck_assert_uint_eq(leaf.id, 42);
	ck_assert(leaf.ok);
	ck_assert_str_eq(leaf.why, "");
	assert_leaf_is_for("www.example");
	ask(43, SLICE("www.example"));
	stage_status(&stage);
	ck_assert_ptr_nonnull(strstr(stage.said, "\"leaves_minted\":1"));
	ck_assert_ptr_nonnull(strstr(stage.said, "\"leaves_found\":1"));
	ck_assert_ptr_nonnull(strstr(stage.said, "\"authority_expires\":\"2"));
}
END_TEST

static const struct slice bad_hosts[] = {
	{ "", 0 },
	{ "a..example", 10 },
	{ "*.example", 9 },
	{ "a,DNS:b", 7 },
	{ "a\0b", 3 },
	{ "a b", 3 },
	{ "1.2.3.4.5", 9 },
};

/* Each worker is told, and told again when the CA is another one. */
START_TEST(test_tells_its_crl)
{
	struct authority *authority = pem_authority(&pem);

	start();
	ask(1, SLICE("a.example"));
	ck_assert_uint_eq(crl.count, 1);
	ck_assert_uint_gt(crl.n, 100);
	ck_assert_str_eq(crl.tag, authority_tag(authority));
	authority_free(authority);
	stage_new_worker(&stage, &worker_ops);
	ask(2, SLICE("a.example"));
	ck_assert_uint_eq(crl.count, 2);
	send_authority(2);
	stage_wait(&stage, 1);
	ask(3, SLICE("a.example"));
	ck_assert_uint_eq(crl.count, 3);
}
END_TEST

START_TEST(test_refuses_names)
{
	start();
	ask(7, bad_hosts[_i]);
	ck_assert_uint_eq(leaf.id, 7);
	ck_assert(!leaf.ok);
	ck_assert_uint_eq(leaf.n, 0);
	ck_assert_str_ne(leaf.why, "");
}
END_TEST

START_TEST(test_rotates)
{
	struct pem old = { NULL, { 0 } };

	start();
	ask(1, SLICE("a.example"));
	old = pem;
	pem_init(&pem, "next ca", false, 3650, now);
	send_authority(2);
	stage_wait(&stage, 1);
	ck_assert_str_eq(stage.said, "ready 2");
	ask(2, SLICE("a.example"));
	assert_leaf_is_for("a.example");
	pem_clear(&old);
}
END_TEST

/* A key that isn't the certificate's: refused, and the old CA stays. */
START_TEST(test_bad_reload)
{
	struct pem other;
	struct secret keep;

	start();
	pem_init(&other, "other", false, 3650, now);
	keep = pem.key;
	pem.key = other.key;
	send_authority(2);
	stage_wait(&stage, 1);
	ck_assert_str_eq(stage.said,
	    "refused 2: the CA's key does not belong to its certificate");
	pem.key = keep;
	ask(2, SLICE("a.example"));
	assert_leaf_is_for("a.example");
	pem_clear(&other);
}
END_TEST

START_TEST(test_new_leaf_key)
{
	start();
	ask(1, SLICE("a.example"));
	EVP_PKEY_free(leaf_key);
	leaf_key = EVP_EC_gen("P-256");
	send_leaf_public();
	/* on another channel: a status in between settles the order */
	stage_status(&stage);
	ask(2, SLICE("a.example"));
	assert_leaf_is_for("a.example");
}
END_TEST

/* In the place of one that has ended. */
START_TEST(test_fresh_worker)
{
	start();
	ask(4, SLICE("a.example"));
	stage_new_worker(&stage, &worker_ops);
	ask(5, SLICE("b.example"));
	ck_assert_uint_eq(leaf.id, 5);
	assert_leaf_is_for("b.example");
}
END_TEST

START_TEST(test_needs_its_leaf_key)
{
	send_authority(1);
	stage_start(&stage);
	ck_assert_str_eq(stage.said, "refused 1: the leaf key did not come");
	/* it ends by itself, and not well */
	ck_assert_int_eq(stage_close(&stage), 1);
	stage_open(&stage, ROLE_SIGNER, signer_main, &worker_ops);
}
END_TEST

START_TEST(test_without_authority)
{
	char conf[512];

	snprintf(conf, sizeof(conf), "pages \"%s\"\nallow to any\n", stage.dir);
	stage_write(&stage, "proxy.conf", slice_of(conf));
	send_leaf_public();
	stage_send_conf(&stage, 1);
	stage_start(&stage);
	ck_assert_str_eq(stage.said, "ready 1");
	ask(1, SLICE("a.example"));
	ck_assert(!leaf.ok);
	ck_assert_str_eq(leaf.why, "no authority is configured");
}
END_TEST

Suite *
suite_signer(void)
{
	Suite *suite = suite_create("signer");
	TCase *tc = tcase_create("process");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_answers);
	tcase_add_test(tc, test_tells_its_crl);
	tcase_add_loop_test(tc, test_refuses_names, 0,
	    (int)(sizeof(bad_hosts) / sizeof(bad_hosts[0])));
	tcase_add_test(tc, test_rotates);
	tcase_add_test(tc, test_bad_reload);
	tcase_add_test(tc, test_new_leaf_key);
	tcase_add_test(tc, test_fresh_worker);
	tcase_add_test(tc, test_needs_its_leaf_key);
	tcase_add_test(tc, test_without_authority);
	suite_add_tcase(suite, tc);
	return suite;
}
