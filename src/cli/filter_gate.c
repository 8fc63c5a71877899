/*
 * filter_gate: a check of a file, made again when it is another one.
 *
 * Runs in the supervisor. It keeps neither key nor filter.
 */
#include "cli/filter_gate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mapping.h"
#include "base/mem.h"
#include "credential/filter.h"

/* What was found good last; every worker that starts asks again. */
struct filter_gate {
	dev_t device;
	ino_t inode;
	struct timespec changed;
	uint64_t key_id;
	bool good;
};

struct filter_gate *
filter_gate_new(void)
{
	return mem_zalloc(sizeof(struct filter_gate));
}

void
filter_gate_free(struct filter_gate *gate)
{
	free(gate);
}

static bool
is_known(const struct filter_gate *gate, const struct stat *st, uint64_t key_id)
{
	return gate->good && gate->device == st->st_dev &&
	    gate->inode == st->st_ino && gate->key_id == key_id &&
	    gate->changed.tv_sec == st->st_ctim.tv_sec &&
	    gate->changed.tv_nsec == st->st_ctim.tv_nsec;
}

/* NULL, or what is wrong. */
static const char *
check_seals(int fd, const struct token_key *key)
{
	struct mapping mapping = { NULL, 0 };
	struct filter *filter = NULL;
	const char *why;

	if (mapping_open(&mapping, fd, false) < 0)
		return errno == EINVAL ? "it is empty or no file"
				       : strerror(errno);
	why = filter_open(mapping.p, mapping.n, key, FILTER_READ, &filter);
	if (why == NULL)
		filter_close(filter);
	mapping_close(&mapping);
	return why;
}

static const char *
check(struct filter_gate *gate, int fd, const struct token_key *key)
{
	struct stat st;
	const char *why;

	if (fstat(fd, &st) < 0)
		return strerror(errno);
	if (is_known(gate, &st, token_key_id(key)))
		return NULL;
	why = check_seals(fd, key);
	*gate = (struct filter_gate){ st.st_dev, st.st_ino, st.st_ctim,
		token_key_id(key), why == NULL };
	return why;
}

static struct token_key *
read_key(const char *path, struct secret *lookup, const char **why)
{
	unsigned char part[TOKEN_KEY_LOOKUP];
	struct secret text = { NULL, 0, 0 };
	struct token_key *key = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 || secret_read(&text, fd, TOKEN_KEY_MAX) < 0)
		*why = strerror(errno);
	else
		key = token_key_new(secret_slice(&text), why);
	if (key != NULL &&
	    token_key_lookup(secret_slice(&text), part) == NULL) {
		secret_init(lookup, sizeof(part));
		secret_set(lookup, part, sizeof(part));
		secret_wipe(part, sizeof(part));
	}
	secret_clear(&text);
	if (fd >= 0)
		close(fd);
	return key;
}

int
filter_gate_open(
    struct filter_gate *gate, const struct conf *conf, struct secret *lookup)
{
	const char *why = NULL, *path = conf->filter_key;
	struct token_key *key = read_key(path, lookup, &why);
	int fd = -1;

	if (key != NULL) {
		path = conf->filter_path;
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		why = fd < 0 ? strerror(errno) : check(gate, fd, key);
	}
	token_key_free(key);
	if (why == NULL)
		return fd;
	log_error("%s: %s; no worker gets it", path, why);
	secret_clear(lookup);
	if (fd >= 0)
		close(fd);
	return -1;
}
