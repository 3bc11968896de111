package io.futex;

import io.futex.internal.Backends;
import io.futex.internal.Deadline;
import io.futex.memory.MemoryChecks;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Sleep on a 32-bit word of memory until somebody wakes it.
///
/// `wait` atomically checks that the word still holds the expected value and goes to sleep; `wake` ends the sleep of
/// threads that wait on the same word. Because the check and the going to sleep are one step with respect to wakes, a
/// thread that changes the word first and wakes second can never slip its wake into the gap before the sleep.
///
/// ## The loop
/// A wait returns for any of these reasons, and the result is only a hint at which one it was:
///
/// - the word did not hold the expected value when it was looked at ([WaitResult#CHANGED]),
/// - a wake was meant for this thread ([WaitResult#WOKEN]),
/// - nothing at all: a *spurious* return, also [WaitResult#WOKEN], which any implementation may produce at any time,
/// - the time is over ([WaitResult#TIMED_OUT]; never early),
/// - the thread was interrupted ([InterruptedException], status cleared; a wake that the wait may have absorbed has
///   been passed on to another waiter).
///
/// So a wait stands in a loop that re-reads the word, and this is the only valid shape:
///
/// ```java
/// // waiter                                          // waker
/// while (word.getAcquire() == BUSY) {                word.setRelease(FREE);    // first the change
///     futex.wait(segment, BUSY);                     futex.wakeOne(segment);   // then the wake
/// }
/// ```
///
/// [FutexWord#awaitChange(int)] is this loop, written once.
///
/// ## Words
/// A word is native memory of at least 4 bytes at an address divisible by 4 in an open arena. For anything else the
/// methods throw [NullPointerException], [IllegalArgumentException] (heap memory, misaligned, shorter than 4 bytes),
/// [IndexOutOfBoundsException] (an offset form outside its segment), [IllegalStateException] (arena closed) or
/// [WrongThreadException] (the confined arena of another thread). The word holds an `int` in native byte order. Waits
/// only read it, so they work on read-only memory.
///
/// The memory of a word may be closed, unmapped or used for something else once every call on it has *returned*, the
/// last waking one included: the JVM stops a thread inside an access when the arena closes. While a platform thread is
/// in a native wait made by FFM, closing the arena of the word fails with [IllegalStateException]. No such guard exists
/// for other waiters (virtual threads, the backends `portable` and `polling`, but for the milliseconds that the latter
/// may spend in a native wait): wake them all before you close the arena. One that sleeps over the end of its arena
/// gets [IllegalStateException] when it is next woken, interrupted or timed out.
///
/// ## Errors
/// A wait throws [FutexException] where the system refuses it for a reason that has no other meaning here, such as a
/// lack of kernel memory. A wake never fails: after an unlock the memory may rightly be gone.
///
/// ## Scope
/// [#local()] is for words that only this copy of the library waits on and wakes, and knows a word by its virtual
/// address: two mappings of one file are two words. [#shared()] is for words in memory that other processes, or native
/// code, wait on or wake. Waiters of one scope are never found by wakes of the other, even on the same word; nor are
/// the local waiters of another copy of the library in this JVM, such as that of another web application: two class
/// loaders that each have a copy share words by [#shared()].
///
/// ## Time
/// A time of zero or less looks at the word once and never blocks. A time that overflows means for ever. Every call has
/// one absolute deadline on [System#nanoTime()]'s clock, so early returns of the system do not stretch it.
///
/// ## Order
/// A wake that found nobody is not remembered. Everything a thread did before a wake happens-before what the waiter
/// does after it has re-read the word with `getAcquire` or stronger and seen the waker's value. A wake begins with a
/// full fence, so a plain write of the word before it is not reordered after it.
///
/// ## Easily misread
/// - `futex.wait(segment, 0, 1000)` waits at offset 0 for as long as the word is 1000; it is not a timeout. Times
///   always come with a [TimeUnit].
/// - `futex.wake(segment, 8)` wakes up to 8 threads; `futex.wakeOne(segment, 8)` wakes one at offset 8.
/// - `word.awaitUntil(5, 1_000_000)` takes a deadline, not a duration.
/// - `futex.wait(5)` and `word.wait(5)` are [Object#wait(long)].
///
/// ## Thread states
/// The JVM shows a platform thread in a native wait as `RUNNABLE`, like one in any native call. It uses no processor
/// time. Virtual threads never block their carrier.
///
/// ## Limits
/// - *Truncated files.* Where a mapped file was truncated, a wait on a word beyond its end throws [InternalError], as a
///   rule, since the JVM guards such an access; but it does not guard all of them. As of JDK 25 a volatile read or an
///   atomic step there may end the JVM, and so may a wait, which reads the word. A platform thread that slept there on
///   a shared word is found by neither wakes nor interrupts any more; only the end of its time ends the wait. So nobody
///   may truncate a file whose words are in use. (To delete it does no harm.)
/// - *Interruptible channels.* An interruptible wait of a platform thread lets the JVM tell it of interrupts as a
///   [channel][java.nio.channels.spi.AbstractInterruptibleChannel] does, and a thread has room for one of them. So a
///   wait between a channel's `begin()` and `end()` takes the channel's place: an interrupt ends the wait, and then
///   does not close the channel. There, wait uninterruptibly, or before `begin()`.
/// - *Virtual threads on shared words.* On Linux 6.7 and later one thread of this library waits for all of them, by an
///   io_uring of 256 entries. Where that is not to be had, which is so in most containers, platform threads do, up to
///   `-Dio.futex.pool.threads` (64) at a time, and by FFM they hold the arena of the word open as if they had called.
///   Virtual threads beyond those look at the word every millisecond, at some 3 us of processor time a look.
///   `Futex.shared().toString()` says which it is, once it was needed, and why. All of it ends a second after the last
///   wait. For tests, `-Dio.futex.async=pool` does without the io_uring, and `-Dio.futex.async=polling` without both.
///
/// Implementations are thread-safe. Sources: futex(2), futex(7); Hubertus Franke, Rusty Russell, Matthew Kirkwood,
/// *Fuss, Futexes and Furwocks* (2002); `memory.atomic.wait32` in the WebAssembly threads proposal.
public interface Futex {
    /// The answer of a wake where the system does not tell how many threads it woke.
    int UNKNOWN = -1;

