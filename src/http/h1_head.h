/*
 * h1_head: what a complete head says (RFC 9112 sections 3, 4 and 6;
 * room-internal).
 */
#ifndef HTTP_H1_HEAD_H
#define HTTP_H1_HEAD_H

#include "http/h1_fault.h"

/* text: the whole head, in the arena of head; line: the length of its first
 * line without CRLF. head comes from head_init(). */
struct h1_fault h1_request_parse(
    struct slice text, size_t line, struct head *head);
/* method: of the request that this answers. */
struct h1_fault h1_response_parse(
    struct slice text, size_t line, enum method_id method, struct head *head);

#endif
