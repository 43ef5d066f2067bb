/* Preloaded, it counts the calls by which a process changes the files below one folder, and lets one of them fail, or be its last. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static char *under;
static long at, count;
static int how;
static char ours[4096]; /* descriptors of files below the folder */

/* The `number`th call from now on fails with this error, or kills where it is 0; none does where the number is 0. */
void fault_arm(const char *folder, long number, int error) {
    free(under);
    under = folder ? strdup(folder) : NULL, at = number, count = 0, how = error;
}
long fault_count(void) { return count; }

static int below(const char *path) { return under && path && strncmp(path, under, strlen(under)) == 0; }
static int known(int fd) { return fd >= 0 && fd < (int)sizeof ours && ours[fd]; }

static int fails(void) {
    if (++count != at) return 0;
    if (!how) kill(getpid(), SIGKILL);
    errno = how;
    return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPENS(name)                                                                  \
    int name(const char *path, int flags, ...) {                                     \
        va_list rest;                                                                \
        va_start(rest, flags);                                                       \
        mode_t mode = va_arg(rest, mode_t);                                          \
        va_end(rest);                                                                \
        int changes = below(path) && (flags & (O_WRONLY | O_RDWR | O_CREAT));        \
        if (changes && fails()) return -1;                                           \
        int fd = NEXT(name)(path, flags, mode);                                      \
        if (fd >= 0 && fd < (int)sizeof ours) ours[fd] = below(path);                \
        return fd;                                                                   \
    }
OPENS(open)
OPENS(open64)

#define OF_FD(type, name, ...)                                                       \
    if (known(fd) && fails()) return -1;                                             \
    return NEXT(name)(__VA_ARGS__);

ssize_t write(int fd, const void *data, size_t size) {
    if (known(fd) && size > 1 && count + 1 == at && !how) { /* what is killed in the middle of a write has written half */
        NEXT(write)(fd, data, size / 2);
    }
    OF_FD(ssize_t, write, fd, data, size)
}
int fsync(int fd) { OF_FD(int, fsync, fd) }
int fdatasync(int fd) { OF_FD(int, fdatasync, fd) }
int fchmod(int fd, mode_t mode) { OF_FD(int, fchmod, fd, mode) }
ssize_t sendfile64(int to, int from, off64_t *offset, size_t size) {
    int fd = to;
    ssize_t sendfile64(int, int, off64_t *, size_t);
    OF_FD(ssize_t, sendfile64, to, from, offset, size)
}
int close(int fd) {
    if (fd >= 0 && fd < (int)sizeof ours) ours[fd] = 0;
    return NEXT(close)(fd);
}

#define OF_PATH(name, ...)                                                           \
    if (below(path) && fails()) return -1;                                           \
    return NEXT(name)(__VA_ARGS__);

int mkdir(const char *path, mode_t mode) { OF_PATH(mkdir, path, mode) }
int chmod(const char *path, mode_t mode) { OF_PATH(chmod, path, mode) }
int rename(const char *path, const char *to) { OF_PATH(rename, path, to) }
int link(const char *path, const char *to) { OF_PATH(link, path, to) }