    /// The futex for words that only this copy of the library uses: the fastest, knows virtual threads, and skips the
    /// system call when nobody waits.
    ///
    /// Where the system's own backend is missing or unusable it is the backend `portable`, and a warning is logged
    /// once. With `-Dio.futex.require=native` it fails instead, and so does [#shared()].
    ///
    /// @return the same object at every call
    /// @throws IllegalStateException if `-Dio.futex.backend`, `-Dio.futex.binding` or `-Dio.futex.require` asks for
    ///     what is unknown or unusable; the message lists what is usable, and why the rest is not
    static Futex local() {
        return Backends.local();
    }

    /// The futex for words in memory that other processes or native code share.
    ///
    /// Where the system cannot wait across processes it is the backend `polling`, without [Capability#PROCESS_SHARED]:
    /// correct, but it notices a wake only after up to a millisecond.
    ///
    /// @return the same object at every call
    /// @throws IllegalStateException as [#local()]
    static Futex shared() {
        return Backends.shared();
    }

    /// Every futex that works on this machine, of both scopes, best first. For tests and diagnosis: words are shared by
    /// agreeing on one, which [#local()] and [#shared()] do.
    ///
    /// @return an unmodifiable list; never empty
    static List<Futex> available() {
        return Backends.available();
    }

    /// Every other backend that is known, and why it is not in [#available()].
    ///
    /// @return an unmodifiable map from the backend's name to the reason
    static Map<String, String> unavailable() {
        return Backends.unavailable();
    }

    /// The backend's name: `linux`, `macos`, `windows`, `portable` or `polling`.
    ///
    /// @return the name
    String backend();

    /// Whether this futex is for words shared with other processes or native code.
    ///
    /// @return true for the scope of [#shared()]
    boolean isShared();

