/// Wait and wake on a 32-bit word: what futex(2), WaitOnAddress and `memory.atomic.wait32` are to other languages.
///
/// Read in this order:
///
/// 1. [io.futex.FutexWord], a word with its atomic operations, on which threads can sleep; `awaitChange` is the loop
///    that every wait needs
/// 2. [io.futex.Futex], the bare operations on any place in memory, with the whole contract: reasons to return, scopes,
///    time, order, closed arenas
/// 3. [io.futex.WaitResult] and [io.futex.FutexException], how a wait ends
/// 4. [io.futex.FutexSequence], a 64-bit counter that others write
/// 5. [io.futex.Capability], what differs between systems
///
/// The locks and other synchronizers made from it are in [io.futex.sync], channels in [io.futex.channel].
@org.jspecify.annotations.NullMarked
package io.futex;
