package io.futex.linux;

/// The numbers of the system calls that an io_uring takes beside its own three, which all architectures share.
///
/// @param write write(2)
/// @param close close(2)
/// @param munmap munmap(2)
/// @param madvise madvise(2)
/// @param eventfd eventfd2(2)
record RingCalls(int write, int close, int munmap, int madvise, int eventfd) {
    // include/uapi/asm-generic/unistd.h, Linux 5.1
    static final int SETUP = 425;
    static final int ENTER = 426;

    /// Of the architecture of these numbers, told by that of futex(2).
    static RingCalls of(SystemCalls numbers) {
        return switch (numbers.futex()) {
            // arch/x86/entry/syscalls/syscall_64.tbl
            case 202 -> new RingCalls(1, 3, 11, 28, 290);
            // arch/powerpc/kernel/syscalls/syscall.tbl
            case 221 -> new RingCalls(4, 6, 91, 205, 314);
            // arch/s390/kernel/syscalls/syscall.tbl
            case 238 -> new RingCalls(4, 6, 91, 219, 323);
            // include/uapi/asm-generic/unistd.h
            default -> new RingCalls(64, 57, 215, 233, 19);
        };
    }
}