    /// What this futex can do on this machine beyond the contract. It may lose some of it: a seccomp filter that is
    /// installed after the first use takes calls away, for which others then stand in.
    ///
    /// @return an unmodifiable set, as of now
    Set<Capability> capabilities();

    /// Sleeps while the word holds `expected`, until woken or interrupted; see the class for the loop to put around it.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @param expected the value for which to sleep
    /// @return [WaitResult#WOKEN] or [WaitResult#CHANGED]
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    default WaitResult wait(MemorySegment word, int expected) throws InterruptedException {
        return wait(MemoryChecks.requireLength(word), 0, expected);
    }

    /// Sleeps while the word holds `expected`, until woken, interrupted or timed out.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @param expected the value for which to sleep
    /// @param timeout how long; zero or less looks at the word once
    /// @param unit of `timeout`
    /// @return why it returned, as a hint
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    default WaitResult wait(MemorySegment word, int expected, long timeout, TimeUnit unit) throws InterruptedException {
        return wait(MemoryChecks.requireLength(word), 0, expected, timeout, unit);
    }

    /// As [#wait(MemorySegment, int)], but an interrupt does not end it: the status is kept for the caller.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @param expected the value for which to sleep
    /// @return [WaitResult#WOKEN] or [WaitResult#CHANGED]
    default WaitResult waitUninterruptibly(MemorySegment word, int expected) {
        return waitUninterruptibly(MemoryChecks.requireLength(word), 0, expected);
    }

    /// As [#wait(MemorySegment, int, long, TimeUnit)], but an interrupt does not end it: the status is kept.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @param expected the value for which to sleep
    /// @param timeout how long; zero or less looks at the word once
    /// @param unit of `timeout`
    /// @return why it returned, as a hint
    default WaitResult waitUninterruptibly(MemorySegment word, int expected, long timeout, TimeUnit unit) {
        return waitUninterruptibly(MemoryChecks.requireLength(word), 0, expected, timeout, unit);
    }

    /// Wakes one thread that waits on the word, usually the one that has waited longest.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @return how many threads were woken (0 or 1), or [#UNKNOWN]
    default int wakeOne(MemorySegment word) {
        return wakeOne(MemoryChecks.requireLength(word), 0);
    }

    /// Wakes every thread that waits on the word.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @return how many threads were woken, or [#UNKNOWN]
    default int wakeAll(MemorySegment word) {
        return wakeAll(MemoryChecks.requireLength(word), 0);
    }

    /// Wakes up to `count` threads that wait on the word; without [Capability#WAKE_COUNT] perhaps more.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @param count how many at most; 0 wakes nobody
    /// @return how many threads were woken, or [#UNKNOWN]
    /// @throws IllegalArgumentException if `count` is negative
    default int wake(MemorySegment word, int count) {
        return wake(MemoryChecks.requireLength(word), 0, count);
    }

    /// [#wait(MemorySegment, int)] on a word inside a larger segment, without making a slice.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @param expected the value for which to sleep
    /// @return [WaitResult#WOKEN] or [WaitResult#CHANGED]
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    default WaitResult wait(MemorySegment base, long offset, int expected) throws InterruptedException {
        return waitUntil(base, offset, expected, Deadline.FOREVER);
    }

    /// [#wait(MemorySegment, int, long, TimeUnit)] on a word inside a larger segment.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @param expected the value for which to sleep
    /// @param timeout how long; zero or less looks at the word once
    /// @param unit of `timeout`
    /// @return why it returned, as a hint
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    default WaitResult wait(MemorySegment base, long offset, int expected, long timeout, TimeUnit unit)
            throws InterruptedException {
        return waitUntil(base, offset, expected, Deadline.after(timeout, unit));
    }

    /// [#waitUninterruptibly(MemorySegment, int)] on a word inside a larger segment.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @param expected the value for which to sleep
    /// @return [WaitResult#WOKEN] or [WaitResult#CHANGED]
    default WaitResult waitUninterruptibly(MemorySegment base, long offset, int expected) {
        return waitUntilUninterruptibly(base, offset, expected, Deadline.FOREVER);
    }

