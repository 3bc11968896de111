package io.futex.linux;

/// The error numbers that the futex calls know (include/uapi/asm-generic/errno-base.h and errno.h; the same on each
/// architecture of [SystemCalls]).
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EFAULT = 14;
    static final int EBUSY = 16;
    static final int EINVAL = 22;
    static final int ENOSYS = 38;
    static final int ETIME = 62;
    static final int ETIMEDOUT = 110;
    static final int EALREADY = 114;
    static final int ECANCELED = 125;

    private Errno() {}

    /// The name with the number, or the number alone.
    static String name(int errno) {
        String all = describe(errno);
        int end = all.indexOf(':');
        return end < 0 ? all : all.substring(0, end);
    }

    /// The name and what it says of a futex call.
    static String describe(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM (1): a seccomp filter forbids the call";
            case EINTR -> "EINTR (4): a signal was handled";
            case EAGAIN -> "EAGAIN (11): the word held another value";
            case ENOMEM -> "ENOMEM (12): the kernel has no memory for the wait";
            case EFAULT -> "EFAULT (14): the word cannot be read; is its memory still mapped?";
            case EINVAL -> "EINVAL (22): bad alignment, flags or timeout";
            case ENOSYS -> "ENOSYS (38): this kernel does not have the call, or a seccomp filter hides it";
            case ETIMEDOUT -> "ETIMEDOUT (110): the time is over";
            default -> "errno " + errno;
        };
    }
}
