/*
 * tri: yes, no, and what can't be known yet.
 */
#ifndef POLICY_TRI_H
#define POLICY_TRI_H

enum tri {
	TRI_NO,
	TRI_MAYBE,
	TRI_YES
}; /* in this order: and is the least */

static inline enum tri
tri_and(enum tri a, enum tri b)
{
	return a < b ? a : b;
}

static inline enum tri
tri_or(enum tri a, enum tri b)
{
	return a > b ? a : b;
}

static inline enum tri
tri_not(enum tri a)
{
	return (enum tri)(TRI_YES - a);
}

#endif
