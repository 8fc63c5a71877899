/*
 * message: a head's fields, methods and status texts.
 */
#include <stdio.h>
#include <string.h>

#include "suites.h"

#include "http/message.h"

static struct head
sample(struct arena *arena)
{
	struct head head;

	head_init(&head, arena);
	head_add(&head, FIELD_HOST, SLICE("a.test"));
	head_add(&head, FIELD_CONNECTION, SLICE("close, X-a"));
	head_add_other(&head, SLICE("X-A"), SLICE("1"));
	head_add_other(&head, SLICE("connection"), SLICE(" ,upgrade,"));
	head_add(&head, FIELD_VIA, SLICE("1.1 b"));
	return head;
}

START_TEST(reading)
{
	struct arena *arena = arena_new(1024);
	struct head head = sample(arena);

	ck_assert_uint_eq(head.nfields, 5);
	ck_assert_uint_eq(head_count(&head, FIELD_CONNECTION), 2);
	ck_assert_uint_eq(head_count(&head, FIELD_OTHER), 1);
	ck_assert_uint_eq(head_count(&head, FIELD_DATE), 0);
	ck_assert_ptr_eq(head_get(&head, FIELD_CONNECTION), &head.fields[1]);
	ck_assert_ptr_null(head_get(&head, FIELD_DATE));
	ck_assert(slice_eq_str(head_value(&head, FIELD_VIA), "1.1 b"));
	ck_assert_uint_eq(head_value(&head, FIELD_DATE).n, 0);
	arena_free(arena);
}
END_TEST

struct token {
	const char *token;
	bool held;
};

static const struct token tokens[] = {
	{ "close", true },
	{ "CLOSE", true },
	{ "x-A", true },
	{ "upgrade", true },
	{ "", true }, /* an empty element of the list */
	{ "clos", false },
	{ "close,", false },
	{ "x", false },
};

START_TEST(having_tokens)
{
	struct arena *arena = arena_new(1024);
	struct head head = sample(arena);

	ck_assert_int_eq(
	    head_has_token(&head, FIELD_CONNECTION, slice_of(tokens[_i].token)),
	    tokens[_i].held);
	ck_assert(!head_has_token(&head, FIELD_TE, slice_of(tokens[_i].token)));
	arena_free(arena);
}
END_TEST

START_TEST(changing)
{
	struct arena *arena = arena_new(1024);
	struct head head = sample(arena);

	head_remove(&head, FIELD_CONNECTION);
	ck_assert_uint_eq(head.nfields, 3);
	ck_assert_uint_eq(head_count(&head, FIELD_CONNECTION), 0);
	ck_assert_int_eq(head.fields[1].id, FIELD_OTHER);
	ck_assert_int_eq(head.fields[2].id, FIELD_VIA);
	head_remove(&head, FIELD_CONNECTION);
	ck_assert_uint_eq(head.nfields, 3);
	head_set(&head, FIELD_HOST, SLICE("b.test"));
	ck_assert_uint_eq(head.nfields, 3);
	ck_assert(slice_eq_str(head_value(&head, FIELD_HOST), "b.test"));
	head_set(&head, FIELD_DATE, SLICE("now"));
	ck_assert_uint_eq(head.nfields, 4);
	arena_free(arena);
}
END_TEST

START_TEST(growing)
{
	struct arena *arena = arena_new(512);
	char names[300][8];
	struct head head;

	head_init(&head, arena);
	for (int i = 0; i < 300; i++) {
		snprintf(names[i], sizeof(names[i]), "x-%d", i);
		head_add_other(&head, slice_of(names[i]), SLICE("v"));
	}
	ck_assert_uint_eq(head.nfields, 300);
	for (int i = 0; i < 300; i++)
		ck_assert(slice_eq_str(head.fields[i].name, names[i]));
	arena_free(arena);
}
END_TEST

struct method {
	const char *text;
	enum method_id id;
};

static const struct method methods[] = {
	{ "GET", METHOD_GET },
	{ "HEAD", METHOD_HEAD },
	{ "POST", METHOD_POST },
	{ "PUT", METHOD_PUT },
	{ "DELETE", METHOD_DELETE },
	{ "CONNECT", METHOD_CONNECT },
	{ "OPTIONS", METHOD_OPTIONS },
	{ "TRACE", METHOD_TRACE },
	{ "PATCH", METHOD_PATCH },
	{ "get", METHOD_OTHER },
	{ "GETX", METHOD_OTHER },
	{ "GE", METHOD_OTHER },
	{ "PROPFIND", METHOD_OTHER },
	{ "", METHOD_OTHER },
};

START_TEST(method)
{
	ck_assert_int_eq(
	    method_lookup(slice_of(methods[_i].text)), methods[_i].id);
}
END_TEST

START_TEST(status)
{
	ck_assert_str_eq(status_text(200), "OK");
	ck_assert_str_eq(status_text(407), "Proxy Authentication Required");
	ck_assert_str_eq(status_text(511), "Network Authentication Required");
	ck_assert_str_eq(status_text(299), "Unknown");
	ck_assert_str_eq(status_text(0), "Unknown");
}
END_TEST

Suite *
suite_message(void)
{
	Suite *suite = suite_create("message");
	TCase *tcase = tcase_create("head");

	tcase_add_test(tcase, reading);
	tcase_add_loop_test(tcase, having_tokens, 0, COUNT(tokens));
	tcase_add_test(tcase, changing);
	tcase_add_test(tcase, growing);
	tcase_add_loop_test(tcase, method, 0, COUNT(methods));
	tcase_add_test(tcase, status);
	suite_add_tcase(suite, tcase);
	return suite;
}
