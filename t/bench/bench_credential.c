/*
 * bench_credential: what the credential check costs.
 *
 *	bench_credential [filter|rates|post|extract]...
 *
 * filter	look-ups a second at a million accounts, against reading one
 *		random cache line of the same memory; building the filter
 * rates	wrong "maybe" measured against the rate that was asked for
 * post		what a login of 200 bytes that is no match costs
 * extract	megabytes a second of each decoder, of what it decodes to
 *
 * All of them without a word. One core; times are of the process's CPU.
 */
#include <sys/mman.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <xxhash.h>

#include "base/mem.h"
#include "base/must.h"
#include "credential/request.h"
#include "credential/suspicion.h"

#include "bodies.h"

#define ACCOUNTS 1000000
#define LOOKUPS 4000000

struct stand {
	struct token_key *key;
	struct filter *filter;
	void *mem;
	size_t size;
};

static double
cpu(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static struct token
token_of(uint64_t i)
{
	XXH128_hash_t a = XXH3_128bits_withSeed(&i, sizeof(i), 1);
	XXH128_hash_t b = XXH3_128bits_withSeed(&i, sizeof(i), 2);
	struct token token;

	memcpy(token.b, &a, 16);
	memcpy(token.b + 16, &b, 16);
	return token;
}

static void
stand_init(struct stand *stand, const struct filter_params *params)
{
	const char *reason;

	stand->key = token_key_new(SLICE("0123456789abcdef"), &reason);
	must(stand->key != NULL);
	stand->size = filter_size(params);
	stand->mem = mmap(NULL, stand->size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stand->mem == MAP_FAILED)
		err(1, "mmap");
	reason = filter_create(
	    stand->mem, stand->size, params, stand->key, 1, &stand->filter);
	if (reason != NULL)
		errx(1, "%s", reason);
}

static void
stand_clear(struct stand *stand)
{
	filter_close(stand->filter);
	munmap(stand->mem, stand->size);
	token_key_free(stand->key);
}

/* As `filter build` does it: account and password to token to bits. */
static void
build(struct stand *stand)
{
	const struct token_rule *rule = filter_rule(stand->filter);
	char account[32], password[32];
	struct token token;
	double start = cpu();
	int i;

	for (i = 0; i < ACCOUNTS; i++) {
		snprintf(account, sizeof(account), "user%d", i);
		snprintf(password, sizeof(password), "Pw-%08x-%d",
		    (unsigned)i * 2654435761u, i);
		must(token_of_password(stand->key, rule, slice_of(account),
		    slice_of(password), &token));
		filter_load(stand->filter, &token);
	}
	filter_seal(stand->filter, 1);
	printf("build   %d entries in %.2f s, %.1f MiB, sealed\n", ACCOUNTS,
	    cpu() - start, (double)stand->size / (1 << 20));
}

/* One random line of the filter's memory for each look-up, nothing else. */
static void
memory_limit(const struct stand *stand, const struct token *tokens)
{
	const unsigned char *p = stand->mem;
	uint64_t lines = stand->size / 64, sum = 0, at;
	double start = cpu(), took;
	size_t i;

	for (i = 0; i < LOOKUPS; i++) {
		memcpy(&at, tokens[i].b, sizeof(at));
		at = (uint64_t)((unsigned __int128)at * lines >> 64);
		sum += p[at * 64];
	}
	took = cpu() - start;
	printf("memory  %.1f million random lines/s (%llu)\n",
	    LOOKUPS / took / 1e6, (unsigned long long)(sum & 1));
}

static void
look_up(const struct stand *stand, const struct token *tokens)
{
	double start = cpu(), took;
	size_t i, maybe = 0;

	for (i = 0; i < LOOKUPS; i++)
		maybe += filter_test(stand->filter, &tokens[i]);
	took = cpu() - start;
	printf("look-up %.1f million/s one by one, %zu maybe\n",
	    LOOKUPS / took / 1e6, maybe);
	maybe = 0;
	start = cpu();
	for (i = 0; i < LOOKUPS; i += 64)
		maybe += (size_t)__builtin_popcountll(
		    filter_test_many(stand->filter, tokens + i, 64));
	took = cpu() - start;
	printf("look-up %.1f million/s by 64, %zu maybe\n",
	    LOOKUPS / took / 1e6, maybe);
}

static void
bench_filter(void)
{
	struct filter_params params = FILTER_PARAMS_DEFAULT;
	struct token *tokens = mem_alloc(LOOKUPS * sizeof(*tokens));
	struct stand stand;
	uint64_t i;

	params.capacity = ACCOUNTS;
	stand_init(&stand, &params);
	build(&stand);
	for (i = 0; i < LOOKUPS; i++)
		tokens[i] = token_of(i);
	memory_limit(&stand, tokens);
	look_up(&stand, tokens);
	stand_clear(&stand);
	free(tokens);
}

static void
measure_rate(double rate, uint64_t tries)
{
	struct filter_params params = FILTER_PARAMS_DEFAULT;
	struct filter_info info;
	struct stand stand;
	struct token token;
	uint64_t i, wrong = 0;

	params.capacity = ACCOUNTS;
	params.rate = rate;
	params.lanes = 1;
	stand_init(&stand, &params);
	for (i = 0; i < ACCOUNTS; i++) {
		token = token_of(i);
		filter_load(stand.filter, &token);
	}
	filter_seal(stand.filter, 1);
	for (i = 0; i < tries; i++) {
		token = token_of(i + ((uint64_t)1 << 40));
		wrong += filter_test(stand.filter, &token);
	}
	filter_info(stand.filter, &info);
	printf("rate    asked %.0e: %llu of %llu wrong = %.2e, estimated "
	       "%.2e; %u probes, %.1f bits an entry\n",
	    rate, (unsigned long long)wrong, (unsigned long long)tries,
	    (double)wrong / (double)tries, info.true_rate, info.probes,
	    (double)stand.size * 8 / ACCOUNTS);
	stand_clear(&stand);
}

static void
bench_rates(void)
{
	measure_rate(1e-2, 2000000);
	measure_rate(1e-4, 10000000);
	measure_rate(1e-6, 50000000);
}

static const struct request_field login_fields[] = {
	{ SLICE("Host"), SLICE("login.shop.example") },
	{ SLICE("User-Agent"), SLICE("Mozilla/5.0 (X11; Linux x86_64)") },
	{ SLICE("Accept"), SLICE("text/html,application/xhtml+xml") },
	{ SLICE("Accept-Language"), SLICE("en-US,en;q=0.5") },
	{ SLICE("Content-Type"), SLICE("application/x-www-form-urlencoded") },
	{ SLICE("Origin"), SLICE("https://login.shop.example") },
	{ SLICE("Cookie"), SLICE("sid=6fd1c2e0a94b4c1f8e0d") },
	{ SLICE("Sec-Fetch-Mode"), SLICE("navigate") },
};

/* What looking into one request costs, from the bytes to the last look-up. */
static void
bench_request(const char *name, const struct request_view *view, bool bare)
{
	enum {
		ROUNDS = 100000
	};
	struct filter_params params = FILTER_PARAMS_DEFAULT;
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	struct names *names = names_new();
	struct names_source source = names_source(names);
	struct suspicion suspicion;
	struct stand stand;
	double start, scanned = 0;
	size_t n = 0, i;

	stand_init(&stand, &params);
	filter_seal(stand.filter, 1);
	names_add(names, SLICE("jdoe"), SLICE("jdoe"));
	start = cpu();
	for (i = 0; i < ROUNDS * 2; i++) {
		if (i == ROUNDS)
			scanned = cpu() - start;
		if (bare)
			request_scan_path(scan, view->target);
		else
			request_scan(scan, view);
		if (i < ROUNDS)
			continue;
		suspicion_init(&suspicion);
		suspicion_add_account(
		    &suspicion, SLICE("jdoe"), SUSPICION_LOGGED_IN);
		suspicion_add_named(&suspicion, scan, &source);
		suspicion_look_up(&suspicion, scan, stand.filter, stand.key);
	}
	scan_candidates(scan, &n);
	printf("%-7s %zu bytes: %.2f us (%.2f us to scan), %zu values, %zu "
	       "look-ups\n",
	    name, bare ? view->target.n : view->body.n,
	    (cpu() - start - scanned) / ROUNDS * 1e6, scanned / ROUNDS * 1e6, n,
	    suspicion.lookups);
	names_free(names);
	stand_clear(&stand);
	scan_free(scan);
}

static void
bench_post(void)
{
	static const char body[] =
	    "csrf_token=5f1a3c9be7d24a6f8c0b1d2e3f405162738495a6"
	    "&username=someone%40personal-mail.example"
	    "&password=Another-Pass_word%211"
	    "&remember=on&return_to=%2Faccount%2Forders%3Fpage%3D1"
	    "&submit=Log+in";
	struct request_view view = { .target = SLICE("/account/login"),
		.fields = login_fields,
		.nfields = sizeof(login_fields) / sizeof(login_fields[0]),
		.body = { body, sizeof(body) - 1 } };

	bench_request("post", &view, false);
	view.target = SLICE("/assets/application-5f1a3c9be7d24a6f8c0b1d2e.js");
	bench_request("path", &view, true);
	view.target = SLICE("/");
	bench_request("path", &view, true);
}

static void
bench_extract(void)
{
	enum {
		ROUNDS = 5
	};
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	size_t round, candidates;
	double start, took;
	struct body body;
	unsigned cuts;

	for (size_t i = 0; body_make(i, &body); i++) {
		struct request_field coding = { SLICE("Content-Encoding"),
			slice_of(body.coding) };
		struct request_view view = { .target = SLICE("/"),
			.fields = &coding,
			.nfields = body.coding[0] != '\0',
			.body = body.bytes };

		start = cpu();
		for (round = 0; round < ROUNDS; round++)
			request_scan(scan, &view);
		took = (cpu() - start) / ROUNDS;
		scan_candidates(scan, &candidates);
		cuts = scan_cuts(scan);
		printf("extract %-10s %6.1f MB/s, %zu values%s%s\n", body.name,
		    (double)body.plain / took / 1e6, candidates,
		    cuts ? ", cut: " : "", cuts ? scan_cut_words(cuts) : "");
		body_clear(&body);
	}
	scan_free(scan);
}

static const struct {
	const char *name;
	void (*run)(void);
} benches[] = {
	{ "filter", bench_filter },
	{ "rates", bench_rates },
	{ "post", bench_post },
	{ "extract", bench_extract },
};

static bool
is_asked(const char *name, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], name) == 0)
			return true;
	}
	return argc == 1;
}

int
main(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < sizeof(benches) / sizeof(benches[0]); i++) {
		if (is_asked(benches[i].name, argc, argv))
			benches[i].run();
	}
	return 0;
}
