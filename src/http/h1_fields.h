/*
 * h1_fields: the field lines of a head or a trailer section, taken apart by
 * llhttp (room-internal; the one place that sees it).
 */
#ifndef HTTP_H1_FIELDS_H
#define HTTP_H1_FIELDS_H

#include "http/h1_fault.h"

/* section: field lines and the empty line behind them, in the memory of
 * head's arena. Adds the fields to head; on a fault head is half filled. */
struct h1_fault h1_fields_parse(struct slice section, struct head *head);

#endif
