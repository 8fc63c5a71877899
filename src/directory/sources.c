/*
 * sources: a provider for each `directory`, kept where nothing changed.
 *
 * Runs in the directory process.
 */
#include "directory/sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "directory/ldap_provider.h"
#include "directory/ldap_stream.h"
#include "directory/several.h"
#include "directory/source_text.h"

#define ANCHORS_MAX 64
#define FIRST 1 /* part 0 is the account file */

/* A configuration that providers borrow from. */
struct held {
	struct conf *conf; /* owned */
	unsigned refs;
};

struct account_source {
	struct held *held;                 /* reference */
	const struct ldap_directory *conf; /* in it */
	struct ldap_provider *provider;    /* owned */
	char *print;                       /* owned: what it was made of */
};

struct sources {
	struct event_base *base;   /* borrowed */
	struct resolver *resolver; /* owned; NULL before the first */
	struct several *several;   /* owned */
	struct memories *memories; /* owned */
	struct account_source v[SEVERAL_MAX - FIRST];
	size_t n;
	char why[256];
};

struct sources *
sources_new(struct event_base *base, provider_fn *on_answer, void *arg)
{
	struct sources *sources = mem_zalloc(sizeof(*sources));

	sources->base = base;
	sources->several = several_new(on_answer, arg);
	sources->memories = memories_new();
	return sources;
}

static void
held_unref(struct held *held)
{
	if (!held || --held->refs > 0)
		return;
	conf_free(held->conf);
	free(held);
}

static void
source_clear(struct account_source *source)
{
	ldap_provider_free(source->provider);
	held_unref(source->held);
	free(source->print);
	*source = (struct account_source){ .held = NULL };
}

void
sources_free(struct sources *sources)
{
	if (!sources)
		return;
	for (size_t i = 0; i < sources->n; i++)
		source_clear(&sources->v[i]);
	several_free(sources->several);
	memories_free(sources->memories);
	if (sources->resolver)
		resolver_free(sources->resolver);
	free(sources);
}

void
sources_on_stale(
    struct sources *sources, memories_stale_fn *on_stale, void *arg)
{
	memories_on_stale(sources->memories, on_stale, arg);
}

uint64_t
sources_id(const struct sources *sources, unsigned part)
{
	if (part < FIRST || part - FIRST >= sources->n)
		return 0;
	return memories_get(
	    sources->memories, slice_of(sources->v[part - FIRST].conf->name))
	    ->id;
}

void *
sources_file_part(struct sources *sources)
{
	return several_part(sources->several, 0);
}

void
sources_set_file(struct sources *sources, struct provider file)
{
	several_set(sources->several, 0, file);
}

struct provider
sources_face(struct sources *sources)
{
	return several_face(sources->several);
}

bool
sources_can_find(const struct sources *sources)
{
	return sources->n > 0;
}

/* --- secrets ------------------------------------------------------------------- */

