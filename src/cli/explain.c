/*
 * explain: the verb that says which rule decides for an account and a URL.
 *
 * Nothing is asked and nothing is resolved: what a rule needs beyond the
 * command line is unknown, and said to be.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "cli/config.h"
#include "cli/verb.h"
#include "http/target.h"
#include "policy/policy.h"

static const char help[] =
    "usage: sallyport explain [-f FILE] [-a ADDRESS] [-c CLIENT]"
    " [-m METHOD] ACCOUNT URL\n"
    "\n"
    "Says which rule decides for a request, and of those before it why they\n"
    "don't. URL may also be HOST:PORT, for a connection that isn't\n"
    "decrypted; ACCOUNT may be empty, for nobody.\n"
    "\n"
    "  -f, --file FILE        configuration (" VERB_CONF_DEFAULT ")\n"
    "  -a, --address ADDRESS  what the name resolves to\n"
    "  -c, --client ADDRESS   where the client is (127.0.0.1)\n"
    "  -m, --method METHOD    of the request (GET)\n"
    "      --help             show this\n";

enum {
	OPT_HELP = 256
};

static const struct option options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "address", required_argument, NULL, 'a' },
	{ "client", required_argument, NULL, 'c' },
	{ "method", required_argument, NULL, 'm' },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

struct question {
	const char *file, *account, *url, *method, *client, *address;
};

static const char *
read_url(
    const struct question *question, struct arena *arena, struct target *target)
{
	struct slice url = slice_of(question->url);
	bool is_connect = strstr(question->url, "://") == NULL;

	return target_parse(url, is_connect,
	    strcmp(question->method, "OPTIONS") == 0, arena, target);
}

static const char *
read_addresses(
    const struct question *question, struct addr *client, struct addr *address)
{
	if (addr_parse(slice_of(question->client), client) < 0)
		return "the client is no address";
	if (question->address &&
	    addr_parse(slice_of(question->address), address) < 0)
		return "what the name resolves to is no address";
	return NULL;
}

static void
print_marks(const struct packet_marks *marks, FILE *out)
{
	char text[ADDR_TEXT_SIZE];

	if (!marks)
		return;
	fputs("packets:", out);
	if (marks->has_mark)
		fprintf(out, " mark %u", (unsigned)marks->mark);
	if (marks->has_dscp)
		fprintf(out, " dscp %u", marks->dscp);
	for (size_t i = 0; i < marks->sources.n; i++)
		fprintf(
		    out, " source %s", addr_text(text, &marks->sources.v[i]));
	fputc('\n', out);
}

static void
print_answer(const struct conf *conf, const struct subject *subject,
    const struct target *target)
{
	struct policy *policy = policy_new(conf);
	bool tls = target->form == TARGET_AUTHORITY ||
	    target->scheme == SCHEME_HTTPS || target->scheme == SCHEME_WSS;

	policy_explain(policy, subject, stdout);
	if (tls)
		puts(policy_decrypts(policy, subject)
			? "the connection is decrypted"
			: "the connection is not decrypted");
	print_marks(policy_marks(policy, subject), stdout);
	policy_free(policy);
}

/* A connection that is passed through shows its method only. */
static struct subject
subject_of(const struct question *question, const struct target *target,
    const struct addr *client, const struct addr *address)
{
	bool through = target->form == TARGET_AUTHORITY;

	return (struct subject){
		.account = slice_of(question->account),
		.client = *client,
		.host = &target->host,
		.port = target->port,
		.addr = question->address ? address : NULL,
		.method = through ? SLICE("CONNECT")
				  : slice_of(question->method),
		.path = through ? SLICE_EMPTY : target->path,
		.when = time(NULL),
	};
}

static int
explain(const struct question *question)
{
	struct arena *arena = arena_new(4096);
	struct config *config = NULL;
	struct addr client, address = { .port = 0 };
	struct target target;
	struct subject subject;
	const char *why = read_url(question, arena, &target);
	int status = VERB_MISUSE;

	if (!why)
		why = read_addresses(question, &client, &address);
	if (why) {
		(void)verb_misuse(help, "%s", why);
		goto out;
	}
	status = VERB_FAILED;
	config = config_load_and_tell(question->file);
	if (!config)
		goto out;
	subject = subject_of(question, &target, &client, &address);
	print_answer(config->conf, &subject, &target);
	status = VERB_OK;
out:
	config_free(config);
	arena_free(arena);
	return status;
}

int
cli_explain(int argc, char **argv)
{
	struct question question = {
		.file = VERB_CONF_DEFAULT,
		.method = "GET",
		.client = "127.0.0.1",
	};
	int c;

	while ((c = getopt_long(argc, argv, "f:a:c:m:", options, NULL)) != -1)
		switch (c) {
		case 'f':
			question.file = optarg;
			break;
		case 'a':
			question.address = optarg;
			break;
		case 'c':
			question.client = optarg;
			break;
		case 'm':
			question.method = optarg;
			break;
		case OPT_HELP:
			return verb_help(help);
		default:
			return verb_misuse(help, "see --help");
		}
	if (argc - optind != 2)
		return verb_misuse(help, "explain takes an account and a URL");
	question.account = argv[optind];
	question.url = argv[optind + 1];
	return explain(&question);
}
