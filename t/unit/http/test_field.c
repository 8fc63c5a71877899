/*
 * field: the catalogue and what names and values may hold.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "base/mem.h"
#include "http/field.h"

/* Every name finds its own number, in any case: this is also what tells
 * that http/fields.def is sorted. */
START_TEST(known)
{
	struct slice name = field_name(_i);
	char *text = slice_dup(name);

	ck_assert_int_eq(field_lookup(name), _i);
	for (size_t i = 0; i < name.n; i++) {
		text[i] ^= isalpha((unsigned char)name.p[i]) ? 0x20 : 0;
		ck_assert_int_eq(field_lookup(slice_of(text)), _i);
	}
	ck_assert_uint_gt(name.n, 0);
	ck_assert(token_ok(name));
	if (_i > 1)
		ck_assert_uint_ge(name.n, field_name(_i - 1).n);
	/* one byte more, less, or another one */
	ck_assert_int_ne(field_lookup(slice_sub(name, 0, name.n - 1)), _i);
	ck_assert_int_ne(field_lookup(slice_from_idx(name, 1)), _i);
	text[name.n - 1] ^= 1;
	ck_assert_int_ne(field_lookup(slice_of(text)), _i);
	free(text);
}
END_TEST

static const char *const unknown[] = { "", "x", "Hosts", "Hos", "X-Host",
	"Content_Length", "Content-Lengt\xe8", "Proxy-Authentication-Infos",
	"an-other-field-that-is-longer-than-all" };

START_TEST(others)
{
	ck_assert_int_eq(field_lookup(slice_of(unknown[_i])), FIELD_OTHER);
}
END_TEST

START_TEST(flags)
{
	ck_assert_uint_eq(field_flags(FIELD_OTHER), 0);
	ck_assert_uint_eq(
	    field_flags(FIELD_HOST), FIELD_IS_ONE | FIELD_NOT_IN_TRAILER);
	ck_assert(field_flags(FIELD_CONTENT_LENGTH) & FIELD_IS_ALONE);
	ck_assert(field_flags(FIELD_TRANSFER_ENCODING) & FIELD_IS_ALONE);
	ck_assert(field_flags(FIELD_PROXY_AUTHORIZATION) & FIELD_IS_HOP);
	ck_assert(!(field_flags(FIELD_SET_COOKIE) & FIELD_IS_ONE));
}
END_TEST

START_TEST(bytes)
{
	for (int c = 0; c < 256; c++) {
		char text[3] = { 'a', (char)c, 'b' };
		struct slice s = slice_from(text, 3);
		bool token = c > 0 && c < 0x80 &&
		    strchr("!#$%&'*+-.^_`|~0123456789"
			   "abcdefghijklmnopqrstuvwxyz"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
			c) != NULL;

		ck_assert_int_eq(token_ok(s), token);
		ck_assert_int_eq(
		    field_value_ok(s), c == '\t' || (c >= ' ' && c != 0x7f));
	}
	ck_assert(!token_ok(SLICE_EMPTY));
	ck_assert(field_value_ok(SLICE_EMPTY));
}
END_TEST

Suite *
suite_field(void)
{
	Suite *suite = suite_create("field");
	TCase *tcase = tcase_create("field");

	tcase_add_loop_test(tcase, known, 1, FIELD_COUNT);
	tcase_add_loop_test(tcase, others, 0, COUNT(unknown));
	tcase_add_test(tcase, flags);
	tcase_add_test(tcase, bytes);
	suite_add_tcase(suite, tcase);
	return suite;
}
