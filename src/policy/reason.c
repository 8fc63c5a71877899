/*
 * reason: the table made from reasons.def.
 */
#include "policy/reason.h"

#include "base/must.h"

static const struct reason_info infos[] = {
#define REASON(id, word, status, level, title, words, advice)                  \
	[REASON_##id] = { word, status, REASON_LEVEL_##level, title, words,    \
		advice },
#include "policy/reasons.def"
#undef REASON
};

const struct reason_info *
reason_info(enum reason reason)
{
	must(reason < REASON_COUNT);
	return &infos[reason];
}