    /// [#waitUninterruptibly(MemorySegment, int, long, TimeUnit)] on a word inside a larger segment.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @param expected the value for which to sleep
    /// @param timeout how long; zero or less looks at the word once
    /// @param unit of `timeout`
    /// @return why it returned, as a hint
    default WaitResult waitUninterruptibly(MemorySegment base, long offset, int expected, long timeout, TimeUnit unit) {
        return waitUntilUninterruptibly(base, offset, expected, Deadline.after(timeout, unit));
    }

    /// [#wakeOne(MemorySegment)] on a word inside a larger segment.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @return how many threads were woken (0 or 1), or [#UNKNOWN]
    default int wakeOne(MemorySegment base, long offset) {
        return wake(base, offset, 1);
    }

    /// [#wakeAll(MemorySegment)] on a word inside a larger segment.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @return how many threads were woken, or [#UNKNOWN]
    default int wakeAll(MemorySegment base, long offset) {
        return wake(base, offset, Integer.MAX_VALUE);
    }

    /// [#wake(MemorySegment, int)] on a word inside a larger segment.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @param count how many at most; 0 wakes nobody
    /// @return how many threads were woken, or [#UNKNOWN]
    /// @throws IllegalArgumentException if `count` is negative
    int wake(MemorySegment base, long offset, int count);

    /// Sleeps while the word holds `expected`, until woken, interrupted, or an absolute point in time: for loops of the
    /// caller, which so compute their deadline once.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @param expected the value for which to sleep
    /// @param deadlineNanos on [System#nanoTime()]'s clock, compared by value; [Long#MAX_VALUE] is for ever, and a
    ///     point in the past looks at the word once
    /// @return why it returned, as a hint
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    WaitResult waitUntil(MemorySegment base, long offset, int expected, long deadlineNanos) throws InterruptedException;

    /// As [#waitUntil], but an interrupt does not end it: the status is kept for the caller.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @param expected the value for which to sleep
    /// @param deadlineNanos as for [#waitUntil]
    /// @return why it returned, as a hint
    WaitResult waitUntilUninterruptibly(MemorySegment base, long offset, int expected, long deadlineNanos);

    /// How many words one [#waitAny] takes at most. Linux takes 128, of which one is for interrupts.
    int MOST_WAITS = 127;

    /// Sleeps while all of several words hold their expected values, as [#wait(MemorySegment, int)] does on one:
    ///
    /// ```java
    /// for (; ; ) {
    ///     int a = left.getAcquire();
    ///     int b = right.getAcquire();
    ///     if (isNews(a, b)) {
    ///         break;
    ///     }
    ///     int hint = futex.waitAny(new FutexWait[] {
    ///         new FutexWait(segment, 0, a), new FutexWait(segment, 64, b)
    ///     });
    /// }
    /// ```
    ///
    /// The index is a hint as every result of a wait is: another word may have changed too, and a return may be
    /// spurious. The same word may be there more than once. A wake of *local* words is counted, and consumed, for the
    /// word that is told alone. Of *shared* words the system consumes the wakes of all that come before the thread has
    /// left, and tells one of them; so all others are woken once more, and nobody who sleeps there loses his wake, but
    /// he may return spuriously. Needs futex_waitv, Linux 5.16; virtual threads look at shared words every millisecond
    /// instead.
    ///
    /// A closed arena, a word in the wrong place, ordering and fairness are as of the other waits; no arena is kept
    /// open meanwhile.
    ///
    /// @param waits the words and their values, 1 to [#MOST_WAITS]; not to be changed meanwhile
    /// @return the index of a word that was woken or had changed
    /// @throws InterruptedException if the thread was interrupted before or during the wait; wakes that it may have
    ///     absorbed have been passed on
    /// @throws IllegalArgumentException for no words, or for too many
    /// @throws UnsupportedOperationException without [Capability#WAIT_ANY]
    /// @see <a href="https://docs.kernel.org/userspace-api/futex2.html">futex_waitv</a>
    default int waitAny(FutexWait[] waits) throws InterruptedException {
        throw new UnsupportedOperationException("waitAny: " + this + " lacks the capability WAIT_ANY");
    }

