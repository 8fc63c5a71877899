/*
 * intake: reads an account file from its descriptor.
 *
 * Runs in the directory process, which opens no file itself.  What is read
 * here is not in force yet.
 */
#include "directory/intake.h"

#include <stdio.h>
#include <unistd.h>

#include "base/secret.h"

static struct accounts *
parse(struct secret *text, int fd, char why[ACCOUNTS_WHY_SIZE])
{
	if (fd < 0)
		snprintf(why, ACCOUNTS_WHY_SIZE, "it did not come along");
	else if (secret_read(text, fd, ACCOUNTS_FILE_MAX) < 0)
		snprintf(why, ACCOUNTS_WHY_SIZE, "it can't be read: %m");
	else
		return accounts_parse(secret_slice(text), why);
	return NULL;
}

void
intake_read(struct intake *intake, int fd)
{
	struct secret text = { NULL, 0, 0 };
	char why[ACCOUNTS_WHY_SIZE] = "";

	intake_clear(intake);
	intake->accounts = parse(&text, fd, why);
	intake->came = true;
	intake->why[0] = '\0';
	if (!intake->accounts)
		snprintf(
		    intake->why, sizeof(intake->why), "account file: %s", why);
	secret_clear(&text);
	if (fd >= 0)
		close(fd);
}

const char *
intake_check(const struct intake *intake)
{
	if (!intake->came)
		return "the account file did not come";
	return intake->accounts ? NULL : intake->why;
}

struct accounts *
intake_take(struct intake *intake)
{
	struct accounts *accounts = intake->accounts;

	intake->accounts = NULL;
	intake_clear(intake);
	return accounts;
}

void
intake_clear(struct intake *intake)
{
	accounts_free(intake->accounts);
	intake->accounts = NULL;
	intake->came = false;
}
