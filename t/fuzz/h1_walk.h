/*
 * h1_walk: a stream of HTTP/1 messages read to its end or its first error,
 * for the targets that fuzz the reader.
 */
#ifndef FUZZ_H1_WALK_H
#define FUZZ_H1_WALK_H

#include <event2/buffer.h>

#include "http/h1_read.h"

/* Reads the input whole and in pieces: must() give the same. Every head that
 * is accepted goes to on_head, once, before its body is read. Where the first
 * message is complete, it must() be as long, and its body the same, as llhttp
 * has it, provided that llhttp takes it too. */
void h1_walk(bool is_request, struct slice input,
    void (*on_head)(const struct head *head));

/* Writes the head, reads that again: must() be the same head. */
void h1_walk_again(const struct head *head, enum method_id method);

#endif
