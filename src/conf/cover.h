/*
 * cover: whether everything that one condition matches is matched by another.
 *
 * Says yes only where it is certain; look-ups of names and groups are not
 * followed, so a no means nothing.
 */
#ifndef CONF_COVER_H
#define CONF_COVER_H

#include "conf/model.h"

/* budget: comparisons left; where it is used up the answer is no. */
bool cover_rule(
    const struct rule *outer, const struct rule *inner, size_t *budget);
bool cover_who(
    const struct who *outer, const struct who *inner, size_t *budget);
bool cover_dest(const struct dest *outer, const struct dest *inner);
/* Whether some item of list covers inner. */
bool cover_dests(const dests *list, const struct dest *inner, size_t *budget);

/* "ci-*" and "ci-build": may stand for the same account or more. */
bool cover_pattern(struct slice outer, struct slice inner);

#endif
