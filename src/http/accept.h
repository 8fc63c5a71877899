/*
 * accept: which of the languages we have a person would rather read
 * (RFC 9110 section 12.5.4, RFC 4647 section 3.4).
 */
#ifndef HTTP_ACCEPT_H
#define HTTP_ACCEPT_H

#include "base/slice.h"

/* Language ranges that are looked at; what comes behind them is not. */
#define ACCEPT_RANGES_MAX 32

/* The index among tags[0..n) of the one that suits the value of an
 * Accept-Language field best; 0 where none does, or the value says nothing:
 * an answer in some language is better than none.
 *
 * The heavier range wins, among equals the one that comes first. A range
 * longer than a tag is cut back to it ("de-AT" takes "de"), and "*" stands
 * for the tags that no other range names. A range that is malformed is
 * passed over. */
size_t accept_language(struct slice value, const char *const tags[], size_t n);

#endif
