/*
 * The calls of macOS that wait and wake, and that tell who is there, on Linux, so that the macOS backend can be tried
 * where there is no macOS. Keeps the rules that can be seen from outside, as bsd/kern/sys_ulock.c of XNU and src/os/lock.c of libplatform have
 * them:
 *
 *   - The kernel has an entry for a word while somebody is in a wait on it; who was woken is in it until he has run.
 *     A result >= 0 is the number of the others in the entry, after a wake and after a mismatch alike.
 *   - A wake fails by ENOENT where there is no entry. Where there is one it succeeds, though perhaps nobody slept.
 *   - All who use an entry must name the same operation, else EDOM. Private and shared words have entries of their own.
 *   - The whole uint64_t is compared with the zero-extended word.
 *   - A timeout of 0 is for ever; NULL, misaligned, an unknown operation or flag is EINVAL.
 *   - An errno is Darwin's; it is returned as -errno under ULF_NO_ERRNO, else by errno and -1.
 *   - os_sync_*: size 4 or 8, flags 0 or 1, clock 32, no timeout of 0; errors by errno.
 *   - proc_pidinfo: bytes written; or 0 and errno, ESRCH for who has ended, be it that nobody has asked about him yet.
 *     A thread is known by an id of 64 bits, here Linux's.
 *
 * Waiters sleep in futex(2) on the word itself: so a shared one is woken from another process, and
 * /proc/PID/task/TID/syscall tells on which word a thread sleeps.
 *
 * Not kept: unfair locks, the priority of waiters, pages that are really paged out; entries of shared words are counted
 * in each process by itself, and a word of 8 bytes is woken by its first 4.
 *
 * ULOCK_SHIM_CHAOS=N:ERRNO lets each N-th wait end at once with this errno of Darwin, or with a success for no reason
 * if that is 0. ULOCK_SHIM_GENERATION: 1 exports all, 2 all but os_sync_*.
 *
 * cc -std=gnu11 -O2 -Wall -Wextra -Werror -fPIC -shared -DULOCK_SHIM_GENERATION=1 -o libulock1.so ulock_shim.c -pthread
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef ULOCK_SHIM_GENERATION
#define ULOCK_SHIM_GENERATION 1
#endif

/* bsd/sys/errno.h */
enum {
    DARWIN_ENOENT = 2,
    DARWIN_ESRCH = 3,
    DARWIN_EINTR = 4,
    DARWIN_ENOMEM = 12,
    DARWIN_EFAULT = 14,
    DARWIN_EINVAL = 22,
    DARWIN_EDOM = 33,
    DARWIN_ETIMEDOUT = 60
};

/* bsd/sys/ulock.h */
enum { WAIT32 = 1, WAIT32_SHARED = 3, WAIT64 = 5, WAIT64_SHARED = 6, OPERATION = 0xff };
enum {
    WAKE_ALL = 0x100,
    WAKE_THREAD = 0x200,
    WORKQ_DATA_CONTENTION = 0x10000,
    CANCEL_POINT = 0x20000,
    ADAPTIVE_SPIN = 0x40000,
    NO_ERRNO = 0x01000000,
    DEADLINE = 0x02000000
};

#define NANOS_PER_SECOND 1000000000ull

/* ---- what was asked for */

struct request {
    uint32_t operation;
    int is_shared;
    size_t size;
};

/* 0 if there is no such operation. */
static int parse(uint32_t code, struct request *request)
{
    request->operation = code & OPERATION;
    request->is_shared = request->operation == WAIT32_SHARED || request->operation == WAIT64_SHARED;
    switch (request->operation) {
    case WAIT32:
    case WAIT32_SHARED:
        request->size = 4;
        return 1;
    case WAIT64:
    case WAIT64_SHARED:
        request->size = 8;
        return 1;
    default:
        return 0;
    }
}

/* ---- entries */

#define BUCKETS 1024

struct entry {
    struct entry *next;
    void *address;
    struct request request;
    int waiters;
};

static struct bucket {
    pthread_mutex_t lock;
    struct entry *entries;
} buckets[BUCKETS];

