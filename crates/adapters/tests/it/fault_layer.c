/* A layer between a program and the system, for tests: the n-th call that touches a folder fails, or all that is
 * done to the folder is written down, so that a test can play what a power cut leaves of it.
 *
 * FAULT_FOLDER  files below it count
 * FAULT_AT      number of the call that fails, from 1
 * FAULT_KILLS   1: the program ends there, as if killed
 * FAULT_STAYS   1: all calls after it fail as well, as those of a dead disk do
 * FAULT_COUNT   file that gets the number of calls seen, when the program ends
 * FAULT_THREADS 1: the start of a thread is such a call, once the folder was touched
 * FAULT_MEMORY  number of the request for memory that gets none, from 1, once the folder was touched
 * FAULT_ASKED   file that gets the number of such requests, when the program ends
 * FAULT_TRACE   file that gets what was done, as records of a head and two stretches of bytes
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { CREATED = 1, WRITTEN, CUT, SYNCED, FOLDER_SYNCED, RENAMED, REMOVED, FOLDER_MADE, TOLD };

struct head {
    uint32_t kind, first, second, unused;
    uint64_t file, at;
};

static atomic_long calls, asked;
static long starved;
static pthread_mutex_t one_at_a_time = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static int trace = -1;

static int is_ours(const char *path) {
    const char *folder = getenv("FAULT_FOLDER");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int path_of(int fd, char *path, size_t room) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, path, room - 1);
    if (len <= 0) return 0;
    path[len] = 0;
    return 1;
}

static int is_our_file(int fd) {
    char path[4096];
    return path_of(fd, path, sizeof path) && is_ours(path);
}

static int fails(void) {
    const char *at = getenv("FAULT_AT"), *stays = getenv("FAULT_STAYS");
    long n = atomic_fetch_add(&calls, 1) + 1, limit = at ? atol(at) : 0;
    int hit = limit > 0 && (n == limit || (n > limit && stays && *stays == '1'));
    const char *kills = getenv("FAULT_KILLS");
    if (hit && kills && *kills == '1') _exit(137);
    if (hit) errno = EIO;
    return hit;
}

static int is_traced(void) {
    const char *path = getenv("FAULT_TRACE");
    if (!path) return 0;
    if (trace < 0) trace = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return trace >= 0;
}

static void put(const void *bytes, size_t len) {
    while (len > 0) {
        ssize_t done = syscall(SYS_write, trace, bytes, len);
        if (done <= 0) abort();
        bytes = (const char *)bytes + done;
        len -= done;
    }
}

static void note(enum kind kind, uint64_t file, uint64_t at, const void *a, size_t an, const void *b, size_t bn) {
    int before = errno;
    struct head head = {kind, (uint32_t)an, (uint32_t)bn, 0, file, at};
    put(&head, sizeof head);
    if (an) put(a, an);
    if (bn) put(b, bn);
    errno = before;
}

static uint64_t file_of(int fd) {
    struct stat stat;
    return fstat(fd, &stat) == 0 ? stat.st_ino : 0;
}

/* Where the next write goes. */
static uint64_t place_of(int fd) {
    struct stat stat;
    if (fcntl(fd, F_GETFL) & O_APPEND) return fstat(fd, &stat) == 0 ? stat.st_size : 0;
    return lseek(fd, 0, SEEK_CUR);
}

/* What is seen outside: the answer to the person, a request to a gateway. */
static int is_outside(int fd) {
    struct stat stat;
    return fd == 1 || (fstat(fd, &stat) == 0 && S_ISSOCK(stat.st_mode));
}

static void tell_outside(int fd) {
    if (is_traced() && is_outside(fd)) {
        pthread_mutex_lock(&one_at_a_time);
        note(TOLD, fd, 0, NULL, 0, NULL, 0);
        pthread_mutex_unlock(&one_at_a_time);
    }
}

static void tell_count(const char *path, long count) {
    if (!path) return;
    char text[32];
    int len = snprintf(text, sizeof text, "%ld", count);
    int fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd >= 0) {
        syscall(SYS_write, fd, text, len);
        syscall(SYS_close, fd);
    }
}

__attribute__((constructor)) static void begin(void) {
    const char *memory = getenv("FAULT_MEMORY");
    starved = memory ? atol(memory) : 0;
}

__attribute__((destructor)) static void tell(void) {
    tell_count(getenv("FAULT_COUNT"), atomic_load(&calls));
    tell_count(getenv("FAULT_ASKED"), atomic_load(&asked));
}

#define REAL(type, name, ...)                                    \
    static type(*real)(__VA_ARGS__);                             \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

/* A call on an open file: `after` writes it down when it has succeeded. */
#define ON_FILE(type, name, params, args, before, after)         \
    type name params {                                           \
        static type(*real) params;                               \
        if (!real) real = (type(*) params)dlsym(RTLD_NEXT, #name); \
        if (!is_our_file(fd)) {                                  \
            tell_outside(fd);                                    \
            return real args;                                    \
        }                                                        \
        if (fails()) return -1;                                  \
        if (!is_traced()) return real args;                      \
        pthread_mutex_lock(&one_at_a_time);                      \
        before;                                                  \
        type done = real args;                                   \
        if (done >= 0) after;                                    \
        pthread_mutex_unlock(&one_at_a_time);                    \
        return done;                                             \
    }

static void note_vector(int fd, uint64_t at, const struct iovec *v, ssize_t done) {
    for (; done > 0; v++) {
        size_t len = v->iov_len < (size_t)done ? v->iov_len : (size_t)done;
        note(WRITTEN, file_of(fd), at, v->iov_base, len, NULL, 0);
        at += len;
        done -= len;
    }
}

static void note_sync(int fd) {
    struct stat stat;
    char path[4096];
    if (fstat(fd, &stat) == 0 && S_ISDIR(stat.st_mode) && path_of(fd, path, sizeof path))
        note(FOLDER_SYNCED, 0, 0, path, strlen(path), NULL, 0);
    else
        note(SYNCED, file_of(fd), 0, NULL, 0, NULL, 0);
}

ON_FILE(ssize_t, write, (int fd, const void *b, size_t n), (fd, b, n), uint64_t at = place_of(fd),
        note(WRITTEN, file_of(fd), at, b, done, NULL, 0))
ON_FILE(ssize_t, pwrite, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o), ,
        note(WRITTEN, file_of(fd), o, b, done, NULL, 0))
