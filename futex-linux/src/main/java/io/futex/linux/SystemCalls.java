package io.futex.linux;

import org.jspecify.annotations.Nullable;

/// The system call numbers of one 64-bit architecture.
///
/// The futex2 numbers are from the table that all architectures share since Linux 5.1
/// (include/uapi/asm-generic/unistd.h).
///
/// @param futex futex(2), by the architecture's own table
/// @param clockGettime clock_gettime(2), by the same table
/// @param futexWaitv futex_waitv, Linux 5.16
/// @param futexWake futex_wake, Linux 6.7
/// @param futexWait futex_wait, Linux 6.7
record SystemCalls(int futex, int clockGettime, int futexWaitv, int futexWake, int futexWait) {
    private static final int FUTEX_WAITV_COMMON = 449;
    private static final int FUTEX_WAKE_COMMON = 454;
    private static final int FUTEX_WAIT_COMMON = 455;

    /// Looks an architecture up.
    ///
    /// @param arch the JVM's `os.arch`
    /// @return its numbers, or null if they are not known
    static @Nullable SystemCalls of(String arch) {
        return switch (arch) {
            // arch/x86/entry/syscalls/syscall_64.tbl
            case "amd64", "x86_64" -> common(202, 228);
            // include/uapi/asm-generic/unistd.h
            case "aarch64", "riscv64", "loongarch64" -> common(98, 113);
            // arch/powerpc/kernel/syscalls/syscall.tbl
            case "ppc64le" -> common(221, 246);
            // arch/s390/kernel/syscalls/syscall.tbl
            case "s390x" -> common(238, 260);
            default -> null;
        };
    }

    private static SystemCalls common(int futex, int clockGettime) {
        return new SystemCalls(futex, clockGettime, FUTEX_WAITV_COMMON, FUTEX_WAKE_COMMON, FUTEX_WAIT_COMMON);
    }
}
