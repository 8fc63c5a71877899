/*
 * layer: decides which decoders a span is offered to.
 *
 * What the bytes are decides, never what a header calls them: a header's
 * charset only orders the guesses.
 */
#include "credential/layer.h"

#include "credential/text.h"

/* In this order; the first that understands a span wholly ends the walk. */
static const struct layer *const binary_layers[] = {
	&layer_coding,
	&layer_utf16,
	&layer_grpc,
	&layer_protobuf,
	&layer_msgpack,
	&layer_cbor,
	&layer_multipart,
	&layer_form,
	&layer_binary,
};

static const struct layer *const text_layers[] = {
	&layer_multipart,
	&layer_xml,
	&layer_json,
	&layer_protobuf,
	&layer_msgpack,
	&layer_cbor,
	&layer_gwt,
	&layer_form,
	&layer_base64,
	&layer_hex,
	&layer_percent,
	&layer_entity,
	&layer_backslash,
	&layer_codes,
	&layer_disguise,
	&layer_text,
};

/* Guesses tried on a whole text: fewer than on one value, as it is long. */
#define WHOLE_GUESSES 3

bool
layers_look(struct slice bytes)
{
	size_t i;

	for (i = 0; i < sizeof(binary_layers) / sizeof(binary_layers[0]); i++) {
		if (binary_layers[i]->looks != NULL &&
		    binary_layers[i]->looks(bytes))
			return true;
	}
	return false;
}

static bool
fits(const struct layer *layer, const struct span *span)
{
	return (layer->roles & 1u << span->role) &&
	    (layer->needs == 0 || (span->mask & layer->needs)) &&
	    !(span->mask & layer->never);
}

static void
walk(struct scan *scan, const struct span *span,
    const struct layer *const *layers, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!fits(layers[i], span))
			continue;
		if (!scan_work(scan, span->bytes.n))
			return;
		if (layers[i]->decode(scan, span) == LAYER_ALL)
			return;
	}
}

static void
push_converted(struct scan *scan, const struct span *span, enum charset charset)
{
	size_t room, n;
	char *out = scan_room(scan, span->bytes.n * 3, &room);
	struct slice text;
	uint32_t where;

	if (out == NULL || !scan_work(scan, span->bytes.n))
		return;
	n = charset_convert(
	    scan_charsets(scan), charset, span->bytes, out, room);
	if (n == 0)
		return;
	text = scan_keep(scan, n);
	where = scan_step(scan, span->where, WHERE_CODING,
	    slice_of(charset_label(charset)), 0);
	scan_push(scan, span, text, where, span->role, span->rank);
}

/* High bytes that aren't UTF-8 and no control characters: a text in some
 * other charset. */
static void
convert(struct scan *scan, const struct span *span)
{
	size_t i;

	if (span->charset != CHARSET_COUNT)
		push_converted(scan, span, span->charset);
	for (i = 0; i < WHOLE_GUESSES; i++)
		push_converted(
		    scan, span, (enum charset)(CHARSET_GUESS_FIRST + i));
}

void
layers_run(struct scan *scan, const struct span *span)
{
	unsigned mask = span->mask;
	bool foreign;

	if (!scan_work(scan, span->bytes.n + 32))
		return;
	scan_emit(scan, span, span->bytes, span->where, span->rank);
	foreign = (mask & HAS_HIGH) && !text_is_utf8(span->bytes);
	if (!foreign && !(mask & HAS_CONTROL)) {
		walk(scan, span, text_layers,
		    sizeof(text_layers) / sizeof(text_layers[0]));
		return;
	}
	if (span->role == SPAN_PART)
		return;
	if (foreign && !(mask & HAS_CONTROL))
		convert(scan, span);
	walk(scan, span, binary_layers,
	    sizeof(binary_layers) / sizeof(binary_layers[0]));
}
