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
#include "cli/verb.h"
#include "signer/authority.h"
#include "signer/found.h"

int
ca_failed(const char *path, const char *why)
{
	fprintf(stderr, "sallyport: %s: %s\n", path, why);
	return VERB_FAILED;
}

static int
write_text(int fd, struct slice text)
{
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text = slice_from_idx(text, (size_t)n);
	}
	return fsync(fd);
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
		ret = write_text(fd, text);
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

static int
write_failed(const char *path)
{
	return ca_failed(
	    path, errno == EEXIST ? "is there already" : strerror(errno));
}

static int
write_both(const char *cert_path, const char *key_path, const char *cert,
    struct slice key)
{
	int status;

	if (access(cert_path, F_OK) == 0)
		return ca_failed(cert_path, "is there already");
	if (ca_write_new(key_path, key, 0600) < 0)
		return write_failed(key_path);
	if (ca_write_new(cert_path, slice_of(cert), 0644) == 0)
		return VERB_OK;
	status = write_failed(cert_path);
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

/* The root's key is written last, beside the other, to be taken away. */
static int
make_under_root(
    const struct ca *ca, struct found_request *request, const char *name)
{
	char *root_name = mem_printf("%.55s Root", name);
	char *root_cert = mem_printf("%s.root", ca->cert);
	char *root_key = mem_printf("%s.root", ca->key);
	struct found_request above = *request;
	struct made root = { NULL, { 0 } }, below = { NULL, { 0 } };
	const char *why;
	int status = VERB_FAILED;

	above.name = slice_of(root_name);
	above.is_root = true;
	why = found_ca(&above, &root.cert, &root.key);
	if (!why)
		why = found_below(request, slice_of(root.cert),
		    secret_slice(&root.key), &below.cert, &below.key);
	if (why)
		ca_failed("ca init", why);
	else
		status = write_both(
		    root_cert, root_key, root.cert, secret_slice(&root.key));
	if (!why && status == VERB_OK)
		status = write_both(
		    ca->cert, ca->key, below.cert, secret_slice(&below.key));
	if (status == VERB_OK)
		printf("take the root's key off this machine and keep it "
		       "safe: %s\n",
		    root_key);
	made_clear(&root);
	made_clear(&below);
	free(root_name);
	free(root_cert);
	free(root_key);
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

int
ca_make(
    const struct ca *ca, const char *name, const char *cert, const char *key)
{
	struct secret passphrase = { NULL, 0, 0 };
	struct found_request request;
	int status;

	if (ca->passphrase && ca_read(ca->passphrase, &passphrase) < 0)
		return ca_failed(ca->passphrase, strerror(errno));
	request = request_of(ca, name, secret_slice(&passphrase));
	if (ca->passphrase && !authority_passphrase(request.passphrase).n)
		status = ca_failed(ca->passphrase, "the first line is empty");
	else if (ca->with_root)
		status = make_under_root(ca, &request, name);
	else
		status = make_alone(&request, cert, key);
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
