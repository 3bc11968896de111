package io.futex.macos;

import java.util.List;

/// The two families of calls, the best first. All of them meet in the kernel: a waiter of one is woken by another.
enum Generation {
    /// The public ones, macOS 14.4. They tell errors by errno.
    OS_SYNC(
            Function.OS_SYNC_WAIT,
            Function.OS_SYNC_WAIT_WITH_TIMEOUT,
            Function.OS_SYNC_WAKE_ANY,
            Function.OS_SYNC_WAKE_ALL),
    /// What stands behind the public ones, macOS 11. They return the error, if so asked.
    ULOCK(Function.ULOCK_WAIT2, Function.ULOCK_WAKE);

    /// All that it needs.
    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    final List<Function> functions;

    Generation(Function... functions) {
        this.functions = List.of(functions);
    }
}
