/*
 * question: names, subject and validity out of a message.
 *
 * Runs in the signer.  It refuses as a whole: a worker that sends one bad
 * name is not a worker whose other names should be signed.
 */
#include "signer/question.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

struct names {
	struct host *v; /* owned; MINT_NAMES_MAX */
	size_t n;
};

static const char *
read_names(
    struct slice lines, const struct authority *authority, struct names *out)
{
	struct slice rest = lines, line;
	const char *why = NULL;

	while (!why && lines.n && slice_split(&rest, '\n', &line)) {
		struct host *name = &out->v[out->n];

		if (out->n == MINT_NAMES_MAX)
			return "more than 100 names";
		why = cert_name_parse(line, name);
		out->n += !why && authority_permits(authority, name);
	}
	return why;
}

static bool
is_covered(const struct names *names, const struct host *host)
{
	for (size_t i = 1; i < names->n; i++)
		if (cert_name_covers(&names->v[i], host))
			return true;
	return false;
}

static const char *
judge_rest(const struct msg_leaf_ask *ask)
{
	if (ask->cn.n && !utf8_is_plain(ask->cn, MINT_CHARS_MAX))
		return "a common name that is no plain text";
	if (ask->org.n && !utf8_is_plain(ask->org, MINT_CHARS_MAX))
		return "an organisation that is no plain text";
	if (ask->not_before > INT64_MAX || ask->not_after > INT64_MAX)
		return "a time that is none";
	return NULL;
}

/* The host stands first, and leaves where another name covers it: the leaf
 * is then the same for every host of that origin. */
const char *
question_read(const struct msg_leaf_ask *ask, const struct authority *authority,
    struct mint_request *out)
{
	struct names names = { mem_alloc(MINT_NAMES_MAX * sizeof(struct host)),
		1 };
	const char *why = host_parse(ask->host, &names.v[0]);

	if (!why && !authority_permits(authority, &names.v[0]))
		why = "the CA's name constraints don't allow it";
	if (!why)
		why = read_names(ask->names, authority, &names);
	if (!why)
		why = judge_rest(ask);
	if (why) {
		free(names.v);
		return why;
	}
	if (is_covered(&names, &names.v[0]))
		memmove(
		    &names.v[0], &names.v[1], --names.n * sizeof(struct host));
	*out = (struct mint_request){
		.names = names.v,
		.nnames = names.n,
		.cn = ask->cn,
		.org = ask->org,
		.not_before = (int64_t)ask->not_before,
		.not_after = (int64_t)ask->not_after,
	};
	return NULL;
}
