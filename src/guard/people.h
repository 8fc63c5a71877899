/*
 * people: the accounts of this machine and their groups, from the name
 * service.
 *
 * What it asks may wait: not for a process that serves traffic.
 */
#ifndef GUARD_PEOPLE_H
#define GUARD_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct person {
	uint32_t uid;
	char *name; /* owned; the number of an account without a name */
	struct slice *groups; /* owned, names and all */
	size_t ngroups, cap;
	bool has_name;
	bool is_system; /* root, or below UID_MIN of login.defs */
};

struct people;

/* All that can be listed; a directory may know more, which people_find
 * learns when they turn up. The caller owns them. */
struct people *people_new(void);
void people_free(struct people *people); /* NULL is fine */

size_t people_count(const struct people *people);
const struct person *people_at(const struct people *people, size_t i);

/* Borrowed until people_free. NULL where there are too many already. */
const struct person *people_find(struct people *people, uint32_t uid);
/* A name, or a number; NULL: there is none. */
const struct person *people_named(struct people *people, const char *name);

#endif
