/*
 * ca_init: makes certificate and key, and never writes over a file: an
 * authority that people's browsers trust is not lost to a second `ca init`.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/ca.h"
#include "cli/replace.h"
#include "cli/verb.h"
#include "signer/authority.h"
#include "signer/crl.h"
#include "signer/found.h"

int
ca_failed(const char *path, const char *why)
{
	fprintf(stderr, "sallyport: %s: %s\n", path, why);
	return VERB_FAILED;
}

int
ca_write_new(const char *path, struct slice text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	int ret, saved;

	if (fd < 0)
		return -1;
	ret = fchmod(fd, mode); /* whatever the umask */
	if (ret == 0)
		ret = replace_fill(fd, text);
	saved = errno;
	close(fd);
	if (ret < 0)
		unlink(path);
	errno = saved;
	return ret;
}

int
ca_read(const char *path, struct secret *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret, saved;

	if (fd < 0)
		return -1;
	ret = secret_read(out, fd, AUTHORITY_FILE_MAX);
	saved = errno;
	close(fd);
	errno = saved;
	return ret;
}

struct slice
ca_above(struct slice pem)
{
	struct slice begin = SLICE("-----BEGIN CERTIFICATE-----");
	size_t first = slice_search(pem, begin);
	struct slice rest = slice_from_idx(pem, first + 1);

	return slice_from_idx(rest, slice_search(rest, begin));
}

static int
write_failed(const char *path)
{
	return ca_failed(
	    path, errno == EEXIST ? "is there already" : strerror(errno));
}

/* No key_path: a provider keeps the key. */
static int
write_both(const char *cert_path, const char *key_path, const char *cert,
    struct slice key)
{
	int status;

	if (access(cert_path, F_OK) == 0)
		return ca_failed(cert_path, "is there already");
	if (key_path && ca_write_new(key_path, key, 0600) < 0)
		return write_failed(key_path);
	if (ca_write_new(cert_path, slice_of(cert), 0644) == 0)
		return VERB_OK;
	status = write_failed(cert_path);
	if (key_path)
		unlink(key_path); /* ours: made above */
	return status;
}

char *
ca_choose_name(const struct ca *ca)
{
	char host[FOUND_NAME_MAX + 1] = "";

	if (ca->name)
		return mem_dup(ca->name);
	if (gethostname(host, 40) < 0 || !host[0])
		return mem_dup("sallyport CA");
	host[40] = '\0';
	return mem_printf("sallyport CA on %s", host);
}

/* --- one authority, or a root and one below it ---------------------------- */

struct made {
	char *cert;
	struct secret key;
};

static void
made_clear(struct made *made)
{
	free(made->cert);
	secret_clear(&made->key);
}

static struct found_request
request_of(const struct ca *ca, const char *name, struct slice passphrase)
{
	return (struct found_request){
		.name = slice_of(name),
		.rsa = ca->rsa,
		.days = ca->days,
		.now = (int64_t)(clock_wall_us() / 1000000),
		.passphrase = passphrase,
		.permit = ca->permit,
		.npermit = ca->npermit,
		.exclude = ca->exclude,
		.nexclude = ca->nexclude,
	};
}

/* A root, and what comes of it. Owned. */
struct root {
	struct made made;
	struct authority *authority;
	unsigned char *crl;
	size_t crl_len;
};

static void
root_clear(struct root *root)
{
	made_clear(&root->made);
	authority_free(root->authority);
	free(root->crl);
}

/* Its CRL stays empty and lasts as long as it does: the key that could sign
 * another is to be far away. */
static const char *
make_root(
    const struct found_request *request, const char *name, struct root *root)
{
	static const struct revoked none = { NULL, 0 };
	struct found_request above = *request;
	char *root_name = mem_printf("%.55s Root", name);
	const char *why;

	above.name = slice_of(root_name);
	above.is_root = true;
	above.vault = NULL;
	why = found_ca(&above, &root->made.cert, &root->made.key);
	free(root_name);
	if (why)
		return why;
	root->authority = authority_load(slice_of(root->made.cert),
	    secret_slice(&root->made.key), request->passphrase, &why);
	if (!root->authority)
		return why;
	return crl_make(root->authority, &none, request->now,
	    authority_not_after(root->authority), &root->crl, &root->crl_len);
}

static const char *
make_below(const struct ca *ca, struct found_request *request,
    const struct root *root, struct made *out)
{
	const char *tag = authority_tag(root->authority), *why;
	char *crl = NULL, *cert = NULL;

	if (ca->site) {
		crl = mem_printf("%s/ca-%s.crl", ca->site, tag);
		cert = mem_printf("%s/ca-%s.crt", ca->site, tag);
	}
	request->crl_url = crl;
	request->ca_url = cert;
	why = found_below(request, root->authority, slice_of(root->made.cert),
	    &out->cert, &out->key);
	free(crl);
	free(cert);
	return why;
}

