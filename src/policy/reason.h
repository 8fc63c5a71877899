/*
 * reason: every way an exchange or a connection can end, as data.
 *
 * One line in reasons.def serves the record, the log and the English page;
 * t/words.sh and t/pages.py see that the man page and the translations follow.
 */
#ifndef POLICY_REASON_H
#define POLICY_REASON_H

#include "base/slice.h"

enum reason {
#define REASON(id, word, status, level, title, words, advice) REASON_##id,
#include "policy/reasons.def"
#undef REASON
	REASON_COUNT
};

enum reason_level {
	REASON_LEVEL_NONE,
	REASON_LEVEL_INFO,
	REASON_LEVEL_WARN,
	REASON_LEVEL_ERROR
};

struct reason_info {
	const char *word;
	unsigned status; /* 0: no answer is made */
	enum reason_level level;
	const char *title, *words, *advice; /* for the person; HTML-safe text */
};

const struct reason_info *reason_info(enum reason reason);

#endif
