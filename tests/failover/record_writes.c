/* LD_PRELOAD: write down, in order, what a process does to the database in RECORD_FOLDER, and to the folder itself.
 *
 * The trace, RECORD_TO, is what tests/failover/power.py replays up to any moment. Each record is
 *     char operation; uint32 file; uint64 offset; uint32 length; then length bytes
 * O open (the path; offset 1: it did not exist), W write, T truncate (offset: new size), S sync, U unlink (the path),
 * R rename (both paths with a zero byte between), M something that was sent to another process (its bytes). "file"
 * numbers the opens. Shared memory of a write-ahead log ("-shm") is left out: no disk keeps it.
 *
 * One lock is held around the operation and its record, so that the order of the trace is the order of the disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FILES 65536
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t number_of[FILES], newest;
static int trace = -1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int wanted(const char *path)
{
    static const char base[] = "/kanmon.sqlite3";
    const char *folder = getenv("RECORD_FOLDER");
    size_t length = path ? strlen(path) : 0, own = folder ? strlen(folder) : 0;
    if (!own || length < own || strncmp(path, folder, own) != 0)
        return 0;
    if (length == own)
        return 1;
    return strncmp(path + own, base, sizeof base - 1) == 0 && strcmp(path + length - 4, "-shm") != 0;
}

static void put(char operation, uint32_t file, uint64_t offset, const void *data, size_t size)
{
    char head[17];
    uint32_t length = (uint32_t)size;
    if (trace < 0) {
        const char *to = getenv("RECORD_TO");
        if (!to || (trace = REAL(open)(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) < 0)
            abort();
    }
    head[0] = operation;
    memcpy(head + 1, &file, 4);
    memcpy(head + 5, &offset, 8);
    memcpy(head + 13, &length, 4);
    if (REAL(write)(trace, head, 17) != 17 || REAL(write)(trace, data, size) != (ssize_t)size)
        abort();
}

static uint32_t number(int fd)
{
    return fd >= 0 && fd < FILES ? number_of[fd] : 0;
}

static int opened(const char *path, int flags, mode_t mode)
{
    int fd, was_there;
    if (!wanted(path))
        return REAL(open)(path, flags, mode);
    pthread_mutex_lock(&lock);
    was_there = access(path, F_OK) == 0;
    fd = REAL(open)(path, flags, mode);
    if (fd >= 0 && fd < FILES) {
        int problem = errno;
        number_of[fd] = ++newest;
        put('O', newest, !was_there, path, strlen(path));
        if (flags & O_TRUNC)
            put('T', newest, 0, "", 0);
        errno = problem;
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

#define OPEN(name)                                  \
    int name(const char *path, int flags, ...)      \
    {                                               \
        mode_t mode = 0;                            \
        if (flags & (O_CREAT | O_TMPFILE)) {        \
            va_list more;                           \
            va_start(more, flags);                  \
            mode = va_arg(more, mode_t);            \
            va_end(more);                           \
        }                                           \
        return opened(path, flags, mode);           \
    }
OPEN(open)
OPEN(open64)

int close(int fd)
{
    if (fd >= 0 && fd < FILES)
        number_of[fd] = 0;
    return REAL(close)(fd);
}

#define PWRITE(name)                                                    \
    ssize_t name(int fd, const void *data, size_t size, off64_t offset) \
    {                                                                   \
        ssize_t done;                                                   \
        if (!number(fd))                                                \
            return REAL(name)(fd, data, size, offset);                  \
        pthread_mutex_lock(&lock);                                      \
        done = REAL(name)(fd, data, size, offset);                      \
        if (done > 0)                                                   \
            put('W', number(fd), (uint64_t)offset, data, (size_t)done); \
        pthread_mutex_unlock(&lock);                                    \
        return done;                                                    \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t write(int fd, const void *data, size_t size)
{
    ssize_t done;
    if (!number(fd))
        return REAL(write)(fd, data, size);
    pthread_mutex_lock(&lock);
    done = REAL(write)(fd, data, size);
    if (done > 0)
        put('W', number(fd), (uint64_t)(lseek(fd, 0, SEEK_CUR) - done), data, (size_t)done);
    pthread_mutex_unlock(&lock);
    return done;
}

#define TRUNCATE(name)                                     \
    int name(int fd, off64_t size)                         \
    {                                                      \
        int failed;                                        \
        if (!number(fd))                                   \
            return REAL(name)(fd, size);                   \
        pthread_mutex_lock(&lock);                         \
        failed = REAL(name)(fd, size);                     \
        if (!failed)                                       \
            put('T', number(fd), (uint64_t)size, "", 0);   \
        pthread_mutex_unlock(&lock);                       \
        return failed;                                     \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

#define SYNC(name)                              \
    int name(int fd)                            \
    {                                           \
        int failed;                             \
        if (!number(fd))                        \
            return REAL(name)(fd);              \
        pthread_mutex_lock(&lock);              \
        failed = REAL(name)(fd);                \
        if (!failed)                            \
            put('S', number(fd), 0, "", 0);     \
        pthread_mutex_unlock(&lock);            \
        return failed;                          \
    }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path)
{
    int failed;
    if (!wanted(path))
        return REAL(unlink)(path);
    pthread_mutex_lock(&lock);
    failed = REAL(unlink)(path);
    if (!failed)
        put('U', 0, 0, path, strlen(path));
    pthread_mutex_unlock(&lock);
    return failed;
}

int rename(const char *from, const char *to)
{
    char both[2 * PATH_MAX + 2];
    int failed, length;
    if (!wanted(from) && !wanted(to))
        return REAL(rename)(from, to);
    pthread_mutex_lock(&lock);
    failed = REAL(rename)(from, to);
    length = snprintf(both, sizeof both, "%s%c%s", from, 0, to);
    if (!failed)
        put('R', 0, 0, both, (size_t)length);
    pthread_mutex_unlock(&lock);
    return failed;
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    pthread_mutex_lock(&lock);
    put('M', 0, 0, data, size); /* before it is sent: whoever gets it may act at once */
    pthread_mutex_unlock(&lock);
    return REAL(send)(fd, data, size, flags);
}
