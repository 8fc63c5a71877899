/*
 * mapping: mmap(2) with what is easily forgotten around it.
 *
 * A file that shrinks under a mapping kills the process: what is mapped here
 * is replaced by renaming, never cut, or is sealed.
 */
#include "base/mapping.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

int
mapping_open(struct mapping *out, int fd, bool writable)
{
	int protection = PROT_READ | (writable ? PROT_WRITE : 0);
	struct stat st;
	void *p;

	if (fstat(fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode) || st.st_size <= 0) {
		errno = EINVAL;
		return -1;
	}
	p = mmap(NULL, (size_t)st.st_size, protection, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return -1;
	*out = (struct mapping){ p, (size_t)st.st_size };
	return 0;
}

void
mapping_close(struct mapping *mapping)
{
	if (mapping->p)
		munmap(mapping->p, mapping->n);
	*mapping = (struct mapping){ NULL, 0 };
}

int
mapping_sync(void *p, size_t n)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = (uintptr_t)p & ~(page - 1);

	return msync((void *)from, (uintptr_t)p + n - from, MS_SYNC);
}

static int
write_all(int fd, struct slice bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes = slice_from_idx(bytes, (size_t)n);
	}
	return 0;
}

int
mapping_seal(const char *name, struct slice bytes)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int saved;

	if (fd < 0)
		return -1;
	if (write_all(fd, bytes) == 0 &&
	    fcntl(fd, F_ADD_SEALS,
		F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}
