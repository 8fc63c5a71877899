/*
 * main: runs the suites of cli.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

#include "../run.h"

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

static suite_fn *const suites[] = {
	suite_sockets,
	suite_records,
	suite_account_file,
	suite_notify,
	suite_filter_gate,
	suite_filter_lines,
	suite_filter_store,
	suite_identity,
	suite_control,
	suite_ask,
	suite_replace,
};

int
main(void)
{
	return suites_run(suites, sizeof(suites) / sizeof(suites[0]));
}
