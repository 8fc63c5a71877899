/*
 * replay: a fuzz target as an ordinary program.
 *
 * Gives the target no input, an empty one, and every file of the folders
 * (or each file) on the command line.  Each input lies in a block of exactly
 * its size, so that the sanitizers see a read behind its end.
 */
#include "fuzz.h"

#include <sys/stat.h>

#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX (1024 * 1024)

static unsigned long inputs;

static void
run(const uint8_t *p, size_t n)
{
	inputs++;
	if (LLVMFuzzerTestOneInput(p, n) != 0)
		errx(1, "the target did not return 0");
}

static void
run_file(const char *path)
{
	static uint8_t buf[INPUT_MAX];
	FILE *file = fopen(path, "rb");
	uint8_t *exact;
	size_t n;

	if (!file)
		err(1, "%s", path);
	n = fread(buf, 1, sizeof(buf), file);
	if (ferror(file) || !feof(file))
		errx(1, "%s: unreadable or above %d bytes", path, INPUT_MAX);
	fclose(file);
	exact = malloc(n ? n : 1);
	if (!exact)
		err(1, NULL);
	memcpy(exact, buf, n);
	run(exact, n);
	free(exact);
}

static void
run_folder(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);

	if (n < 0)
		err(1, "%s", path);
	for (int i = 0; i < n; i++) {
		char name[4096];

		snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			run_file(name);
		free(entries[i]);
	}
	free(entries);
}

int
main(int argc, char **argv)
{
	run(NULL, 0);
	run((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) < 0)
			err(1, "%s", argv[i]);
		if (S_ISDIR(st.st_mode))
			run_folder(argv[i]);
		else
			run_file(argv[i]);
	}
	printf("%s: %lu inputs\n", argv[0], inputs);
	return 0;
}
