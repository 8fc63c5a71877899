/*
 * main: runs the suites of cli.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

static char directory[] = "/tmp/sallyport-cli-XXXXXX";

const char *
scratch(void)
{
	if (strstr(directory, "XXXXXX"))
		ck_assert_ptr_nonnull(mkdtemp(directory));
	return directory;
}

const char *
scratch_path(const char *name)
{
	static char paths[4][256];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%.100s/%.100s", scratch(), name);
	return path;
}

void
scratch_write(const char *name, const char *text)
{
	FILE *file = fopen(scratch_path(name), "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

void
scratch_clear(void)
{
	DIR *dir = opendir(scratch());
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			unlink(scratch_path(entry->d_name));
	if (dir)
		closedir(dir);
	rmdir(directory);
}

int
main(void)
{
	SRunner *runner = srunner_create(suite_sockets());
	int failed;

	srunner_add_suite(runner, suite_records());
	srunner_add_suite(runner, suite_account_file());
	srunner_add_suite(runner, suite_notify());
	srunner_add_suite(runner, suite_filter_gate());
	srunner_add_suite(runner, suite_filter_lines());
	srunner_add_suite(runner, suite_filter_store());
	srunner_add_suite(runner, suite_identity());
	srunner_add_suite(runner, suite_control());
	srunner_add_suite(runner, suite_ask());
	srunner_add_suite(runner, suite_replace());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
