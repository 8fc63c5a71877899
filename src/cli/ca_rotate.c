/*
 * ca_rotate: from one authority to the next, without a day on which nothing
 * works.
 *
 *	(nothing) -> start -> CERT.next -> switch -> CERT.old -> end -> (nothing)
 *
 * Between start and switch both are shown to people and only the old one
 * signs; between switch and end both are shown and only the new one does.
 * It renames files and takes effect with the next reload.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/ca.h"
#include "cli/verb.h"
#include "signer/authority.h"
#include "signer/found.h"

/* Owned paths. */
struct files {
	char *next_cert, *next_key, *old_cert, *old_key;
	char *crl, *old_crl; /* of a root, where there is one */
};

static struct files
files_of(const struct ca *ca)
{
	return (struct files){
		mem_printf("%s.next", ca->cert),
		mem_printf("%s.next", ca->key),
		mem_printf("%s.old", ca->cert),
		mem_printf("%s.old", ca->key),
		mem_printf("%s.crl", ca->cert),
		mem_printf("%s.old.crl", ca->cert),
	};
}

static void
files_clear(struct files *files)
{
	free(files->next_cert);
	free(files->next_key);
	free(files->old_cert);
	free(files->old_key);
	free(files->crl);
	free(files->old_crl);
}

static bool
is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* Two authorities of one name are hard to tell apart in a browser's list. */
static char *
choose_name(const struct ca *ca)
{
	char *name = ca_choose_name(ca), *dated;
	time_t now = time(NULL);
	struct tm tm;
	char day[16];

	if (ca->name)
		return name;
	gmtime_r(&now, &tm);
	strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	name[strlen(name) > FOUND_NAME_MAX - 13 ? FOUND_NAME_MAX - 13
						: strlen(name)] = '\0';
	dated = mem_printf("%s (%s)", name, day);
	free(name);
	return dated;
}

/* As the one in use stands: people's root stays what they installed. */
static int
make_like(const struct ca *ca, const struct files *files, struct slice pem)
{
	char *name = choose_name(ca);
	char *key = ca->root_key ? mem_dup(ca->root_key)
				 : mem_printf("%s.root", ca->key);
	struct slice above = ca_above(pem);
	struct authority_facts facts = { .subject = NULL };
	const char *why = authority_describe(pem, &facts);
	int status;

	if (why)
		status = ca_failed(ca->cert, why);
	else if (ca->standalone || (facts.self_signed && !ca->root_key))
		status = ca_make(ca, name, files->next_cert, files->next_key);
	else if (facts.self_signed || above.n == 0)
		status = ca_failed(ca->cert,
		    facts.self_signed ? "stands under no root: leave out -u"
				      : "its root's certificate is not behind "
					"it in the file");
	else if (!is_there(key))
		status = ca_failed(key,
		    "the root's key is not there: bring it and name it with "
		    "-u, "
		    "or make an authority under no root with --standalone");
	else
		status = ca_make_under(
		    ca, name, above, key, files->next_cert, files->next_key);
	authority_facts_clear(&facts);
	free(name);
	free(key);
	return status;
}

static int
start(const struct ca *ca, const struct files *files)
{
	struct secret text = { NULL, 0, 0 };
	int status;

	if (is_there(files->old_cert))
		return ca_failed(
		    files->old_cert, "the last rotation has not ended yet");
	if (ca_read(ca->cert, &text) < 0)
		return ca_failed(ca->cert, strerror(errno));
	status = make_like(ca, files, secret_slice(&text));
	secret_clear(&text);
	if (status == VERB_OK)
		printf("%s is made. Reload: the setup page then offers it "
		       "beside the one in use.\nWhen it is installed "
		       "everywhere: sallyport ca rotate switch\n",
		    files->next_cert);
	return status;
}

/* From one that was moved already nothing is left: a switch that was cut
 * short goes on where it stopped. */
static int
move(const char *from, const char *to)
{
	if (!is_there(from) && is_there(to))
		return VERB_OK;
	if (rename(from, to) == 0)
		return VERB_OK;
	return ca_failed(from, strerror(errno));
}

/* Do both stand under the same root? Its CRL then stays where it is. */
static bool
share_root(const char *one, const char *other)
{
	struct secret a = { NULL, 0, 0 }, b = { NULL, 0, 0 };
	bool same = ca_read(one, &a) == 0 && ca_read(other, &b) == 0;
	struct slice root;

	if (same) {
		root = ca_above(secret_slice(&a));
		same = root.n && slice_eq(root, ca_above(secret_slice(&b)));
	}
	secret_clear(&a);
	secret_clear(&b);
	return same;
}

static int
move_current(const struct ca *ca, const struct files *files)
{
	bool keep = share_root(
	    is_there(ca->cert) ? ca->cert : files->old_cert, files->next_cert);
	int status = move(ca->key, files->old_key);

	if (status == VERB_OK && !keep && is_there(files->crl))
		status = move(files->crl, files->old_crl);
	if (status == VERB_OK)
		status = move(ca->cert, files->old_cert);
	return status;
}

static int
switch_over(const struct ca *ca, const struct files *files)
{
	bool halfway = !is_there(ca->cert) || !is_there(ca->key);
	int status = VERB_OK;

	if (!is_there(files->next_cert) && !is_there(files->next_key))
		return ca_failed(files->next_cert,
		    "is not there: sallyport ca rotate start makes it");
	if (!halfway && is_there(files->old_cert))
		return ca_failed(
		    files->old_cert, "the last rotation has not ended yet");
	if (is_there(files->next_cert))
		status = move_current(ca, files);
	if (status == VERB_OK)
		status = move(files->next_cert, ca->cert);
	if (status == VERB_OK)
		status = move(files->next_key, ca->key);
	if (status != VERB_OK)
		return status;
	printf("Reload: from then on the new authority signs.\n"
	       "When nobody needs the old one any more: "
	       "sallyport ca rotate end\n");
	return ca_show(ca);
}

static int
end(const struct files *files)
{
	if (!is_there(files->old_cert) && !is_there(files->old_key))
		return ca_failed(files->old_cert, "is not there");
	if (unlink(files->old_key) < 0 && errno != ENOENT)
		return ca_failed(files->old_key, strerror(errno));
	if (unlink(files->old_crl) < 0 && errno != ENOENT)
		return ca_failed(files->old_crl, strerror(errno));
	if (unlink(files->old_cert) < 0 && errno != ENOENT)
		return ca_failed(files->old_cert, strerror(errno));
	printf("The old authority is gone. Reload.\n");
	return VERB_OK;
}

int
ca_rotate(const struct ca *ca)
{
	struct files files;
	int status = VERB_MISUSE;

	/* files can be renamed; what a provider keeps is named by proxy.conf */
	if (ca->uri)
		return ca_failed(ca->uri,
		    "a provider keeps this key: make the next authority with "
		    "ca init -d, and name it in proxy.conf");
	files = files_of(ca);
	if (strcmp(ca->word, "start") == 0)
		status = start(ca, &files);
	else if (strcmp(ca->word, "switch") == 0)
		status = switch_over(ca, &files);
	else if (strcmp(ca->word, "end") == 0)
		status = end(&files);
	files_clear(&files);
	return status;
}