static unsigned long chaos_every, chaos_count;
static int chaos_errno;

__attribute__((constructor)) static void begin(void)
{
    const char *chaos = getenv("ULOCK_SHIM_CHAOS");
    if (chaos && sscanf(chaos, "%lu:%d", &chaos_every, &chaos_errno) != 2)
        abort();
    for (int i = 0; i < BUCKETS; i++)
        pthread_mutex_init(&buckets[i].lock, NULL);
}

static struct bucket *lock_bucket(void *address)
{
    struct bucket *bucket = &buckets[((uintptr_t)address >> 3) * 0x9e3779b1u % BUCKETS];
    pthread_mutex_lock(&bucket->lock);
    return bucket;
}

static struct entry **find(struct bucket *bucket, void *address, int is_shared)
{
    struct entry **link = &bucket->entries;
    while (*link && ((*link)->address != address || (*link)->request.is_shared != is_shared))
        link = &(*link)->next;
    return link;
}

/* Whoever enters must leave. Null if there is no memory. */
static struct entry *enter(struct bucket *bucket, void *address, const struct request *request)
{
    struct entry **link = find(bucket, address, request->is_shared);
    if (!*link) {
        struct entry *fresh = calloc(1, sizeof *fresh);
        if (!fresh)
            return NULL;
        fresh->address = address;
        fresh->request = *request;
        *link = fresh;
    }
    (*link)->waiters++;
    return *link;
}

/* How many others are left. */
static int leave(struct bucket *bucket, struct entry *entry)
{
    int others = --entry->waiters;
    if (others == 0) {
        struct entry **link = find(bucket, entry->address, entry->request.is_shared);
        *link = entry->next;
        free(entry);
    }
    return others;
}

/* ---- the system of this machine */

static struct timespec until(uint64_t nanos, int is_deadline)
{
    if (!is_deadline) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        nanos += (uint64_t)now.tv_sec * NANOS_PER_SECOND + (uint64_t)now.tv_nsec;
    }
    return (struct timespec){ .tv_sec = (time_t)(nanos / NANOS_PER_SECOND), .tv_nsec = (long)(nanos % NANOS_PER_SECOND) };
}

/* Sleeps on the first 4 bytes of the word. Darwin's errno, or 0. */
static int nap(void *address, uint32_t value, int is_shared, uint64_t nanos, int is_deadline)
{
    struct timespec end = until(nanos, is_deadline);
    int operation = FUTEX_WAIT_BITSET | (is_shared ? 0 : FUTEX_PRIVATE_FLAG);
    if (syscall(SYS_futex, address, operation, value, nanos ? &end : NULL, NULL, FUTEX_BITSET_MATCH_ANY) == 0)
        return 0;
    switch (errno) {
    case EAGAIN:
        return 0;
    case ETIMEDOUT:
        return DARWIN_ETIMEDOUT;
    case EINTR:
        return DARWIN_EINTR;
    case EFAULT:
        return DARWIN_EFAULT;
    default:
        abort();
    }
}

static long wake(void *address, int is_shared, int is_all)
{
    return syscall(SYS_futex, address, FUTEX_WAKE | (is_shared ? 0 : FUTEX_PRIVATE_FLAG), is_all ? INT32_MAX : 1);
}

/* ---- the rules; 0 or more, or -errno */

static int is_chaos(void)
{
    return chaos_every && __atomic_add_fetch(&chaos_count, 1, __ATOMIC_RELAXED) % chaos_every == 0;
}

static uint64_t zero_extended(void *address, size_t size)
{
    return size == 4 ? __atomic_load_n((uint32_t *)address, __ATOMIC_SEQ_CST)
                     : __atomic_load_n((uint64_t *)address, __ATOMIC_SEQ_CST);
}

