/*
 * whois: from the two ends of a connection to a name.
 */
#include "cli/whois.h"

#include <stdlib.h>

#include "base/mem.h"
#include "guard/ends.h"
#include "guard/people.h"

struct whois {
	struct people *people; /* owned; NULL until somebody asks */
};

struct whois *
whois_new(void)
{
	return mem_zalloc(sizeof(struct whois));
}

void
whois_free(struct whois *whois)
{
	if (!whois)
		return;
	people_free(whois->people);
	free(whois);
}

struct slice
whois_name(
    struct whois *whois, const struct addr *client, const struct addr *local)
{
	const struct person *person;
	uint32_t uid;

	if (ends_user(client, local, &uid) < 0)
		return SLICE_EMPTY;
	if (!whois->people)
		whois->people = people_new();
	person = people_find(whois->people, uid);
	if (!person || person->is_system || !person->has_name)
		return SLICE_EMPTY;
	return slice_of(person->name);
}
