/*
 * manner: looks at a few request fields. A wrong guess costs comfort, not
 * safety: the answer says the same in every form.
 */
#include "proxy/manner.h"

static bool
mentions(const struct head *request, enum field_id id, const char *text)
{
	struct slice value = head_value(request, id);

	return slice_search(value, slice_of(text)) < value.n;
}

static enum manner
by_metadata(const struct head *request)
{
	struct slice mode = head_value(request, FIELD_SEC_FETCH_MODE);
	struct slice dest = head_value(request, FIELD_SEC_FETCH_DEST);

	if (slice_eq_str(mode, "navigate"))
		return MANNER_PAGE;
	if (slice_eq_str(dest, "empty") && !slice_eq_str(mode, "no-cors"))
		return MANNER_PROBLEM;
	return MANNER_EMPTY;
}

enum manner
manner_of(const struct head *request)
{
	if (request->method == METHOD_OTHER && request->nfields == 0)
		return MANNER_PAGE;
	if (head_get(request, FIELD_SEC_FETCH_MODE) != NULL)
		return by_metadata(request);
	if (mentions(request, FIELD_ACCEPT, "text/html"))
		return MANNER_PAGE;
	/* a form says that it takes HTML; what names its origin else is a
	 * script */
	if (mentions(request, FIELD_ACCEPT, "json") ||
	    head_get(request, FIELD_ORIGIN) != NULL)
		return MANNER_PROBLEM;
	return MANNER_PAGE;
}

bool
manner_is_navigation(const struct head *request)
{
	struct slice mode = head_value(request, FIELD_SEC_FETCH_MODE);

	if (mode.n > 0)
		return slice_eq_str(mode, "navigate");
	return mentions(request, FIELD_ACCEPT, "text/html");
}

const char *
manner_cors(const struct head *request)
{
	struct slice origin = head_value(request, FIELD_ORIGIN);

	if (origin.n == 0)
		return "";
	return arena_printf(request->arena,
	    "Access-Control-Allow-Origin: %.*s\r\n"
	    "Access-Control-Allow-Credentials: true\r\n"
	    "Vary: Origin\r\n",
	    SLICE_ARG(origin))
	    .p;
}
