/*
 * lang: the languages that pages are offered in, and what they say of
 * reasons.
 *
 * The texts of a language are in the file words.TAG (proxy/phrases.h): those
 * that templates name, under keys of the template's choice that begin with
 * its name, and title, words and advice of each reason that a person is told
 * of, under "REASON.title" and so on. What English says of reasons stands in
 * reasons.def; words.en may replace it. A language without a file is not
 * offered.
 */
#ifndef PROXY_LANG_H
#define PROXY_LANG_H

#include "conf/bundle.h"
#include "policy/reason.h"

struct langs;
struct lang; /* one of them, borrowed from the langs */

/* Reads the texts in `dir`. NULL where something is malformed or missing:
 * then *why names file and line or key, for the caller to free. The bundle
 * must outlive the langs. */
struct langs *langs_load(struct bundle *bundle, const char *dir, char **why);
void langs_free(struct langs *langs);

/* The one for this Accept-Language; English where nothing else suits. */
const struct lang *langs_pick(const struct langs *langs, struct slice accept);
/* Every one that is offered, English first; NULL past the end. */
const struct lang *langs_at(const struct langs *langs, size_t i);

const char *lang_tag(const struct lang *lang); /* "de" */
/* Plain text, not escaped; empty where there is none. */
struct slice lang_text(const struct lang *lang, struct slice key);

/* What is said of a reason; empty where no answer is made for it. */
struct lang_reason {
	struct slice title, words, advice;
};

const struct lang_reason *lang_reason(
    const struct lang *lang, enum reason reason);

/* A detail (English words of net/words.h and others) in the language; empty
 * where it has none, which is no fault: English is better than nothing. Its
 * key is "detail." and the words, with '-' for all between letters and
 * digits, cut to PHRASE_KEY_MAX. */
struct slice lang_detail(const struct lang *lang, const char *english);

/* The fields that an answer in a language carries, given its tag. */
#define LANG_FIELDS "Content-Language: %s\r\nVary: Accept-Language\r\n"

#endif
