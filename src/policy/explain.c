/*
 * explain: the walk of policy.c in words, for `sallyport explain`.
 */
#include "base/log.h"
#include "policy/compiled.h"

/* What the subject has to show for a condition that it fails or leaves
 * open. */
static void
print_account(const struct walk *walk, FILE *out)
{
	char quoted[LOG_QUOTE_SIZE];

	if (walk->subject->account.n == 0)
		fputs("nobody is logged in", out);
	else
		fprintf(out, "the account is \"%s\"",
		    log_quote(quoted, walk->subject->account));
}

static void
print_client(const struct walk *walk, FILE *out)
{
	char text[ADDR_TEXT_SIZE];

	fprintf(out, "the client is %s", addr_text(text, &walk->client));
}

static void
print_destination(const struct walk *walk, FILE *out)
{
	char text[ADDR_TEXT_SIZE];

	if (walk->place.host)
		fprintf(out, "the destination is %s", walk->place.host->name);
	else
		fputs("the destination isn't known", out);
	if (!walk->place.addr)
		fputs(", its address isn't known", out);
	else
		fprintf(out, " at %s", addr_text(text, walk->place.addr));
	if (walk->place.internal == TRI_YES)
		fputs(", which is internal", out);
}

static void
print_port(const struct walk *walk, FILE *out)
{
	fprintf(out, "the port is %u", walk->subject->port);
}

static void
print_peer_text(const char *what, struct slice text, FILE *out)
{
	char quoted[LOG_QUOTE_SIZE];

	if (text.n == 0)
		fprintf(out, "the %s isn't known", what);
	else
		fprintf(out, "the %s is %s", what, log_quote(quoted, text));
}

static void
print_method(const struct walk *walk, FILE *out)
{
	print_peer_text("method", walk->subject->method, out);
}

static void
print_path(const struct walk *walk, FILE *out)
{
	print_peer_text("path", walk->subject->path, out);
}

static void
print_time(const struct walk *walk, FILE *out)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri",
		"sat", "sun" };

	fprintf(out, "it is %s %02d:%02d", days[walk->day], walk->minute / 60,
	    walk->minute % 60);
}

/* By the words of match.c's conditions. */
static void
print_state(const struct walk *walk, const char *word, FILE *out)
{
	static const struct {
		const char *word;
		void (*print)(const struct walk *walk, FILE *out);
	} states[] = { { "port", print_port }, { "who", print_account },
		{ "from", print_client }, { "to", print_destination },
		{ "method", print_method }, { "path", print_path },
		{ "at", print_time } };

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (slice_eq_str(slice_of(word), states[i].word))
			states[i].print(walk, out);
}

/* The first condition that keeps the rule from matching for certain. */
static void
print_why(struct walk *walk, const struct compiled_rule *rule, enum tri matches,
    FILE *out)
{
	for (size_t i = 0; i < rule_conditions_count; i++) {
		if (rule_conditions[i].match(walk, rule) != matches)
			continue;
		print_state(walk, rule_conditions[i].word, out);
		return;
	}
}

static void
explain_rule(struct walk *walk, const struct compiled_rule *compiled,
    const struct decision *decision, FILE *out)
{
	static const char *const answers[] = {
		[TRI_NO] = "no: ", [TRI_MAYBE] = "maybe: ", [TRI_YES] = "yes"
	};
	const struct rule *rule = compiled->rule;
	enum tri matches = rule_matches(walk, compiled);

	fprintf(out, "%s:%u: %.*s\n\t%s", rule->at.file, rule->at.line,
	    SLICE_ARG(rule->text), answers[matches]);
	if (matches != TRI_YES)
		print_why(walk, compiled, matches, out);
	else if (rule->action == ACTION_REPORT)
		fputs(", it would deny: reported, and the walk goes on", out);
	else if (rule == decision->rule)
		fputs(", this decides", out);
	if (matches == TRI_MAYBE && walk->subject->final)
		fputs(", which counts as no", out);
	fputc('\n', out);
}

static void
explain_end(const struct walk *walk, const struct decision *decision, FILE *out)
{
	static const char *const verdicts[] = { [VERDICT_ALLOW] = "allowed",
		[VERDICT_DENY] = "denied",
		[VERDICT_UNDECIDED] = "undecided" };
	struct slice label = decision_label(decision);

	fprintf(out, "%s", verdicts[decision->verdict]);
	if (decision->verdict == VERDICT_UNDECIDED)
		fputs(": it depends on what isn't known yet\n", out);
	else if (decision->rule)
		fprintf(out, " by \"%.*s\"\n", SLICE_ARG(label));
	else
		fprintf(out, ": no rule matches, and the destination is %s\n",
		    walk->place.internal == TRI_YES ? "internal"
						    : "not internal");
	if (decision->report)
		fprintf(out, "reported by \"%.*s\", which would deny\n",
		    SLICE_ARG(decision->report->label));
}

void
policy_explain(
    const struct policy *policy, const struct subject *subject, FILE *out)
{
	struct decision decision = policy_decide(policy, subject);
	struct walk walk;

	walk_start(&walk, policy, subject);
	for (size_t i = 0; i < policy->conf->rules.n; i++) {
		explain_rule(&walk, &policy->rules[i], &decision, out);
		if (policy->rules[i].rule == decision.rule)
			break;
	}
	explain_end(&walk, &decision, out);
}
