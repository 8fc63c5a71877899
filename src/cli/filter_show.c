/*
 * filter_show: parameters, fill, age and the rate that follows from them.
 */
#include "cli/filter_show.h"

#include <inttypes.h>
#include <time.h>

static void
show_time(const char *what, uint64_t when, uint64_t now, FILE *out)
{
	time_t seconds = (time_t)when;
	char text[64] = "never";
	struct tm tm;

	if (when > 0 && localtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &tm);
	fprintf(out, "%-12s %s", what, text);
	if (when > 0 && now >= when)
		fprintf(out, " (%" PRIu64 " days ago)",
		    (now - when) / (24 * 60 * 60));
	fputc('\n', out);
}

static const char *
kinds_words(unsigned kinds)
{
	if (kinds == FILTER_PASSWORDS)
		return "passwords";
	return kinds == FILTER_NT_HASHES ? "NT hashes"
					 : "passwords and NT hashes";
}

static void
show_lanes(const struct filter_info *info, uint64_t now, FILE *out)
{
	for (unsigned i = 0; i < info->params.lanes; i++) {
		/* the newest first */
		unsigned at = (info->newest + info->params.lanes - i) %
		    info->params.lanes;
		const struct filter_lane_info *lane = &info->lane[at];

		fprintf(out,
		    "generation %u %" PRIu64 " entries, %.1f%% full, "
		    "%.1f%% of its bits set\n",
		    i + 1, lane->entries,
		    100.0 * (double)lane->entries /
			(double)info->params.capacity,
		    100.0 * lane->fill);
		show_time("  since", lane->started, now, out);
	}
}

void
filter_show(const struct filter_info *info, uint64_t now, FILE *out)
{
	const struct token_rule *rule = &info->params.rule;

	fprintf(out, "%-12s %u\n", "version", info->version);
	fprintf(out, "%-12s %zu bytes, %" PRIu64 " lines of 64\n", "size",
	    info->size, info->blocks);
	fprintf(out, "%-12s %s\n", "kind", kinds_words(info->params.kinds));
	fprintf(out,
	    "%-12s the first %u/%u and the last %u/%u, from %u characters on\n",
	    "portions", rule->first, rule->of, rule->last, rule->of,
	    rule->min_chars);
	fprintf(out,
	    "%-12s %" PRIu64 " entries in each of %u generations, %u probes\n",
	    "capacity", info->params.capacity, info->params.lanes,
	    info->probes);
	show_time("made", info->created, now, out);
	show_time("changed", info->changed, now, out);
	show_lanes(info, now, out);
	fprintf(out, "%-12s %.3g wanted when full, %.3g now\n", "wrong maybe",
	    info->params.rate, info->true_rate);
	if (info->over)
		fputs("a generation holds more than it was made for: build a "
		      "larger filter\n",
		    out);
}
