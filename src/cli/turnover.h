/*
 * turnover: bringing a new configuration into force in all processes.
 *
 * A file with errors, a socket or secret file that can't be opened: refused,
 * and nothing has happened.  Otherwise every running process gets the new
 * one and says `ready` or `refused`; if one refuses, all get the old one
 * back.  A process that says neither in ten seconds is ended, and started
 * again with the new one.
 */
#ifndef CLI_TURNOVER_H
#define CLI_TURNOVER_H

#include <stdbool.h>
#include <stdint.h>

struct supervisor;
struct turnover;

/* How it came out. words: what there is to say, several lines perhaps, the
 * findings of the parser among them; borrowed. */
typedef void turnover_fn(bool ok, const char *words, void *arg);

struct turnover *turnover_new(struct supervisor *supervisor);
void turnover_free(struct turnover *turnover); /* NULL is fine */

/* on_done is called once, now or later (NULL: only the log is told). While
 * one is under way another is refused. */
void turnover_start(struct turnover *turnover, turnover_fn *on_done, void *arg);
/* Whoever asked is gone. */
void turnover_forget(struct turnover *turnover, const void *arg);

/* A child said that it has a configuration, or ended. */
void turnover_check(struct turnover *turnover);
/* why: printable. */
void turnover_refused(struct turnover *turnover, const char *name,
    uint32_t generation, const char *why);

#endif