static int
write_root(const struct ca *ca, const struct root *root)
{
	char *cert = mem_printf("%s.root", ca->cert);
	char *key = ca->uri ? mem_printf("%s.root.key", ca->cert)
			    : mem_printf("%s.root", ca->key);
	char *crl = mem_printf("%s.crl", ca->cert);
	int status = write_both(
	    cert, key, root->made.cert, secret_slice(&root->made.key));

	if (status == VERB_OK &&
	    ca_write_new(crl, slice_from(root->crl, root->crl_len), 0644) < 0)
		status = write_failed(crl);
	if (status == VERB_OK)
		printf("take the root's key off this machine and keep it "
		       "safe: %s\n",
		    key);
	free(cert);
	free(key);
	free(crl);
	return status;
}

static int
make_under_root(
    const struct ca *ca, struct found_request *request, const char *name)
{
	struct root root = { .authority = NULL };
	struct made below = { NULL, { 0 } };
	const char *why = make_root(request, name, &root);
	int status;

	if (!why)
		why = make_below(ca, request, &root, &below);
	status = why ? ca_failed("ca init", why) : write_root(ca, &root);
	if (status == VERB_OK)
		status = write_both(
		    ca->cert, ca->key, below.cert, secret_slice(&below.key));
	root_clear(&root);
	made_clear(&below);
	return status;
}

static int
make_under_given(const struct ca *ca, struct found_request *request,
    struct slice root_pem, const char *root_key, const char *cert,
    const char *key)
{
	struct root root = { .made = { slice_dup(root_pem), { 0 } } };
	struct made below = { NULL, { 0 } };
	const char *why = NULL;
	int status;

	if (ca_read(root_key, &root.made.key) < 0) {
		status = ca_failed(root_key, strerror(errno));
		goto out;
	}
	root.authority = authority_load(
	    root_pem, secret_slice(&root.made.key), request->passphrase, &why);
	if (root.authority)
		why = make_below(ca, request, &root, &below);
	status = why
	    ? ca_failed(root_key, why)
	    : write_both(cert, key, below.cert, secret_slice(&below.key));
out:
	root_clear(&root);
	made_clear(&below);
	return status;
}

static int
make_alone(struct found_request *request, const char *cert, const char *key)
{
	struct made made = { NULL, { 0 } };
	const char *why = found_ca(request, &made.cert, &made.key);
	int status = why
	    ? ca_failed("ca", why)
	    : write_both(cert, key, made.cert, secret_slice(&made.key));

	made_clear(&made);
	return status;
}

static int
make_chosen(const struct ca *ca, struct found_request *request,
    const char *name, const char *cert, const char *key)
{
	struct vault *vault = NULL;
	const char *why = NULL;
	int status;

	if (ca->uri) {
		vault = vault_open(
		    ca->uri, ca->provider, request->passphrase, &why);
		if (!vault)
			return ca_failed(ca->uri, why);
	}
	request->vault = vault;
	if (ca->with_root)
		status = make_under_root(ca, request, name);
	else
		status = make_alone(request, cert, key);
	vault_free(vault);
	return status;
}

/* 0, or what to end with; the caller clears the passphrase in any case. */
static int
prepare(const struct ca *ca, const char *name, struct secret *passphrase,
    struct found_request *request)
{
	if (ca->passphrase && ca_read(ca->passphrase, passphrase) < 0)
		return ca_failed(ca->passphrase, strerror(errno));
	*request = request_of(ca, name, secret_slice(passphrase));
	if (ca->passphrase && !authority_passphrase(request->passphrase).n)
		return ca_failed(ca->passphrase, "the first line is empty");
	return VERB_OK;
}

int
ca_make(
    const struct ca *ca, const char *name, const char *cert, const char *key)
{
	struct secret passphrase = { NULL, 0, 0 };
	struct found_request request;
	int status = prepare(ca, name, &passphrase, &request);

	if (status == VERB_OK)
		status = make_chosen(ca, &request, name, cert, key);
	secret_clear(&passphrase);
	return status;
}

int
ca_make_under(const struct ca *ca, const char *name, struct slice root_pem,
    const char *root_key, const char *cert, const char *key)
{
	struct secret passphrase = { NULL, 0, 0 };
	struct found_request request;
	int status = prepare(ca, name, &passphrase, &request);

	if (status == VERB_OK)
		status = make_under_given(
		    ca, &request, root_pem, root_key, cert, key);
	secret_clear(&passphrase);
	return status;
}

int
ca_init(const struct ca *ca)
{
	char *name;
	int status;

	if (ca->dir && mkdir(ca->dir, 0755) < 0 && errno != EEXIST)
		return ca_failed(ca->dir, strerror(errno));
	name = ca_choose_name(ca);
	status = ca_make(ca, name, ca->cert, ca->key);
	free(name);
	return status == VERB_OK ? ca_show(ca) : status;
}