ON_FILE(ssize_t, pwrite64, (int fd, const void *b, size_t n, off64_t o), (fd, b, n, o), ,
        note(WRITTEN, file_of(fd), o, b, done, NULL, 0))
ON_FILE(ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n), uint64_t at = place_of(fd),
        note_vector(fd, at, v, done))
ON_FILE(int, fsync, (int fd), (fd), , note_sync(fd))
ON_FILE(int, fdatasync, (int fd), (fd), , note_sync(fd))
ON_FILE(int, ftruncate, (int fd, off_t n), (fd, n), , note(CUT, file_of(fd), n, NULL, 0, NULL, 0))
ON_FILE(int, ftruncate64, (int fd, off64_t n), (fd, n), , note(CUT, file_of(fd), n, NULL, 0, NULL, 0))

#define ON_PATH(name, params, args, after)                       \
    int name params {                                            \
        static int(*real) params;                                \
        if (!real) real = (int(*) params)dlsym(RTLD_NEXT, #name); \
        if (!is_ours(path)) return real args;                    \
        if (fails()) return -1;                                  \
        if (!is_traced()) return real args;                      \
        pthread_mutex_lock(&one_at_a_time);                      \
        int done = real args;                                    \
        if (done == 0) after;                                    \
        pthread_mutex_unlock(&one_at_a_time);                    \
        return done;                                             \
    }

ON_PATH(rename, (const char *path, const char *to), (path, to),
        note(RENAMED, 0, 0, path, strlen(path), to, strlen(to)))
ON_PATH(unlink, (const char *path), (path), note(REMOVED, 0, 0, path, strlen(path), NULL, 0))
ON_PATH(rmdir, (const char *path), (path), note(REMOVED, 0, 0, path, strlen(path), NULL, 0))
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode), note(FOLDER_MADE, 0, 0, path, strlen(path), NULL, 0))

#define OPEN(name)                                               \
    int name(const char *path, int flags, ...) {                 \
        va_list rest;                                            \
        va_start(rest, flags);                                   \
        mode_t mode = va_arg(rest, mode_t);                      \
        va_end(rest);                                            \
        static int (*real)(const char *, int, ...);              \
        if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name); \
        if (!is_ours(path)) return real(path, flags, mode);      \
        if (fails()) return -1;                                  \
        if (!is_traced() || !(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE) \
            return real(path, flags, mode);                      \
        pthread_mutex_lock(&one_at_a_time);                      \
        int was = access(path, F_OK) == 0;                       \
        int fd = real(path, flags, mode);                        \
        if (fd >= 0 && !was) note(CREATED, file_of(fd), 0, path, strlen(path), NULL, 0); \
        if (fd >= 0 && was && (flags & O_TRUNC)) note(CUT, file_of(fd), 0, NULL, 0, NULL, 0); \
        pthread_mutex_unlock(&one_at_a_time);                    \
        return fd;                                               \
    }
OPEN(open)
OPEN(open64)

ssize_t send(int fd, const void *b, size_t n, int flags) {
    REAL(ssize_t, send, int, const void *, size_t, int);
    tell_outside(fd);
    return real(fd, b, n, flags);
}

ssize_t sendto(int fd, const void *b, size_t n, int flags, const struct sockaddr *to, socklen_t len) {
    REAL(ssize_t, sendto, int, const void *, size_t, int, const struct sockaddr *, socklen_t);
    tell_outside(fd);
    return real(fd, b, n, flags, to, len);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    REAL(ssize_t, sendmsg, int, const struct msghdr *, int);
    tell_outside(fd);
    return real(fd, message, flags);
}

/* Copies inside the system would not be seen: whoever asks for them reads and writes instead. */
ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t n, unsigned flags) {
    REAL(ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t, unsigned);
    if (!is_our_file(to)) return real(from, a, to, b, n, flags);
    errno = ENOSYS;
    return -1;
}

ssize_t sendfile(int to, int from, off_t *at, size_t n) {
    REAL(ssize_t, sendfile, int, int, off_t *, size_t);
    if (!is_our_file(to)) return real(to, from, at, n);
    errno = EINVAL;
    return -1;
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t n) {
    REAL(ssize_t, sendfile64, int, int, off64_t *, size_t);
    if (!is_our_file(to)) return real(to, from, at, n);
    errno = EINVAL;
    return -1;
}

/* Threads that start while the folder is at work count, too. */
int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*work)(void *), void *with) {
    REAL(int, pthread_create, pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    const char *counts = getenv("FAULT_THREADS");
    if (counts && *counts == '1' && atomic_load(&calls) > 0 && fails()) return EAGAIN;
    return real(thread, how, work, with);
}

/* Requests for memory, once the folder is at work. */
static int starves(void) {
    if (atomic_load(&calls) == 0 || atomic_fetch_add(&asked, 1) + 1 != starved) return 0;
    errno = ENOMEM;
    return 1;
}

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);

void *malloc(size_t size) {
    return starves() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return starves() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    return starves() ? NULL : __libc_realloc(old, size);
}
