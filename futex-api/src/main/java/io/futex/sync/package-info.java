/// Synchronizers of a few bytes: what `java.util.concurrent` and Go's `sync` have, on words that may lie in memory
/// which other processes share.
///
/// Read in this order: [io.futex.sync.PMutex] with [io.futex.sync.PCondition], [io.futex.sync.Semaphore],
/// [io.futex.sync.Event], [io.futex.sync.Doorbell], [io.futex.sync.WaitGroup], [io.futex.sync.RwMutex],
/// [io.futex.sync.Once], [io.futex.sync.Barrier], [io.futex.sync.Parker].
///
/// What all have in common: an interruptible method throws [InterruptedException] if the thread was interrupted before,
/// even if there is nothing to wait for, and clears the status; an uninterruptible one keeps it. A time of zero or less
/// looks once. Memory of the caller may be closed, or used for something else, once every call on the synchronizer has
/// returned, the one that released the last waiter included. Virtual threads may use all of them: waiting does not
/// block their carrier. Platform threads allocate nothing. What is printed never throws.
///
/// What the memory holds, and what a killed process leaves behind, stands in `docs/layouts.md`; C programs include
/// `interop/c/futex_sync.h` to use a shared one.
@org.jspecify.annotations.NullMarked
package io.futex.sync;
