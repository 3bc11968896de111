package io.futex.linux;

import org.jspecify.annotations.Nullable;

/// More system call numbers of one 64-bit architecture: what robust locks take.
record RobustNumbers(int getRobustList, int gettid, int mremap, int munmap, int tkill) {
    /// Looks an architecture up.
    ///
    /// @param arch the JVM's `os.arch`
    /// @return its numbers, or null if they are not known
    static @Nullable RobustNumbers of(String arch) {
        return switch (arch) {
            // arch/x86/entry/syscalls/syscall_64.tbl
            case "amd64", "x86_64" -> new RobustNumbers(274, 186, 25, 11, 200);
            // include/uapi/asm-generic/unistd.h
            case "aarch64", "riscv64", "loongarch64" -> new RobustNumbers(100, 178, 216, 215, 130);
            // arch/powerpc/kernel/syscalls/syscall.tbl
            case "ppc64le" -> new RobustNumbers(299, 207, 163, 91, 208);
            // arch/s390/kernel/syscalls/syscall.tbl
            case "s390x" -> new RobustNumbers(305, 236, 163, 91, 237);
            default -> null;
        };
    }
}
