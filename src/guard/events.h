/*
 * events: what the kernel tells about packets that it denied.
 */
#ifndef GUARD_EVENTS_H
#define GUARD_EVENTS_H

#include "guard/kernel.h"

struct events;

typedef void events_fn(const struct guard_event *event, void *arg);

/* ring: the descriptor of GUARD_MAP_EVENTS, borrowed. NULL and errno. */
struct events *events_new(int ring, events_fn *on_event, void *arg);
void events_free(struct events *events);    /* NULL is fine */
int events_fd(const struct events *events); /* readable: there are some */
/* Hands over what is there, without waiting. */
void events_drain(struct events *events);

const char *events_why_word(enum guard_why why);
const char *events_hook_word(enum guard_hook hook);
/* "tcp", "icmp6", or the number, into buf, which is returned. */
#define EVENTS_PROTOCOL_SIZE 16
const char *events_protocol(char buf[EVENTS_PROTOCOL_SIZE], unsigned protocol);

#endif
