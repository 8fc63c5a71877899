#include "ipc/msg.h"

#include <stdlib.h>
#include <string.h>

#include "sample.h"
#include "suites.h"

static unsigned char buf[WIRE_MAX + 1];

static struct slice
encode(enum msg_kind kind)
{
	union msg_body body;
	struct wire_out out;

	sample_fill(kind, &body);
	wire_out_init(&out, buf, WIRE_MAX);
	msg_encode(&out, kind, &body);
	ck_assert(!out.failed);
	return slice_from(buf, out.n);
}

START_TEST(every_message_round_trips)
{
	enum msg_kind kind = (enum msg_kind)_i, got = MSG_COUNT;
	union msg_body want, body;

	sample_fill(kind, &want);
	ck_assert_ptr_null(msg_decode(encode(kind), &got, &body));
	ck_assert_int_eq(got, kind);
	ck_assert_msg(sample_equal(kind, &want, &body), "%s", msg_name(kind));
}
END_TEST

/* The copy is exactly as long as what is decoded, so that a sanitizer or
 * valgrind sees a read behind its end. */
START_TEST(every_message_cut_anywhere_is_refused)
{
	struct slice whole = encode((enum msg_kind)_i);

	for (size_t n = 0; n < whole.n; n++) {
		char *cut = malloc(n ? n : 1);
		enum msg_kind kind = MSG_COUNT;
		union msg_body body;

		memcpy(cut, whole.p, n);
		ck_assert_ptr_nonnull(
		    msg_decode(slice_from(cut, n), &kind, &body));
		ck_assert_int_eq(kind, MSG_COUNT); /* untouched */
		free(cut);
	}
}
END_TEST

START_TEST(every_message_with_a_byte_too_many_is_refused)
{
	struct slice whole = encode((enum msg_kind)_i);
	enum msg_kind kind;
	union msg_body body;

	buf[whole.n++] = 0;
	ck_assert_str_eq(
	    msg_decode(whole, &kind, &body), "a message with bytes left over");
}
END_TEST

START_TEST(unknown_kinds_are_refused)
{
	static const unsigned kinds[] = { MSG_COUNT, MSG_COUNT + 1, 0xffff };
	unsigned char packet[64] = { 0 };
	enum msg_kind kind;
	union msg_body body;

	packet[0] = (unsigned char)kinds[_i];
	packet[1] = (unsigned char)(kinds[_i] >> 8);
	ck_assert_str_eq(
	    msg_decode(slice_from(packet, sizeof(packet)), &kind, &body),
	    "a message of an unknown kind");
}
END_TEST

