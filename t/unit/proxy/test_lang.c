#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "proxy/lang.h"

/* A file with a text for each key that reasons need, but for one. */
static char *
all_but(const char *left_out, const char *more)
{
	static const char *const parts[] = { "title", "words", "advice" };
	char *file, key[80];
	size_t n;
	FILE *out = open_memstream(&file, &n);

	for (int i = 0; i < REASON_COUNT; i++)
		for (int k = 0; k < 3 && reason_info(i)->status != 0; k++) {
			snprintf(key, sizeof(key), "%s.%s",
			    reason_info(i)->word, parts[k]);
			if (strcmp(key, left_out) != 0)
				fprintf(out, "%s: de %s\n", key, key);
		}
	fputs(more, out);
	fclose(out);
	return file;
}

static const struct lang *
first_of(struct langs *langs, char *why)
{
	ck_assert_msg(langs != NULL, "%s", why);
	return langs_at(langs, 0);
}

START_TEST(english_is_built_in)
{
	struct bundle *bundle = bundle_new_memory();
	char *why = NULL;
	struct langs *langs = langs_load(bundle, "p", &why);
	const struct lang *lang = first_of(langs, why);

	ck_assert_str_eq(lang_tag(lang), "en");
	ck_assert_ptr_null(langs_at(langs, 1));
	ck_assert_ptr_eq(langs_pick(langs, SLICE("de")), lang);
	ck_assert(slice_eq_str(lang_reason(lang, REASON_DENIED)->title,
	    reason_info(REASON_DENIED)->title));
	ck_assert_uint_eq(lang_reason(lang, REASON_OK)->title.n, 0);
	langs_free(langs);
	bundle_free(bundle);
}
END_TEST

START_TEST(english_can_be_replaced)
{
	struct bundle *bundle = bundle_new_memory();
	char *why = NULL;
	struct langs *langs;
	const struct lang_reason *said;

	bundle_put(bundle, "p/words.en", SLICE("denied.title: No way\n"));
	langs = langs_load(bundle, "p", &why);
	said = lang_reason(first_of(langs, why), REASON_DENIED);
	ck_assert(slice_eq_str(said->title, "No way"));
	ck_assert(slice_eq_str(said->words, reason_info(REASON_DENIED)->words));
	langs_free(langs);
	bundle_free(bundle);
}
END_TEST

START_TEST(one_is_picked)
{
	static const struct {
		const char *accept, *tag, *title;
	} picks[] = {
		{ "de-AT, en;q=0.5", "de", "de denied.title" },
		{ "fr, de;q=0.1", "de", "de denied.title" }, /* no words.fr */
		{ "fr", "en", "This destination is not allowed" },
		{ "", "en", "This destination is not allowed" },
	};
	struct bundle *bundle = bundle_new_memory();
	char *file = all_but("", "refusal.x: y\n"), *why = NULL;
	struct langs *langs;
	const struct lang *lang;

	bundle_put(bundle, "p/words.de", slice_of(file));
	langs = langs_load(bundle, "p", &why);
	first_of(langs, why);
	lang = langs_pick(langs, slice_of(picks[_i].accept));
	ck_assert_str_eq(lang_tag(lang), picks[_i].tag);
	ck_assert(slice_eq_str(
	    lang_reason(lang, REASON_DENIED)->title, picks[_i].title));
	ck_assert_int_eq(lang_text(lang, SLICE("refusal.x")).n > 0,
	    strcmp(picks[_i].tag, "de") == 0);
	langs_free(langs);
	bundle_free(bundle);
	free(file);
}
END_TEST

START_TEST(faults_are_said)
{
	static const struct {
		const char *left_out, *more, *why;
	} faults[] = {
		{ "denied.title", "",
		    "p/words.de: no text for \"denied.title\"" },
		{ "loop.words", "", "p/words.de: no text for \"loop.words\"" },
		{ "credential-unanswered.advice", "",
		    "p/words.de: no text for "
		    "\"credential-unanswered.advice\"" },
		{ "", "denied.tilte: x\n",
		    "p/words.de: unknown key \"denied.tilte\"" },
		{ "", "denid.title: x\n",
		    "p/words.de: unknown key \"denid.title\"" },
		{ "", "idle.title: x\n",
		    "p/words.de: unknown key \"idle.title\"" },
		{ "", "title: x\n", "p/words.de: unknown key \"title\"" },
		{ "", "loop.title: x\n",
		    "p/words.de: \"loop.title\" stands twice" },
	};
	struct bundle *bundle = bundle_new_memory();
	char *file = all_but(faults[_i].left_out, faults[_i].more);
	char *why = NULL;

	bundle_put(bundle, "p/words.de", slice_of(file));
	ck_assert_ptr_null(langs_load(bundle, "p", &why));
	ck_assert_str_eq(why, faults[_i].why);
	free(why);
	free(file);
	bundle_free(bundle);
}
END_TEST

START_TEST(details_have_keys)
{
	static const struct {
		const char *english, *want;
	} details[] = {
		{ "the certificate's key is too weak", "one" },
		{ "The CERTIFICATE: key, is too weak", "" },
		{ "", "" },
		{ "connection refused", "two" },
		{ "connection refuse", "" },
		{ "connection refused.", "" },
		/* cut to the length of a key */
		{ "a detail that is so long that no key can hold all of it",
		    "" },
		{ "a detail that is so long that no key can hold all of it "
		  "and more",
		    "three" },
		{ "a detail that is so long, that no key can hold all of it; "
		  "and so on",
		    "three" },
	};
	struct bundle *bundle = bundle_new_memory();
	char *why = NULL;
	struct langs *langs;

	bundle_put(bundle, "p/words.en",
	    SLICE("detail.the-certificate-s-key-is-too-weak: one\n"
		  "detail.connection-refused: two\n"
		  "detail.a-detail-that-is-so-long-that-no-key-can-hold-all-of"
		  "-it-a: three\n"));
	langs = langs_load(bundle, "p", &why);
	ck_assert(
	    slice_eq_str(lang_detail(first_of(langs, why), details[_i].english),
		details[_i].want));
	langs_free(langs);
	bundle_free(bundle);
}
END_TEST

/* There but not readable is another matter than not there. */
START_TEST(a_file_that_is_none_is_said)
{
	char dir[] = "/tmp/sallyport-lang-XXXXXX", *path, *why = NULL;
	struct bundle *bundle = bundle_new();

	ck_assert_ptr_nonnull(mkdtemp(dir));
	path = mem_printf("%s/words.fr", dir);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_ptr_null(langs_load(bundle, dir, &why));
	ck_assert_ptr_nonnull(strstr(why, "/words.fr: "));
	rmdir(path);
	rmdir(dir);
	free(path);
	free(why);
	bundle_free(bundle);
}
END_TEST

Suite *
suite_lang(void)
{
	Suite *suite = suite_create("lang");
	TCase *tc = tcase_create("lang");

	tcase_add_test(tc, english_is_built_in);
	tcase_add_test(tc, english_can_be_replaced);
	tcase_add_loop_test(tc, one_is_picked, 0, 4);
	tcase_add_loop_test(tc, faults_are_said, 0, 8);
	tcase_add_loop_test(tc, details_have_keys, 0, 9);
	tcase_add_test(tc, a_file_that_is_none_is_said);
	suite_add_tcase(suite, tc);
	return suite;
}
