package io.futex.macos;

/// The error numbers that the calls know. They are XNU's, whose ETIMEDOUT is not Linux's.
///
/// @param enoent nobody waits on the word
/// @param esrch no such process or thread
/// @param eintr a signal was handled
/// @param enomem no entry left in the kernel's table
/// @param efault the page of the word is not in memory right now
/// @param einval bad alignment, size, flags or operation
/// @param edom somebody waits on the word with another size
/// @param etimedout the time is over
record Errno(int enoent, int esrch, int eintr, int enomem, int efault, int einval, int edom, int etimedout) {
    /// bsd/sys/errno.h of XNU.
    static final Errno DARWIN = new Errno(2, 3, 4, 12, 14, 22, 33, 60);

    /// The name and what it says of a wait.
    String describe(int errno) {
        if (errno == enoent) {
            return "ENOENT (" + errno + "): nobody waits on the word";
        } else if (errno == eintr) {
            return "EINTR (" + errno + "): a signal was handled";
        } else if (errno == enomem) {
            return "ENOMEM (" + errno + "): the kernel has no memory for the wait";
        } else if (errno == efault) {
            return "EFAULT (" + errno + "): the page of the word is not in memory";
        } else if (errno == einval) {
            return "EINVAL (" + errno + "): bad alignment, size or flags, or the word is not mapped";
        } else if (errno == edom) {
            return "EDOM (" + errno + "): somebody waits on this address with another size or operation, which the "
                    + "kernel refuses to mix; all who share a word must wait on 4 bytes of it";
        } else if (errno == etimedout) {
            return "ETIMEDOUT (" + errno + "): the time is over";
        }
        return "errno " + errno;
    }
}
