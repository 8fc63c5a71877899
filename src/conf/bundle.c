/*
 * bundle: reads files in the supervisor, hands their bytes to every role.
 *
 * In memory and in the memfd a bundle is the same: entries of path and
 * content.  The memfd holds a magic, then for each entry two lengths, the
 * path and the content; it comes from our own supervisor, and is still read
 * with its lengths checked.
 */
#include "conf/bundle.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

static const char magic[8] = "sallyB1\n";

struct entry {
	char *path;           /* owned */
	char *owned;          /* NULL where content lies in the mapping */
	struct slice content; /* owned, or borrowed from the mapping */
};

struct bundle {
	struct entry *v; /* owned */
	size_t n, cap;
	bool reads_files;
	void *map; /* owned; NULL unless from a descriptor */
	size_t map_len;
};

struct entry_head {
	uint64_t path_len, content_len;
};

struct bundle *
bundle_new_memory(void)
{
	return mem_zalloc(sizeof(struct bundle));
}

struct bundle *
bundle_new(void)
{
	struct bundle *bundle = bundle_new_memory();

	bundle->reads_files = true;
	return bundle;
}

void
bundle_free(struct bundle *bundle)
{
	if (!bundle)
		return;
	for (size_t i = 0; i < bundle->n; i++) {
		free(bundle->v[i].path);
		free(bundle->v[i].owned);
	}
	free(bundle->v);
	if (bundle->map)
		munmap(bundle->map, bundle->map_len);
	free(bundle);
}

bool
bundle_reads_files(const struct bundle *bundle)
{
	return bundle->reads_files;
}

static struct entry *
find(const struct bundle *bundle, const char *path)
{
	for (size_t i = 0; i < bundle->n; i++)
		if (strcmp(bundle->v[i].path, path) == 0)
			return &bundle->v[i];
	return NULL;
}

/* path is taken; owned too, and is NULL where content is borrowed. */
static struct entry *
add(struct bundle *bundle, char *path, char *owned, struct slice content)
{
	struct entry *entry;

	bundle->v = mem_grow(
	    bundle->v, bundle->n, &bundle->cap, sizeof(*bundle->v));
	entry = &bundle->v[bundle->n++];
	*entry = (struct entry){ path, owned, content };
	return entry;
}

void
bundle_put(struct bundle *bundle, const char *path, struct slice content)
{
	struct entry *entry = find(bundle, path);
	char *copy = slice_dup(content);

	if (!entry) {
		add(bundle, mem_dup(path), copy, slice_from(copy, content.n));
		return;
	}
	free(entry->owned);
	entry->owned = copy;
	entry->content = slice_from(copy, content.n);
}

/* Up to BUNDLE_FILE_MAX bytes of a regular file, on the heap. */
static int
read_all(int fd, char **out, size_t *len)
{
	size_t cap = 4096, n = 0;
	char *p = mem_alloc(cap);
	ssize_t got;

	while ((got = read(fd, p + n, cap - n)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || n + (size_t)got > BUNDLE_FILE_MAX) {
			int saved = got < 0 ? errno : EFBIG;

			free(p);
			errno = saved;
			return -1;
		}
		n += (size_t)got;
		if (n == cap)
			p = mem_resize(p, cap *= 2, 1);
	}
	*out = p;
	*len = n;
	return 0;
}

static int
read_file(const char *path, char **out, size_t *len)
{
	/* a FIFO put in place of a file must not make us wait */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int rc = -1, saved;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		goto out;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		goto out;
	}
	rc = read_all(fd, out, len);
out:
	saved = errno;
	close(fd);
	errno = saved;
	return rc;
}

int
bundle_get(struct bundle *bundle, const char *path, struct slice *out)
{
	struct entry *entry = find(bundle, path);
	char *p = NULL;
	size_t n = 0;

	if (!entry && !bundle->reads_files) {
		errno = ENOENT;
		return -1;
	}
	if (!entry) {
		if (read_file(path, &p, &n) < 0)
			return -1;
		entry = add(bundle, mem_dup(path), p, slice_from(p, n));
	}
	*out = entry->content;
	return 0;
}

static int
write_all(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n) {
		ssize_t put = write(fd, at, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		at += put;
		n -= (size_t)put;
	}
	return 0;
}

static int
write_entry(int fd, const struct entry *entry)
{
	struct entry_head head = { strlen(entry->path), entry->content.n };

	if (write_all(fd, &head, sizeof(head)) < 0 ||
	    write_all(fd, entry->path, head.path_len) < 0)
		return -1;
	return write_all(fd, entry->content.p, entry->content.n);
}

int
bundle_seal(const struct bundle *bundle)
{
	int fd = memfd_create(
	    "sallyport-conf", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int saved;

	if (fd < 0)
		return -1;
	if (write_all(fd, magic, sizeof(magic)) < 0)
		goto fail;
	for (size_t i = 0; i < bundle->n; i++)
		if (write_entry(fd, &bundle->v[i]) < 0)
			goto fail;
	if (fcntl(fd, F_ADD_SEALS,
		F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0)
		goto fail;
	return fd;
fail:
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static bool
take(struct slice *rest, size_t n, struct slice *out)
{
	if (n > rest->n)
		return false;
	*out = slice_sub(*rest, 0, n);
	*rest = slice_from_idx(*rest, n);
	return true;
}

static bool
read_entries(struct bundle *bundle, struct slice rest)
{
	struct slice part, path, content;
	struct entry_head head;

	if (!take(&rest, sizeof(magic), &part) ||
	    memcmp(part.p, magic, sizeof(magic)) != 0)
		return false;
	while (rest.n) {
		if (!take(&rest, sizeof(head), &part))
			return false;
		memcpy(&head, part.p, sizeof(head));
		if (!take(&rest, head.path_len, &path) ||
		    !take(&rest, head.content_len, &content))
			return false;
		add(bundle, slice_dup(path), NULL, content);
	}
	return true;
}

struct bundle *
bundle_from_fd(int fd)
{
	struct bundle *bundle = bundle_new_memory();
	struct stat st;
	int saved = 0;

	if (fstat(fd, &st) < 0) {
		saved = errno;
	} else if (st.st_size == 0) {
		saved = EINVAL;
	} else {
		bundle->map_len = (size_t)st.st_size;
		bundle->map = mmap(
		    NULL, bundle->map_len, PROT_READ, MAP_SHARED, fd, 0);
		if (bundle->map == MAP_FAILED) {
			saved = errno;
			bundle->map = NULL;
		} else if (!read_entries(bundle,
			       slice_from(bundle->map, bundle->map_len))) {
			saved = EINVAL;
		}
	}
	close(fd);
	if (!saved)
		return bundle;
	bundle_free(bundle);
	errno = saved;
	return NULL;
}
