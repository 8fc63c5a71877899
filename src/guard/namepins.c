/*
 * namepins: a list of names, and a sorted list of addresses for each.
 */
#include "guard/namepins.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/reach.h"

static void
add(struct namepins *pinned, struct slice name)
{
	struct namepin fresh = { .name = name };

	if (pinned->n == NAMEPINS_MAX || map_peek(pinned->by_name, name))
		return;
	pinned->names = mem_grow(
	    pinned->names, pinned->n, &pinned->cap, sizeof(*pinned->names));
	pinned->names[pinned->n++] = fresh;
	map_set(pinned->by_name, name, (void *)(uintptr_t)pinned->n);
}

static void
add_rule(struct namepins *pinned, const struct rule *rule)
{
	for (size_t i = 0; i < rule->to.n; i++) {
		const struct dest *dest = &rule->to.v[i];

		if (dest->kind == DEST_NAME)
			add(pinned,
			    slice_from(dest->name.name, dest->name.len));
		if (dest->kind != DEST_LIST)
			continue;
		for (size_t j = 0; j < dest->list->names.n; j++)
			add(pinned, dest->list->names.v[j].name);
	}
}

static void
take_over(struct namepin *name, const struct namepins *former)
{
	const struct namepin *old = namepins_find(former, name->name);

	if (!old)
		return;
	name->answered = old->answered;
	name->n = old->n;
	name->v = mem_resize(NULL, old->n + 1, sizeof(*name->v));
	if (old->n > 0)
		memcpy(name->v, old->v, old->n * sizeof(*name->v));
}

struct namepins *
namepins_new(const struct conf *conf, const struct namepins *former)
{
	struct namepins *pinned = mem_zalloc(sizeof(*pinned));

	pinned->by_name = map_new(0, NULL);
	for (size_t i = 0; i < conf->rules.n; i++)
		if (conf->rules.v[i].action != ACTION_REPORT)
			add_rule(pinned, &conf->rules.v[i]);
	for (size_t i = 0; former && i < pinned->n; i++)
		take_over(&pinned->names[i], former);
	return pinned;
}

void
namepins_free(struct namepins *pinned)
{
	if (!pinned)
		return;
	for (size_t i = 0; i < pinned->n; i++)
		free(pinned->names[i].v);
	free(pinned->names);
	map_free(pinned->by_name);
	free(pinned);
}

const struct namepin *
namepins_find(const struct namepins *pinned, struct slice name)
{
	uintptr_t at = (uintptr_t)map_peek(pinned->by_name, name);

	return at ? &pinned->names[at - 1] : NULL;
}

static int
compare(const void *a, const void *b)
{
	const struct prefix *one = a, *other = b;

	return memcmp(one->ip, other->ip, sizeof(one->ip));
}

bool
namepins_set(struct namepin *name, const struct addr *addrs, size_t n)
{
	struct prefix v[NAMEPINS_ADDRESSES];
	bool was = name->answered;

	name->answered = n > 0;
	if (n == 0)
		return was;
	if (n > NAMEPINS_ADDRESSES)
		n = NAMEPINS_ADDRESSES;
	memset(v, 0, sizeof(v));
	for (size_t i = 0; i < n; i++) {
		struct addr real = addr_unfold(addrs[i]);

		memcpy(v[i].ip, real.ip, sizeof(v[i].ip));
		v[i].len = 128;
	}
	qsort(v, n, sizeof(*v), compare);
	if (name->n == n && memcmp(name->v, v, n * sizeof(*v)) == 0)
		return !was;
	free(name->v);
	name->v = mem_resize(NULL, n, sizeof(*v));
	name->n = n;
	memcpy(name->v, v, n * sizeof(*v));
	return true;
}
