/*
 * nearest: edit distance with transpositions, over short words only.
 */
#include "conf/nearest.h"

#define WORD_MAX 40

struct nearest
nearest_to(struct slice word)
{
	/* a third of the letters may be wrong, and one always */
	unsigned allowed = 1 + (unsigned)(word.n < WORD_MAX ? word.n : 0) / 3;

	return (struct nearest){ .word = word, .distance = allowed + 1 };
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Row i of the table: how far a's first i letters are from b's first j. */
static void
next_row(
    struct slice a, struct slice b, size_t i, unsigned rows[3][WORD_MAX + 1])
{
	unsigned *row = rows[i % 3];
	const unsigned *above = rows[(i + 2) % 3];
	const unsigned *twice = rows[(i + 1) % 3];

	row[0] = (unsigned)i;
	for (size_t j = 1; j <= b.n; j++) {
		char x = lower(a.p[i - 1]), y = lower(b.p[j - 1]);

		row[j] = least(above[j] + 1, row[j - 1] + 1);
		row[j] = least(row[j], above[j - 1] + (x != y));
		if (i > 1 && j > 1 && x == lower(b.p[j - 2]) &&
		    y == lower(a.p[i - 2]))
			row[j] = least(row[j], twice[j - 2] + 1);
	}
}

static unsigned
distance(struct slice a, struct slice b)
{
	unsigned rows[3][WORD_MAX + 1];

	for (size_t j = 0; j <= b.n; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++)
		next_row(a, b, i, rows);
	return rows[a.n % 3][b.n];
}

void
nearest_offer(struct nearest *nearest, struct slice candidate)
{
	unsigned far;

	if (nearest->word.n == 0 || nearest->word.n > WORD_MAX ||
	    candidate.n == 0 || candidate.n > WORD_MAX)
		return;
	far = distance(nearest->word, candidate);
	/* nothing of the word would be left: it wasn't meant */
	if (far >= candidate.n || far >= nearest->word.n)
		return;
	if (far < nearest->distance) {
		nearest->distance = far;
		nearest->best = candidate;
	}
}
