/*
 * numbers: giving out account numbers, each once.
 *
 * Runs in the directory process.  It never forgets a name: a number that
 * moved to another account would put that account's mark on packets of a
 * connection still open.
 */
#include "directory/numbers.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

struct numbers {
	struct map *by_name; /* owned; of uint32_t */
	struct map *taken;   /* owned; from the four bytes to by_name's value */
	size_t n;
};

struct numbers *
numbers_new(void)
{
	struct numbers *numbers = mem_zalloc(sizeof(*numbers));

	numbers->by_name = map_new(0, free);
	numbers->taken = map_new(0, NULL);
	return numbers;
}

void
numbers_free(struct numbers *numbers)
{
	if (!numbers)
		return;
	map_free(numbers->taken);
	map_free(numbers->by_name);
	free(numbers);
}

static struct slice
key_of(const uint32_t *number)
{
	return slice_from(number, sizeof(*number));
}

uint32_t
numbers_of(struct numbers *numbers, struct slice folded)
{
	uint32_t *known = map_peek(numbers->by_name, folded);
	uint32_t number;

	if (known)
		return *known;
	if (numbers->n == NUMBERS_MAX)
		return 0;
	number = (uint32_t)slice_hash(folded, 0);
	while (number == 0 || map_peek(numbers->taken, key_of(&number)))
		number++;
	known = mem_alloc(sizeof(*known));
	*known = number;
	map_set(numbers->by_name, folded, known);
	map_set(numbers->taken, key_of(known), known);
	numbers->n++;
	return number;
}