static int do_wait(uint32_t code, void *address, uint64_t value, uint64_t nanos)
{
    struct request request;
    uint32_t known = OPERATION | NO_ERRNO | DEADLINE | WORKQ_DATA_CONTENTION | CANCEL_POINT | ADAPTIVE_SPIN;
    if (!parse(code, &request) || (code & ~known) || !address || (uintptr_t)address % request.size)
        return -DARWIN_EINVAL;

    struct bucket *bucket = lock_bucket(address);
    struct entry *entry = enter(bucket, address, &request);
    int error = 0;
    if (!entry) {
        pthread_mutex_unlock(&bucket->lock);
        return -DARWIN_ENOMEM;
    }
    if (entry->request.operation != request.operation) {
        error = DARWIN_EDOM;
    } else if (is_chaos()) {
        error = chaos_errno;
    } else if (zero_extended(address, request.size) == value) {
        /* A change from now on is seen by the system, which compares once more. */
        uint32_t first = (uint32_t)value;
        if (request.size == 8)
            memcpy(&first, &value, sizeof first);
        pthread_mutex_unlock(&bucket->lock);
        error = nap(address, first, request.is_shared, nanos, (code & DEADLINE) != 0);
        pthread_mutex_lock(&bucket->lock);
    }
    int others = leave(bucket, entry);
    pthread_mutex_unlock(&bucket->lock);
    return error ? -error : others;
}

static int do_wake(uint32_t code, void *address)
{
    struct request request;
    if (!parse(code, &request) || (code & ~(uint32_t)(OPERATION | NO_ERRNO | WAKE_ALL)) || !address)
        return -DARWIN_EINVAL; /* WAKE_THREAD among others */

    struct bucket *bucket = lock_bucket(address);
    struct entry *entry = *find(bucket, address, request.is_shared);
    int clash = entry && entry->request.operation != request.operation;
    /* Under the lock, since an entry must not vanish meanwhile. A shared word may have waiters of other processes. */
    int woken = !clash && wake(address, request.is_shared, (code & WAKE_ALL) != 0) > 0;
    pthread_mutex_unlock(&bucket->lock);
    return clash ? -DARWIN_EDOM : entry || woken ? 0 : -DARWIN_ENOENT;
}

/* ---- the private calls */

static int by_flag(uint32_t code, int result)
{
    if (result >= 0 || (code & NO_ERRNO))
        return result;
    errno = -result;
    return -1;
}

int __ulock_wake(uint32_t operation, void *address, uint64_t wake_value)
{
    (void)wake_value;
    return by_flag(operation, do_wake(operation, address));
}

int __ulock_wait2(uint32_t operation, void *address, uint64_t value, uint64_t nanos, uint64_t value2)
{
    (void)value2;
    return by_flag(operation, do_wait(operation, address, value, nanos));
}

/* ---- the public calls */

#if ULOCK_SHIM_GENERATION <= 1
enum { CLOCK_MACH_ABSOLUTE_TIME = 32 };

/* 0 if there is no such operation. */
static uint32_t code_of(size_t size, uint32_t flags)
{
    if (flags > 1)
        return 0;
    return size == 4 ? (flags ? WAIT32_SHARED : WAIT32) : size == 8 ? (flags ? WAIT64_SHARED : WAIT64) : 0;
}

int os_sync_wait_on_address(void *address, uint64_t value, size_t size, uint32_t flags)
{
    return by_flag(0, do_wait(code_of(size, flags), address, value, 0));
}

static int timed(void *address, uint64_t value, size_t size, uint32_t flags, uint32_t clock, uint64_t time, uint32_t kind)
{
    uint32_t code = code_of(size, flags);
    if (!code || clock != CLOCK_MACH_ABSOLUTE_TIME || !time)
        return by_flag(0, -DARWIN_EINVAL);
    return by_flag(0, do_wait(code | kind, address, value, time));
}

int os_sync_wait_on_address_with_timeout(void *address, uint64_t value, size_t size, uint32_t flags, uint32_t clock,
                                         uint64_t timeout)
{
    return timed(address, value, size, flags, clock, timeout, 0);
}

int os_sync_wait_on_address_with_deadline(void *address, uint64_t value, size_t size, uint32_t flags, uint32_t clock,
                                          uint64_t deadline)
{
    return timed(address, value, size, flags, clock, deadline, DEADLINE);
}

