/*
 * suspicion: which pairs go to the directory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "credential/suspicion.h"
#include "found.h"
#include "region.h"

#define KEY "0123456789abcdef"

struct stand {
	struct token_key *key;
	struct region region;
	struct filter *filter;
	struct names *names;
	struct scan *scan;
};

static void
learn(struct stand *stand, const char *account, const char *password)
{
	struct token token;

	ck_assert(token_of_password(stand->key, filter_rule(stand->filter),
	    slice_of(account), slice_of(password), &token));
	filter_add(stand->filter, &token, 1);
}

static void
stand_init(struct stand *stand, unsigned kinds)
{
	struct filter_params params = FILTER_PARAMS_DEFAULT;

	params.capacity = 1000;
	params.kinds = kinds;
	stand->key = region_key(KEY);
	stand->filter = region_filter(&stand->region, &params, stand->key);
	stand->names = names_new();
	names_add(stand->names, SLICE("jdoe"), SLICE("jdoe"));
	names_add(stand->names, SLICE("asmith"), SLICE("asmith"));
	stand->scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
}

static void
stand_clear(struct stand *stand)
{
	filter_close(stand->filter);
	region_clear(&stand->region);
	token_key_free(stand->key);
	names_free(stand->names);
	scan_free(stand->scan);
}

static void
judge(struct stand *stand, const char *body, struct suspicion *suspicion)
{
	struct names_source names = names_source(stand->names);

	scan_body(stand->scan, slice_of(body));
	suspicion_init(suspicion);
	suspicion_add_account(suspicion, SLICE("jdoe"), SUSPICION_LOGGED_IN);
	suspicion_add_named(suspicion, stand->scan, &names);
	suspicion_look_up(suspicion, stand->scan, stand->filter, stand->key);
}

static const struct {
	const char *body;
	const char *account, *value; /* of the first hit; NULL: none */
	enum suspicion_source source;
} rows[] = {
	{ "u=x&p=Summer2024%21", "jdoe", "Summer2024!", SUSPICION_LOGGED_IN },
	{ "u=CORP%5Cjdoe&p=Summer2024%21", "jdoe", "Summer2024!",
	    SUSPICION_LOGGED_IN },
	{ "u=ASmith&p=Winter2024%21", "asmith", "Winter2024!",
	    SUSPICION_NAMED },
	{ "u=other&p=Winter2024%21", NULL, NULL, SUSPICION_NAMED },
	{ "u=asmith&p=Autumn2024%21", NULL, NULL, SUSPICION_NAMED },
	/* a name with a blank behind it, as telephones put it there, or among
	 * other words */
	{ "u=asmith+&p=Winter2024%21", "asmith", "Winter2024!",
	    SUSPICION_NAMED },
	{ "u=+asmith&p=Winter2024%21", "asmith", "Winter2024!",
	    SUSPICION_NAMED },
	{ "{\"u\": \"asmith \", \"p\": \"Winter2024!\"}", "asmith",
	    "Winter2024!", SUSPICION_NAMED },
	{ "name asmith and Winter2024!", "asmith", "Winter2024!",
	    SUSPICION_NAMED },
	/* only the portions are known: the directory must be asked */
	{ "p=Summ__024%21&q=SummXXX024%21", "jdoe", "SummXXX024!",
	    SUSPICION_LOGGED_IN },
};

START_TEST(judging)
{
	struct stand stand;
	struct suspicion suspicion;

	stand_init(&stand, FILTER_PASSWORDS);
	learn(&stand, "jdoe", "Summer2024!");
	learn(&stand, "asmith", "Winter2024!");
	judge(&stand, rows[_i].body, &suspicion);
	if (rows[_i].account == NULL) {
		ck_assert_uint_eq(suspicion.nhits, 0);
	} else {
		ck_assert_uint_eq(suspicion.nhits, 1);
		ck_assert(slice_eq_str(
		    suspicion.hits[0].account.name, rows[_i].account));
		ck_assert(slice_eq_str(
		    suspicion.hits[0].candidate->value, rows[_i].value));
		ck_assert_int_eq(
		    suspicion.hits[0].account.source, rows[_i].source);
	}
	ck_assert_uint_gt(suspicion.lookups, 0);
	stand_clear(&stand);
}
END_TEST

/* A filter of NT hashes alone knows the password as well. */
START_TEST(by_nt_hash)
{
	struct stand stand;
	struct suspicion suspicion;
	unsigned char hash[NT_HASH_SIZE];
	struct token token;

	stand_init(&stand, FILTER_NT_HASHES);
	ck_assert(token_nt_hash(SLICE("Summer2024!"), hash));
	ck_assert(token_of_nt_hash(
	    stand.key, filter_rule(stand.filter), SLICE("jdoe"), hash, &token));
	filter_add(stand.filter, &token, 1);
	judge(&stand, "p=Summer2024%21", &suspicion);
	ck_assert_uint_eq(suspicion.nhits, 1);
	judge(&stand, "p=Summer2025%21", &suspicion);
	ck_assert_uint_eq(suspicion.nhits, 0);
	stand_clear(&stand);
}
END_TEST

START_TEST(bounds)
{
	struct stand stand;
	struct suspicion suspicion;
	char body[4096], word[32];
	size_t i;

	stand_init(&stand, FILTER_PASSWORDS);
	body[0] = '\0';
	for (i = 0; i < SUSPICION_HITS_MAX + 1; i++) {
		snprintf(word, sizeof(word), "secret-%zu-word", i);
		learn(&stand, "jdoe", word);
		strcat(strcat(strcat(body, "p="), word), "&");
	}
	judge(&stand, body, &suspicion);
	/* one middle is as good as another: count what may be more */
	ck_assert_uint_eq(suspicion.nhits, SUSPICION_HITS_MAX);
	ck_assert(suspicion.more_hits);
	suspicion_init(&suspicion);
	for (i = 0; i < SUSPICION_ACCOUNTS_MAX; i++) {
		snprintf(body + i * 8, 8, "a%zu", i);
		ck_assert(suspicion_add_account(
		    &suspicion, slice_of(body + i * 8), SUSPICION_WATCHED));
		ck_assert(!suspicion_add_account(
		    &suspicion, slice_of(body + i * 8), SUSPICION_NAMED));
	}
	ck_assert(
	    !suspicion_add_account(&suspicion, SLICE("more"), SUSPICION_NAMED));
	ck_assert(
	    !suspicion_add_account(&suspicion, SLICE(""), SUSPICION_NAMED));
	/* no filter, no hits */
	suspicion_look_up(&suspicion, stand.scan, NULL, stand.key);
	ck_assert_uint_eq(suspicion.nhits, 0);
	stand_clear(&stand);
}
END_TEST

Suite *
suite_suspicion(void)
{
	Suite *suite = suite_create("suspicion");
	TCase *tcase = tcase_create("suspicion");

	tcase_add_loop_test(tcase, judging, 0, (int)COUNT(rows));
	tcase_add_test(tcase, by_nt_hash);
	tcase_add_test(tcase, bounds);
	suite_add_tcase(suite, tcase);
	return suite;
}
