/*
 * checker: password hashes computed on threads of their own.
 *
 * A bounded queue in front, results through an eventfd behind: the event
 * loop never waits for a hash.  The threads start with the first question,
 * so that they are born inside the sandbox; they touch nothing but their
 * question.
 */
#ifndef DIRECTORY_CHECKER_H
#define DIRECTORY_CHECKER_H

#include <stdbool.h>
#include <stdint.h>

#include <event2/event.h>

#include "base/slice.h"

#define CHECKER_QUEUE_MAX 1024
#define CHECKER_THREADS_MAX 64

struct checker;

/* In the event loop's thread; never from inside checker_ask. */
typedef void checker_fn(uint64_t id, bool matches, void *arg);

/* threads: at least 1. Fatal where the system refuses. */
struct checker *checker_new(struct event_base *base, unsigned threads,
    size_t queue_max, checker_fn *on_checked, void *arg);
/* Waits for the hashes being computed (a second or two at the very worst);
 * nobody is called any more. NULL is fine. */
void checker_free(struct checker *checker);

/* Both are copied, the password into locked memory that is wiped after. 0,
 * or -1: the queue is full. */
int checker_ask(struct checker *checker, uint64_t id, const char *hash,
    struct slice password);
size_t checker_waiting(struct checker *checker); /* not yet begun */

#endif
