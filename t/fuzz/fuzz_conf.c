/*
 * fuzz_conf: the text of a configuration.
 *
 * Beyond not crashing: what is accepted has a canonical text, which is
 * accepted and has itself as canonical text; and a policy can be made of it.
 * Parts after a line "%%" are the files a.txt and b.conf.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "conf/conf.h"
#include "policy/policy.h"

static char *
printed(const struct conf *conf)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	must(out != NULL);
	conf_print(conf, out);
	must(fclose(out) == 0);
	return text;
}

static struct slice
take_part(struct slice *rest)
{
	size_t n = slice_search(*rest, SLICE("\n%%\n"));
	struct slice part = slice_sub(*rest, 0, n);

	*rest = slice_from_idx(*rest, n + 4);
	return part;
}

static void
say_findings(const struct diags *diags)
{
	FILE *out = fopen("/dev/null", "w");

	if (!out)
		return;
	diags_print(diags, out);
	fclose(out);
}

static struct conf *
load(struct bundle *bundle)
{
	struct diags diags = { 0 };
	struct conf *conf = conf_load(bundle, "t.conf", &diags);

	must((conf == NULL) == (diags.errors > 0));
	say_findings(&diags);
	diags_clear(&diags);
	return conf;
}

static void
ask(const struct conf *conf)
{
	struct policy *policy = policy_new(conf);
	struct host host;
	struct subject subject = {
		.account = SLICE("alice"), .host = &host, .port = 443
	};
	struct decision open, final;

	must(host_parse(SLICE("www.example"), &host) == NULL);
	open = policy_decide(policy, &subject);
	subject.final = true;
	final = policy_decide(policy, &subject);
	must(final.verdict != VERDICT_UNDECIDED);
	must(
	    open.verdict == VERDICT_UNDECIDED || open.verdict == final.verdict);
	policy_free(policy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bundle *bundle = bundle_new_memory();
	struct slice rest = slice_from(p, n);
	struct conf *conf, *again;
	char *text, *same;

	bundle_put(bundle, "t.conf", take_part(&rest));
	bundle_put(bundle, "a.txt", take_part(&rest));
	bundle_put(bundle, "b.conf", take_part(&rest));
	bundle_put(bundle, "ca.crt", SLICE("-----BEGIN CERTIFICATE-----"));
	conf = load(bundle);
	if (conf) {
		ask(conf);
		text = printed(conf);
		bundle_put(bundle, "t.conf", slice_of(text));
		again = load(bundle);
		must(again != NULL);
		same = printed(again);
		must(strcmp(text, same) == 0);
		conf_free(again);
		free(text);
		free(same);
	}
	conf_free(conf);
	bundle_free(bundle);
	return 0;
}
