package io.futex.macos;

/// The C functions of libSystem that the backend needs. All of them return an int.
enum Function {
    /// `int os_sync_wait_on_address(void *addr, uint64_t value, size_t size, uint32_t flags)`; macOS 14.4.
    OS_SYNC_WAIT("os_sync_wait_on_address"),
    /// `int os_sync_wait_on_address_with_timeout(void *addr, uint64_t value, size_t size, uint32_t flags,
    /// uint32_t clockid, uint64_t timeout_ns)`; macOS 14.4.
    OS_SYNC_WAIT_WITH_TIMEOUT("os_sync_wait_on_address_with_timeout"),
    /// `int os_sync_wake_by_address_any(void *addr, size_t size, uint32_t flags)`; macOS 14.4.
    OS_SYNC_WAKE_ANY("os_sync_wake_by_address_any"),
    /// `int os_sync_wake_by_address_all(void *addr, size_t size, uint32_t flags)`; macOS 14.4.
    OS_SYNC_WAKE_ALL("os_sync_wake_by_address_all"),
    /// `int __ulock_wait2(uint32_t operation, void *addr, uint64_t value, uint64_t timeout_ns, uint64_t value2)`;
    /// macOS 11.
    ULOCK_WAIT2("__ulock_wait2"),
    /// `int __ulock_wake(uint32_t operation, void *addr, uint64_t wake_value)`; macOS 10.12.
    ULOCK_WAKE("__ulock_wake"),
    /// `int proc_pidinfo(int pid, int flavor, uint64_t arg, void *buffer, int buffersize)`; macOS 10.5.
    PROC_PIDINFO("proc_pidinfo", 0),
    /// `int pthread_threadid_np(pthread_t thread, uint64_t *thread_id)`; macOS 10.6.
    PTHREAD_THREADID_NP("pthread_threadid_np"),
    /// `int sysctlbyname(const char *name, void *oldp, size_t *oldlenp, void *newp, size_t newlen)`; macOS 10.0.
    SYSCTLBYNAME("sysctlbyname");

    /// The symbol.
    final String symbol;

    /// What it returns when errno says more.
    final int failure;

    Function(String symbol) {
        this(symbol, -1);
    }

    Function(String symbol, int failure) {
        this.symbol = symbol;
        this.failure = failure;
    }
}
