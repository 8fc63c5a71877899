#include "conf/defaults.h"

#include "suites.h"

static const struct {
	enum unit unit;
	const char *text;
	uint64_t value;
	const char *canonical; /* NULL: refused */
} units[] = {
	{ UNIT_BYTES, "0", 0, "none" },
	{ UNIT_BYTES, "none", 0, "none" },
	{ UNIT_BYTES, "1", 1, "1" },
	{ UNIT_BYTES, "1023", 1023, "1023" },
	{ UNIT_BYTES, "1024", 1024, "1k" },
	{ UNIT_BYTES, "8k", 8192, "8k" },
	{ UNIT_BYTES, "1024k", 1048576, "1m" },
	{ UNIT_BYTES, "2g", 2147483648, "2g" },
	{ UNIT_BYTES, "8K", 0, NULL },
	{ UNIT_BYTES, "8kb", 0, NULL },
	{ UNIT_BYTES, "k", 0, NULL },
	{ UNIT_BYTES, "-1", 0, NULL },
	{ UNIT_BYTES, "", 0, NULL },
	{ UNIT_BYTES, "18446744073709551616", 0, NULL },
	{ UNIT_BYTES, "200000000000g", 0, NULL },
	{ UNIT_COUNT, "128", 128, "128" },
	{ UNIT_COUNT, "none", 0, "none" },
	{ UNIT_COUNT, "1k", 0, NULL },
	{ UNIT_MILLISECONDS, "1500ms", 1500, "1500ms" },
	{ UNIT_MILLISECONDS, "1000ms", 1000, "1s" },
	{ UNIT_MILLISECONDS, "90s", 90000, "90s" },
	{ UNIT_MILLISECONDS, "120s", 120000, "2m" },
	{ UNIT_MILLISECONDS, "24h", 86400000, "1d" },
	{ UNIT_MILLISECONDS, "5", 0, NULL },
	{ UNIT_MILLISECONDS, "none", 0, NULL },
	{ UNIT_MILLISECONDS, "213503982335d", 0, NULL },
};

START_TEST(unit)
{
	char text[UNIT_TEXT_SIZE];
	uint64_t found = 7;
	const char *wrong = unit_parse(
	    units[_i].unit, slice_of(units[_i].text), &found);

	if (!units[_i].canonical) {
		ck_assert_ptr_nonnull(wrong);
		ck_assert_uint_eq(found, 7);
		return;
	}
	ck_assert_ptr_null(wrong);
	ck_assert_uint_eq(found, units[_i].value);
	ck_assert_str_eq(
	    unit_text(text, units[_i].unit, found), units[_i].canonical);
}
END_TEST

static struct settings
table(int i)
{
	return i ? defaults_timeouts() : defaults_limits();
}

/* Every number of the two structs stands in the tables, once, and each
 * default within its bounds. */
START_TEST(tables)
{
	struct settings settings = table(_i);
	size_t size = _i ? sizeof(struct timeouts) : sizeof(struct limits);

	ck_assert_uint_eq(settings.n * sizeof(uint64_t), size);
	for (size_t i = 0; i < settings.n; i++) {
		const struct setting *one = &settings.v[i];

		ck_assert_uint_eq(one->offset, i * sizeof(uint64_t));
		ck_assert_uint_le(one->min, one->value);
		ck_assert_uint_le(one->value, one->max);
		ck_assert_ptr_eq(
		    settings_find(settings, slice_of(one->word)), one);
	}
	ck_assert_ptr_null(settings_find(settings, SLICE("nothing")));
}
END_TEST

/* At each bound, and one beside it. */
START_TEST(bounds)
{
	struct settings settings = table(_i);

	for (size_t i = 0; i < settings.n; i++) {
		const struct setting *one = &settings.v[i];
		const uint64_t tries[] = { one->min - 1, one->min, one->min + 1,
			one->max - 1, one->max, one->max + 1 };

		for (size_t j = one->min ? 0 : 1; j < COUNT(tries); j++) {
			struct diags diags = { 0 };
			struct conf *conf;
			char text[100];

			snprintf(text, sizeof(text), "%s %s %llu%s",
			    settings.what, one->word,
			    (unsigned long long)tries[j], _i ? "ms" : "");
			conf = conf_of(text, &diags);
			ck_assert_int_eq(conf != NULL, j > 0 && j < 5);
			if (conf)
				ck_assert_uint_eq(
				    *setting_in(one,
					_i ? (void *)&conf->timeouts
					   : (void *)&conf->limits),
				    tries[j]);
			conf_free(conf);
			diags_clear(&diags);
		}
	}
}
END_TEST

Suite *
suite_defaults(void)
{
	Suite *suite = suite_create("defaults");
	TCase *tcase = tcase_create("numbers");

	tcase_add_loop_test(tcase, unit, 0, COUNT(units));
	tcase_add_loop_test(tcase, tables, 0, 2);
	tcase_add_loop_test(tcase, bounds, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
