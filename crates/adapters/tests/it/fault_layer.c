/* A layer between a program and the system, for tests: the n-th call that touches a folder fails.
 *
 * FAULT_FOLDER  files below it count
 * FAULT_AT      number of the call that fails, from 1
 * FAULT_STAYS   1: all calls after it fail as well, as those of a dead disk do
 * FAULT_COUNT   file that gets the number of calls seen, when the program ends
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;

static int is_ours(const char *path) {
    const char *folder = getenv("FAULT_FOLDER");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_our_file(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, path, sizeof path - 1);
    if (len <= 0) return 0;
    path[len] = 0;
    return is_ours(path);
}

static int fails(void) {
    const char *at = getenv("FAULT_AT"), *stays = getenv("FAULT_STAYS");
    long n = atomic_fetch_add(&calls, 1) + 1, limit = at ? atol(at) : 0;
    int hit = limit > 0 && (n == limit || (n > limit && stays && *stays == '1'));
    if (hit) errno = EIO;
    return hit;
}

__attribute__((destructor)) static void tell(void) {
    const char *path = getenv("FAULT_COUNT");
    if (!path) return;
    char text[32];
    int len = snprintf(text, sizeof text, "%ld", atomic_load(&calls));
    int fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd >= 0) {
        syscall(SYS_write, fd, text, len);
        syscall(SYS_close, fd);
    }
}

#define ON_FILE(type, name, params, args)                        \
    type name params {                                           \
        static type(*real) params;                               \
        if (!real) real = (type(*) params)dlsym(RTLD_NEXT, #name); \
        if (is_our_file(fd) && fails()) return -1;               \
        return real args;                                        \
    }
#define ON_PATH(name, params, args)                              \
    int name params {                                            \
        static int(*real) params;                                \
        if (!real) real = (int(*) params)dlsym(RTLD_NEXT, #name); \
        if (is_ours(path) && fails()) return -1;                 \
        return real args;                                        \
    }

ON_FILE(ssize_t, write, (int fd, const void *b, size_t n), (fd, b, n))
ON_FILE(ssize_t, pwrite, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o))
ON_FILE(ssize_t, pwrite64, (int fd, const void *b, size_t n, off64_t o), (fd, b, n, o))
ON_FILE(ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n))
ON_FILE(int, fsync, (int fd), (fd))
ON_FILE(int, fdatasync, (int fd), (fd))
ON_FILE(int, ftruncate, (int fd, off_t n), (fd, n))
ON_FILE(int, ftruncate64, (int fd, off64_t n), (fd, n))
ON_PATH(rename, (const char *path, const char *to), (path, to))
ON_PATH(unlink, (const char *path), (path))
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode))

#define OPEN(name)                                               \
    int name(const char *path, int flags, ...) {                 \
        static int (*real)(const char *, int, ...);              \
        va_list rest;                                            \
        va_start(rest, flags);                                   \
        mode_t mode = va_arg(rest, mode_t);                      \
        va_end(rest);                                            \
        if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name); \
        if (is_ours(path) && fails()) return -1;                 \
        return real(path, flags, mode);                          \
    }
OPEN(open)
OPEN(open64)
