/*
 * people: asks for accounts one after the other, and keeps what it heard.
 */
#include "guard/people.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

#define PEOPLE_MAX 1000000
#define GROUPS_MAX 65536 /* as many as the system lets an account have */
#define UID_MIN_DEFAULT 1000
#define LOGIN_DEFS "/etc/login.defs"

struct people {
	struct person **v; /* owned, as they are */
	size_t n, cap;
	struct map *by_uid; /* borrowed values */
	uint32_t uid_min;
};

/* --- who is a system account ------------------------------------------------- */

static uint32_t
read_uid_min(void)
{
	FILE *file = fopen(LOGIN_DEFS, "re");
	unsigned uid_min = UID_MIN_DEFAULT, found;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, " UID_MIN %u", &found) == 1)
			uid_min = found;
	if (file)
		fclose(file);
	return uid_min;
}

/* --- one person ------------------------------------------------------------------ */

static void
person_free(struct person *person)
{
	for (size_t i = 0; i < person->ngroups; i++)
		free((char *)(uintptr_t)person->groups[i].p);
	free(person->groups);
	free(person->name);
	free(person);
}

static void
add_group(struct person *person, gid_t gid)
{
	const struct group *group = getgrgid(gid);

	if (!group)
		return;
	person->groups = mem_grow(person->groups, person->ngroups, &person->cap,
	    sizeof(*person->groups));
	person->groups[person->ngroups++] = slice_of(mem_dup(group->gr_name));
}

static void
add_groups(struct person *person, gid_t gid)
{
	int n = 64;
	gid_t *gids = mem_resize(NULL, (size_t)n, sizeof(*gids));

	if (getgrouplist(person->name, gid, gids, &n) < 0 && n > 64 &&
	    n <= GROUPS_MAX) {
		gids = mem_resize(gids, (size_t)n, sizeof(*gids));
		if (getgrouplist(person->name, gid, gids, &n) < 0)
			n = 0;
	}
	for (int i = 0; i < n; i++)
		add_group(person, gids[i]);
	free(gids);
}

static struct slice
uid_key(const uint32_t *uid)
{
	return slice_from(uid, sizeof(*uid));
}

static struct person *
add(struct people *people, uint32_t uid, const char *name)
{
	struct person *person = mem_zalloc(sizeof(*person));
	char number[16];

	snprintf(number, sizeof(number), "%u", uid);
	person->uid = uid;
	person->name = mem_dup(name ? name : number);
	person->has_name = name != NULL;
	person->is_system = uid < people->uid_min;
	people->v = mem_grow(
	    people->v, people->n, &people->cap, sizeof(*people->v));
	people->v[people->n++] = person;
	map_set(people->by_uid, uid_key(&person->uid), person);
	return person;
}

/* --- all of them --------------------------------------------------------------------- */

/* The listing ends before groups are asked for: one shares memory with the
 * other in some name services. */
struct people *
people_new(void)
{
	struct people *people = mem_zalloc(sizeof(*people));
	const struct passwd *entry;
	gid_t *gids = NULL;
	size_t cap = 0;

	people->by_uid = map_new(0, NULL);
	people->uid_min = read_uid_min();
	setpwent();
	while (people->n < PEOPLE_MAX && (entry = getpwent()) != NULL) {
		uint32_t uid = entry->pw_uid;

		if (map_peek(people->by_uid, uid_key(&uid)))
			continue;
		gids = mem_grow(gids, people->n, &cap, sizeof(*gids));
		gids[people->n] = entry->pw_gid;
		add(people, uid, entry->pw_name);
	}
	endpwent();
	for (size_t i = 0; i < people->n; i++)
		add_groups(people->v[i], gids[i]);
	free(gids);
	return people;
}

void
people_free(struct people *people)
{
	if (!people)
		return;
	for (size_t i = 0; i < people->n; i++)
		person_free(people->v[i]);
	free(people->v);
	map_free(people->by_uid);
	free(people);
}

size_t
people_count(const struct people *people)
{
	return people->n;
}

const struct person *
people_at(const struct people *people, size_t i)
{
	return people->v[i];
}

static const struct person *
learn(struct people *people, const struct passwd *entry, uint32_t uid)
{
	struct person *person;
	gid_t gid;

	if (!entry)
		return add(people, uid, NULL);
	gid = entry->pw_gid;
	person = add(people, uid, entry->pw_name);
	add_groups(person, gid);
	return person;
}

const struct person *
people_find(struct people *people, uint32_t uid)
{
	struct person *person = map_peek(people->by_uid, uid_key(&uid));

	if (person)
		return person;
	if (people->n >= PEOPLE_MAX || uid == UINT32_MAX)
		return NULL;
	return learn(people, getpwuid(uid), uid);
}

const struct person *
people_named(struct people *people, const char *name)
{
	const struct passwd *entry = getpwnam(name);
	uint64_t uid;

	if (entry)
		return people_find(people, entry->pw_uid);
	if (slice_to_u64(slice_of(name), UINT32_MAX - 1, &uid) < 0)
		return NULL;
	return people_find(people, (uint32_t)uid);
}