int os_sync_wake_by_address_any(void *address, size_t size, uint32_t flags)
{
    return by_flag(0, do_wake(code_of(size, flags), address));
}

int os_sync_wake_by_address_all(void *address, size_t size, uint32_t flags)
{
    uint32_t code = code_of(size, flags);
    return by_flag(0, do_wake(code ? code | WAKE_ALL : 0, address));
}
#endif

/* ---- who is there: bsd/kern/proc_info.c */

enum { PIDTBSDINFO = 3, PIDTHREADID64INFO = 15 };

/* bsd/sys/proc_info.h */
struct proc_bsdinfo {
    uint32_t flags, status, xstatus, pid, ppid, uid, gid, ruid, rgid, svuid, svgid, reserved;
    char comm[16], name[32];
    uint32_t nfiles, pgid, pjobc, tdev, tpgid;
    int32_t nice;
    uint64_t start_tvsec, start_tvusec;
};

struct proc_threadinfo {
    uint64_t user_time, system_time;
    int32_t cpu_usage, policy, run_state, flags, sleep_time, curpri, priority, maxpriority;
    char name[64];
};

_Static_assert(sizeof(struct proc_bsdinfo) == 136 && sizeof(struct proc_threadinfo) == 112, "as XNU has them");
_Static_assert(offsetof(struct proc_bsdinfo, start_tvsec) == 120, "as XNU has it");

/* The start in ticks, or 0 if there is none such, or it has ended. */
static uint64_t start_of(int pid, uint64_t thread)
{
    char path[64], text[1024];
    char *rest;
    char state = 0;
    unsigned long long start = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/task/%llu/stat", pid, (unsigned long long)thread);
    file = fopen(path, "r");
    if (!file)
        return 0;
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    rest = strrchr(text, ')');
    if (!rest || sscanf(rest + 1,
                        " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu", &state,
                        &start) != 2)
        return 0;
    return state == 'Z' || state == 'X' ? 0 : start;
}

static int failed(int error)
{
    errno = error;
    return 0;
}

int proc_pidinfo(int pid, int flavor, uint64_t argument, void *buffer, int size)
{
    uint64_t start = pid > 0 ? start_of(pid, (uint64_t)pid) : 0;

    if (flavor == PIDTBSDINFO) {
        struct proc_bsdinfo info = { .pid = (uint32_t)pid };
        if (size < (int)sizeof info)
            return failed(DARWIN_ENOMEM);
        if (!start)
            return failed(DARWIN_ESRCH);
        info.start_tvsec = start / 100;
        info.start_tvusec = start % 100 * 10000;
        memcpy(buffer, &info, sizeof info);
        return sizeof info;
    }
    if (flavor == PIDTHREADID64INFO) {
        struct proc_threadinfo info = { .name = "" };
        if (size < (int)sizeof info)
            return failed(DARWIN_ENOMEM);
        if (!start || !start_of(pid, argument))
            return failed(DARWIN_ESRCH);
        memcpy(buffer, &info, sizeof info);
        return sizeof info;
    }
    return failed(DARWIN_EINVAL);
}

int pthread_threadid_np(pthread_t thread, uint64_t *id)
{
    if (thread)
        return DARWIN_ESRCH; /* not written for others than the caller */
    *id = (uint64_t)syscall(SYS_gettid);
    return 0;
}

int sysctlbyname(const char *name, void *old, size_t *old_size, void *fresh, size_t fresh_size)
{
    FILE *file;
    size_t size;

    (void)fresh_size;
    if (fresh || strcmp(name, "kern.bootsessionuuid") != 0) {
        errno = DARWIN_ENOENT;
        return -1;
    }
    file = fopen("/proc/sys/kernel/random/boot_id", "r");
    if (!file || *old_size < 37)
        abort();
    size = fread(old, 1, 36, file);
    fclose(file);
    ((char *)old)[size] = 0;
    *old_size = size + 1;
    return 0;
}
