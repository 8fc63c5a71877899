/*
 * manner: in what form a refusal reaches whoever asked.
 *
 * A navigation gets a page; a script gets a problem document (RFC 9457) that
 * it may read across origins; a picture, a font or a beacon gets an empty
 * answer, since a page in its place would only confuse.
 */
#ifndef PROXY_MANNER_H
#define PROXY_MANNER_H

#include "http/message.h"

enum manner {
	MANNER_PAGE,
	MANNER_PROBLEM,
	MANNER_EMPTY
};

/* By Fetch Metadata where there is some, else by Accept and Origin. */
enum manner manner_of(const struct head *request);

/* Does it surely open a page in a window? */
bool manner_is_navigation(const struct head *request);

/* Fields that let a script of the asking origin read the answer (Fetch
 * standard, CORS protocol), in the head's arena; "" where there is no
 * Origin. */
const char *manner_cors(const struct head *request);

#endif