static const struct {
	enum msg_kind kind;
	enum role from, to;
	bool allowed;
} permits[] = {
	{ MSG_setup_conf, ROLE_SUPERVISOR, ROLE_PROXY, true },
	{ MSG_setup_conf, ROLE_SUPERVISOR, ROLE_SIGNER, true },
	{ MSG_setup_conf, ROLE_PROXY, ROLE_SIGNER, false },
	{ MSG_setup_conf, ROLE_SUPERVISOR, ROLE_SUPERVISOR, false },
	{ MSG_setup_authority, ROLE_SUPERVISOR, ROLE_SIGNER, true },
	{ MSG_setup_authority, ROLE_SUPERVISOR, ROLE_PROXY, false },
	{ MSG_setup_accounts, ROLE_SUPERVISOR, ROLE_DIRECTORY, true },
	{ MSG_setup_accounts, ROLE_SUPERVISOR, ROLE_PROXY, false },
	{ MSG_setup_leaf_key, ROLE_SUPERVISOR, ROLE_PROXY, true },
	{ MSG_setup_leaf_key, ROLE_SUPERVISOR, ROLE_SIGNER, false },
	{ MSG_ready, ROLE_DIRECTORY, ROLE_SUPERVISOR, true },
	{ MSG_ready, ROLE_SUPERVISOR, ROLE_PROXY, false },
	{ MSG_leaf_ask, ROLE_PROXY, ROLE_SIGNER, true },
	{ MSG_leaf_ask, ROLE_PROXY, ROLE_DIRECTORY, false },
	{ MSG_leaf_ask, ROLE_DIRECTORY, ROLE_SIGNER, false },
	{ MSG_leaf_done, ROLE_PROXY, ROLE_SIGNER, false },
	{ MSG_login_ask, ROLE_PROXY, ROLE_DIRECTORY, true },
	{ MSG_login_ask, ROLE_PROXY, ROLE_SIGNER, false },
	{ MSG_login_done, ROLE_DIRECTORY, ROLE_PROXY, true },
	{ MSG_login_done, ROLE_SIGNER, ROLE_PROXY, false },
	{ MSG_setup_filter, ROLE_SUPERVISOR, ROLE_PROXY, true },
	{ MSG_setup_filter, ROLE_SUPERVISOR, ROLE_DIRECTORY, true },
	{ MSG_setup_filter_key, ROLE_SUPERVISOR, ROLE_DIRECTORY, true },
	{ MSG_setup_filter_key, ROLE_SUPERVISOR, ROLE_PROXY, false },
	{ MSG_setup_lookup_key, ROLE_SUPERVISOR, ROLE_PROXY, true },
	{ MSG_setup_lookup_key, ROLE_SUPERVISOR, ROLE_SIGNER, false },
	{ MSG_way_ask, ROLE_PROXY, ROLE_DIRECTORY, true },
	{ MSG_way_ask, ROLE_DIRECTORY, ROLE_PROXY, false },
	{ MSG_way_done, ROLE_DIRECTORY, ROLE_PROXY, true },
	{ MSG_way_done, ROLE_PROXY, ROLE_DIRECTORY, false },
	{ MSG_notice, ROLE_PROXY, ROLE_DIRECTORY, true },
	{ MSG_notice, ROLE_DIRECTORY, ROLE_PROXY, true },
	{ MSG_notice, ROLE_SIGNER, ROLE_PROXY, false },
	{ MSG_setup_names, ROLE_DIRECTORY, ROLE_PROXY, true },
	{ MSG_credential_ask, ROLE_PROXY, ROLE_DIRECTORY, true },
	{ MSG_credential_ask, ROLE_PROXY, ROLE_SIGNER, false },
	{ MSG_credential_done, ROLE_PROXY, ROLE_DIRECTORY, false },
	{ MSG_tag_ask, ROLE_PROXY, ROLE_GUARD, true },
	{ MSG_tag_ask, ROLE_DIRECTORY, ROLE_GUARD, false },
	{ MSG_tag_done, ROLE_PROXY, ROLE_GUARD, false },
	{ MSG_setup_map, ROLE_SUPERVISOR, ROLE_GUARD, true },
	{ MSG_setup_map, ROLE_SUPERVISOR, ROLE_PROXY, false },
	{ MSG_setup_proof_key, ROLE_SUPERVISOR, ROLE_DIRECTORY, true },
	{ MSG_setup_proof_key, ROLE_SUPERVISOR, ROLE_GUARD, true },
	{ MSG_setup_proof_key, ROLE_SUPERVISOR, ROLE_PROXY, false },
	{ MSG_setup_tagging, ROLE_SUPERVISOR, ROLE_PROXY, true },
};

START_TEST(the_catalogue_says_who_may)
{
	ck_assert_msg(msg_allowed(permits[_i].kind, permits[_i].from,
			  permits[_i].to) == permits[_i].allowed,
	    "%s from %s to %s", msg_name(permits[_i].kind),
	    role_info(permits[_i].from)->name, role_info(permits[_i].to)->name);
}
END_TEST

START_TEST(secrets_and_files_come_with_a_descriptor_only_where_said)
{
	ck_assert(msg_brings_fd(MSG_setup_conf));
	ck_assert(msg_brings_fd(MSG_setup_authority));
	ck_assert(msg_brings_fd(MSG_setup_filter));
	ck_assert(msg_brings_fd(MSG_setup_names));
	ck_assert(msg_brings_fd(MSG_setup_map));
	ck_assert(msg_brings_fd(MSG_tag_ask));
	ck_assert(!msg_brings_fd(MSG_login_note));
	ck_assert(!msg_brings_fd(MSG_credential_ask));
	ck_assert(!msg_brings_fd(MSG_leaf_ask));
	ck_assert(!msg_brings_fd(MSG_login_done));
}
END_TEST

START_TEST(roles_have_names)
{
	for (int role = 0; role < ROLE_COUNT; role++)
		ck_assert_int_eq(
		    role_by_name(role_info((enum role)role)->name), role);
	ck_assert_int_eq(role_by_name("sign"), -1);
	ck_assert_int_eq(role_by_name(""), -1);
}
END_TEST

Suite *
suite_msg(void)
{
	Suite *suite = suite_create("msg");
	TCase *tcase = tcase_create("msg");

	tcase_add_loop_test(tcase, every_message_round_trips, 0, MSG_COUNT);
	tcase_add_loop_test(
	    tcase, every_message_cut_anywhere_is_refused, 0, MSG_COUNT);
	tcase_add_loop_test(
	    tcase, every_message_with_a_byte_too_many_is_refused, 0, MSG_COUNT);
	tcase_add_loop_test(tcase, unknown_kinds_are_refused, 0, 3);
	tcase_add_loop_test(tcase, the_catalogue_says_who_may, 0,
	    sizeof(permits) / sizeof(*permits));
	tcase_add_test(
	    tcase, secrets_and_files_come_with_a_descriptor_only_where_said);
	tcase_add_test(tcase, roles_have_names);
	suite_add_tcase(suite, tcase);
	return suite;
}
