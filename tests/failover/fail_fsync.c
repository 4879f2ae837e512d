/* LD_PRELOAD: the FAIL_FSYNC_AT-th fsync or fdatasync of a file under FAIL_FSYNC_UNDER fails with EIO, once.
 *
 * Once for all processes that share FAIL_FSYNC_SAID: whoever makes that file first has the failure, and writes into
 * it which file it was. The data has been written by then, as it may have been on a real disk. A file that nothing was
 * written to since its last sync does not fail: it has nothing to lose.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES 65536
static atomic_long count;
static atomic_char dirty[FILES];

static int fails(int fd)
{
    const char *at = getenv("FAIL_FSYNC_AT"), *under = getenv("FAIL_FSYNC_UNDER"), *said = getenv("FAIL_FSYNC_SAID");
    char link[64], path[PATH_MAX + 1];
    ssize_t length;
    int file;

    if (!at || !under || !said || fd < 0 || fd >= FILES || !atomic_exchange(&dirty[fd], 0))
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, PATH_MAX);
    if (length <= 0)
        return 0;
    path[length] = 0;
    if (strncmp(path, under, strlen(under)) != 0 || atomic_fetch_add(&count, 1) + 1 < atol(at))
        return 0;
    file = open(said, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file < 0)
        return 0;
    if (write(file, path, (size_t)length) < 0)
        abort();
    close(file);
    return 1;
}

#define SYNC(name)                                        \
    int name(int fd)                                      \
    {                                                     \
        static int (*real)(int);                          \
        if (!real)                                        \
            real = (int (*)(int))dlsym(RTLD_NEXT, #name); \
        if (fails(fd)) {                                  \
            errno = EIO;                                  \
            return -1;                                    \
        }                                                 \
        return real(fd);                                  \
    }

SYNC(fsync)
SYNC(fdatasync)

#define PWRITE(name)                                                                                             \
    ssize_t name(int fd, const void *data, size_t size, off64_t offset)                                         \
    {                                                                                                            \
        static ssize_t (*real)(int, const void *, size_t, off64_t);                                             \
        if (!real)                                                                                               \
            real = (ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, #name);                    \
        if (fd >= 0 && fd < FILES)                                                                               \
            dirty[fd] = 1;                                                                                       \
        return real(fd, data, size, offset);                                                                     \
    }

PWRITE(pwrite)
PWRITE(pwrite64)
