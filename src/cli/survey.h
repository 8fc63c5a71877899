/*
 * survey: asking all processes the same question and gathering the answers.
 *
 * The result is lines of "KIND ROLE INDEX JSON":
 *
 *	supervisor supervisor 0 {version, pid, uptime_s, configuration, …}
 *	process    proxy      3 {pid, state, uptime_s, restarts, …}
 *	counters   proxy      3 what the process says (STATUS_SUMMARY)
 *	connection proxy      3 what the process says (STATUS_CONNECTIONS)
 *	pinned     proxy      3 what the process says (STATUS_PINNED)
 *
 * A process that doesn't answer in time is left out of the last three.
 */
#ifndef CLI_SURVEY_H
#define CLI_SURVEY_H

#include "cli/children.h"
#include "cli/supervisor.h"
#include "ipc/msg.h"

#define SURVEY_MAX (64u << 20) /* bytes of all answers; the rest is left out */

struct survey;

/* lines borrow from the survey. */
typedef void survey_fn(struct slice lines, void *arg);

/* Asks. on_done is called once, from the loop; the caller owns the survey
 * and may free it from there. */
struct survey *survey_new(struct supervisor *supervisor, enum status_what what,
    survey_fn *on_done, void *arg);
void survey_free(struct survey *survey); /* without a call; NULL is fine */

/* A child's answer; one to another survey is ignored. */
void survey_part(struct survey *survey, const struct child *child,
    const struct msg_status_part *part);

#endif