    /// As [#waitAny(FutexWait\[\])], for a limited time.
    ///
    /// @param waits the words and their values
    /// @param timeout how long; zero or less looks at the words once
    /// @param unit of `timeout`
    /// @return the index of a word that was woken or had changed, or -1 when the time is over
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    /// @throws UnsupportedOperationException without [Capability#WAIT_ANY]
    default int waitAny(FutexWait[] waits, long timeout, TimeUnit unit) throws InterruptedException {
        throw new UnsupportedOperationException("waitAny: " + this + " lacks the capability WAIT_ANY");
    }

    /// As [#waitAny(FutexWait\[\], long, TimeUnit)], but an interrupt does not end it: the status is kept for the
    /// caller.
    ///
    /// @param waits the words and their values
    /// @param timeout how long; zero or less looks at the words once
    /// @param unit of `timeout`
    /// @return the index of a word that was woken or had changed, or -1 when the time is over
    /// @throws UnsupportedOperationException without [Capability#WAIT_ANY]
    default int waitAnyUninterruptibly(FutexWait[] waits, long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException("waitAny: " + this + " lacks the capability WAIT_ANY");
    }

    /// [#waitAsync(MemorySegment, long, int, long, TimeUnit)] without a time, on a word at the start of its segment.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @param expected the value for which to wait
    /// @return a future of [WaitResult#WOKEN] or [WaitResult#CHANGED]
    default CompletableFuture<WaitResult> waitAsync(MemorySegment word, int expected) {
        return waitAsync(MemoryChecks.requireLength(word), 0, expected);
    }

    /// [#waitAsync(MemorySegment, long, int, long, TimeUnit)] without a time.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @param expected the value for which to wait
    /// @return a future of [WaitResult#WOKEN] or [WaitResult#CHANGED]
    default CompletableFuture<WaitResult> waitAsync(MemorySegment base, long offset, int expected) {
        return waitAsync(base, offset, expected, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }

    /// Waits while the word holds `expected`, without the calling thread: the future completes when the wait would have
    /// returned, for the same reasons, the spurious one included. So this too belongs into a loop:
    ///
    /// ```java
    /// CompletableFuture<Void> whenFree(MemorySegment word) {
    ///     return (int) WORD.getAcquire(word, 0L) != BUSY
    ///             ? CompletableFuture.completedFuture(null)
    ///             : futex.waitAsync(word, BUSY).thenCompose(unused -> whenFree(word));
    /// }
    /// ```
    ///
    /// *When it begins.* On a local word the wait has begun when this method returns. On a shared word it begins some
    /// 50 us later: who changes the word first and wakes second is not missed, since the wait then finds the change;
    /// but a wake without a change, right after this call, may find nobody yet.
    ///
    /// *Who completes it.* Always a virtual thread of its own, which also runs what depends on the future without an
    /// executor: a continuation may block without keeping anybody else from being woken. Never the thread that wakes.
    /// Only a future that is complete when this method returns is not.
    ///
    /// *To give it up*, complete the future: by `cancel`, `complete`, or `orTimeout`. That takes the wait back, before
    /// any continuation runs; a wake that it consumed just before is passed on to another waiter, so none is lost. To
    /// cancel a stage that was derived from it does not reach the wait. What nobody completes waits for as long as the
    /// memory lives.
    ///
    /// Nobody's interrupt ends it. The memory must stay open while it waits, as for a virtual thread: a future whose
    /// arena was closed completes with [IllegalStateException] when it is next woken or timed out.
    ///
    /// @param base the memory that holds the word; for a shared word not in a confined arena
    /// @param offset where in `base`, in bytes
    /// @param expected the value for which to wait
    /// @param timeout how long; zero or less looks at the word once
    /// @param unit of `timeout`
    /// @return a future of the result, as a hint; completed already if the word held another value. It completes
    ///     exceptionally with what a wait would have thrown
    /// @throws UnsupportedOperationException without [Capability#ASYNC]
    default CompletableFuture<WaitResult> waitAsync(
            MemorySegment base, long offset, int expected, long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException(
                "waitAsync: " + this + " lacks the capability ASYNC; it has " + capabilities());
    }
}