static struct slice
one_line(const struct secret *secret)
{
	struct slice text = secret_slice(secret);

	if (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	if (text.n && text.p[text.n - 1] == '\r')
		text.n--;
	return text;
}

static void
hand_on(struct sources *sources, struct slice name, struct slice password)
{
	for (size_t i = 0; i < sources->n; i++)
		if (slice_eq_str(name, sources->v[i].conf->name))
			ldap_provider_set_password(
			    sources->v[i].provider, password);
}

void
sources_set_secret(struct sources *sources, struct slice directory, int fd)
{
	struct memory *memory = memories_get(sources->memories, directory);
	struct secret text = { NULL, 0, 0 };
	char quoted[LOG_QUOTE_SIZE];

	if (fd < 0 || secret_read(&text, fd, SECRET_FILE_MAX) < 0)
		log_error("the password for directory %s can't be read: %m",
		    log_quote(quoted, directory));
	else if (one_line(&text).n == 0)
		log_error("the password for directory %s is empty",
		    log_quote(quoted, directory));
	if (fd >= 0)
		close(fd);
	if (one_line(&text).n == 0) {
		secret_clear(&text);
		return;
	}
	secret_clear(&memory->password);
	memory->password = text;
	hand_on(sources, directory, one_line(&text));
}

/* --- what a provider is made of ------------------------------------------------------ */

static const char *
make_ctx(
    struct bundle *bundle, const struct ldap_directory *conf, SSL_CTX **out)
{
	struct slice anchors[ANCHORS_MAX];
	const char *why = NULL;
	size_t n = 0;

	*out = NULL;
	if (conf->trust_system &&
	    bundle_get(bundle, CONF_SYSTEM_TRUST, &anchors[n]) == 0)
		n += anchors[n].n > 0;
	for (size_t i = 0; i < conf->trust.n && n < ANCHORS_MAX; i++) {
		if (bundle_get(bundle, conf->trust.v[i].path, &anchors[n]) < 0)
			return "a trust file is not in the bundle";
		n++;
	}
	*out = tls_client_ctx(anchors, n, &why);
	return *out ? NULL : why;
}

static bool
wants_tls(const struct ldap_directory *conf)
{
	for (size_t i = 0; i < conf->servers.n; i++)
		if (conf->servers.v[i].tls)
			return true;
	return conf->starttls;
}

const char *
sources_trust(
    struct bundle *bundle, const struct ldap_directory *conf, SSL_CTX **out)
{
	*out = NULL;
	return wants_tls(conf) ? make_ctx(bundle, conf, out) : NULL;
}

static const char *
source_make(struct sources *sources, struct bundle *bundle, struct held *held,
    const struct ldap_directory *conf, unsigned part,
    struct account_source *out)
{
	struct memory *memory = memories_get(
	    sources->memories, slice_of(conf->name));
	struct ldap_provider_setup setup = {
		.base = sources->base,
		.resolver = sources->resolver,
		.conf = conf,
		.password = one_line(&memory->password),
		.warden = memory->warden,
		.grace = memory->grace,
	};
	const char *why = sources_trust(bundle, conf, &setup.ctx);

	if (why) {
		snprintf(sources->why, sizeof(sources->why),
		    "directory %s: trust: %s", conf->name, why);
		return sources->why;
	}
	out->held = held;
	held->refs++;
	out->conf = conf;
	out->print = source_text_all(bundle, held->conf, conf);
	out->provider = ldap_provider_new(
	    &setup, several_on_answer, several_part(sources->several, part));
	SSL_CTX_free(setup.ctx);
	return NULL;
}

/* --- a configuration --------------------------------------------------------------------- */

/* The one that stands at that place and is the same. */
static bool
is_same(const struct sources *sources, size_t at, const char *text)
{
	return at < sources->n && sources->v[at].print &&
	    strcmp(sources->v[at].print, text) == 0;
}

static bool
is_asked(const struct conf *conf, const struct ldap_directory *directory)
{
	for (size_t i = 0; i < conf->authenticate.with.n; i++)
		if (strcmp(conf->authenticate.with.v[i].name,
			directory->name) == 0)
			return true;
	return conf->authenticate.with.n == 0;
}

/* The old ones answer what they were asked when they go. Whoever hears that
 * may ask at once about others: by then all of the new ones are there. */
static void
put_in_force(struct sources *sources, struct account_source *fresh, size_t n)
{
	struct account_source old[SEVERAL_MAX - FIRST] = { { .held = NULL } };
	struct provider none = { NULL, NULL };
	size_t most = n > sources->n ? n : sources->n;

	for (size_t i = 0; i < most; i++) {
		if (i < n && !fresh[i].provider)
			continue; /* as it was */
		old[i] = sources->v[i];
		sources->v[i] = fresh[i];
		several_set(sources->several, FIRST + (unsigned)i,
		    i < n ? ldap_provider_face(fresh[i].provider) : none);
	}
	sources->n = n;
	for (size_t i = 0; i < most; i++)
		source_clear(&old[i]);
}

static void
judge_memories(
    struct sources *sources, struct bundle *bundle, const struct conf *conf)
{
	memories_begin(sources->memories);
	for (size_t i = 0; i < conf->directories.n; i++)
		if (is_asked(conf, &conf->directories.v[i]))
			memories_judge(sources->memories, bundle, conf,
			    &conf->directories.v[i]);
	memories_end(sources->memories);
}

static const char *
make_all(struct sources *sources, struct bundle *bundle, struct held *held,
    struct account_source *fresh, size_t *n)
{
	const struct conf *conf = held->conf;
	const char *why = NULL;

	for (size_t i = 0; i < conf->directories.n && !why; i++) {
		const struct ldap_directory *directory =
		    &conf->directories.v[i];
		char *text;

		if (!is_asked(conf, directory))
			continue;
		if (*n == SEVERAL_MAX - FIRST)
			return "there are too many directories";
		text = source_text_all(bundle, conf, directory);
		if (!is_same(sources, *n, text))
			why = source_make(sources, bundle, held, directory,
			    FIRST + (unsigned)*n, &fresh[*n]);
		*n += !why;
		free(text);
	}
	return why;
}

/* While files can be opened; the system's resolver is read once. */
static const char *
make_resolver(struct sources *sources, const struct conf *conf)
{
	const char *why;

	if (sources->resolver)
		return NULL;
	why = ldap_stream_init();
	if (!why)
		sources->resolver = resolver_new(sources->base,
		    conf->resolvers.v, conf->resolvers.n,
		    conf->timeouts.resolve);
	return why;
}

const char *
sources_apply(struct sources *sources, struct bundle *bundle, const char *path)
{
	struct account_source fresh[SEVERAL_MAX - FIRST] = { { .held = NULL } };
	struct held *held = mem_zalloc(sizeof(*held));
	struct diags diags = { .v = NULL };
	const char *why = "the configuration does not parse here";
	size_t n = 0;

	held->refs = 1;
	held->conf = conf_load(bundle, path, &diags);
	diags_clear(&diags);
	if (held->conf)
		why = make_resolver(sources, held->conf);
	if (!why)
		why = make_all(sources, bundle, held, fresh, &n);
	if (!why) {
		put_in_force(sources, fresh, n);
		judge_memories(sources, bundle, held->conf);
	} else {
		for (size_t i = 0; i < SEVERAL_MAX - FIRST; i++)
			source_clear(&fresh[i]);
	}
	held_unref(held);
	return why;
}
