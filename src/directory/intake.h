/*
 * intake: an account file that has come, until its configuration does.
 */
#ifndef DIRECTORY_INTAKE_H
#define DIRECTORY_INTAKE_H

#include <stdbool.h>

#include "directory/accounts.h"

struct intake {
	struct accounts *accounts; /* owned; NULL: none, or it is bad */
	bool came;
	char why[ACCOUNTS_WHY_SIZE + 64]; /* of a bad one; else empty */
};

/* Takes fd over; what came before is dropped. */
void intake_read(struct intake *intake, int fd);
/* NULL: there are accounts to take; or why not. */
const char *intake_check(const struct intake *intake);
/* The caller's from now on; NULL where there are none. */
struct accounts *intake_take(struct intake *intake);
/* But for the words of the last check, which stay valid until the next file. */
void intake_clear(struct intake *intake);

#endif
