/*
 * changes: a walk along two sorted lists of accounts.
 *
 * Runs in the directory process.  Hashes are compared here and go nowhere.
 */
#include "directory/changes.h"

#include <string.h>

struct batch {
	char text[CHANGES_BATCH_MAX];
	size_t n;
	bool gone;
};

struct walk {
	struct batch changed, gone;
	changes_fn *on_names;
	void *arg; /* borrowed */
};

static void
flush(struct walk *walk, struct batch *batch)
{
	if (batch->n > 0)
		walk->on_names(
		    slice_from(batch->text, batch->n), batch->gone, walk->arg);
	batch->n = 0;
}

static void
add(struct walk *walk, struct batch *batch, const struct account *account)
{
	if (batch->n + account->name.n + 1 > sizeof(batch->text))
		flush(walk, batch);
	memcpy(batch->text + batch->n, account->name.p, account->name.n);
	batch->n += account->name.n;
	batch->text[batch->n++] = '\n';
}

static const struct account *
at(const struct accounts *accounts, size_t i)
{
	return accounts && i < accounts_count(accounts)
	    ? accounts_at(accounts, i)
	    : NULL;
}

/* By folded name, which both are sorted by; what isn't there comes last. */
static int
order(const struct account *a, const struct account *b)
{
	char fold_a[ACCOUNT_NAME_MAX], fold_b[ACCOUNT_NAME_MAX];
	struct slice x, y;
	int rc;

	if (!a || !b)
		return a ? -1 : 1;
	x = account_name_fold(a->name, fold_a);
	y = account_name_fold(b->name, fold_b);
	rc = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);
	return rc ? rc : (x.n > y.n) - (x.n < y.n);
}

void
changes_each(const struct accounts *old, const struct accounts *fresh,
    changes_fn *on_names, void *arg)
{
	struct walk walk = { .on_names = on_names, .arg = arg };
	const struct account *a, *b;
	size_t i = 0, j = 0;

	walk.gone.gone = true;
	while (at(old, i) || at(fresh, j)) {
		int rc = order(a = at(old, i), b = at(fresh, j));

		if (rc < 0)
			add(&walk, &walk.gone, a);
		else if (rc > 0)
			add(&walk, &walk.changed, b);
		else if (strcmp(a->hash, b->hash) != 0 ||
		    !slice_eq(a->name, b->name))
			add(&walk, &walk.changed, b);
		i += rc <= 0;
		j += rc >= 0;
	}
	flush(&walk, &walk.gone);
	flush(&walk, &walk.changed);
}
