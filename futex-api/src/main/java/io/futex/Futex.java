package io.futex;

import io.futex.internal.Backends;
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
/// While a platform thread is in a native wait made by FFM, closing the arena of the word fails with
/// [IllegalStateException]. No such guard exists for other waiters (virtual threads, the backends `portable` and
/// `polling`, but for the milliseconds that the latter may spend in a native wait): wake them all before you close the
/// arena. One that sleeps over the end of its arena gets [IllegalStateException] when it is next woken, interrupted or
/// timed out.
///
/// ## Errors
/// A wait throws [FutexException] where the system refuses it for a reason that has no other meaning here, such as a
/// lack of kernel memory. A wake never fails: after an unlock the memory may rightly be gone.
///
/// Where a mapped file was truncated, a wait on a word beyond its end throws [InternalError], as the JVM does where it
/// reads such a mapping. An atomic step there may end the JVM, whose interpreter does not guard those, as of JDK 25. A
/// platform thread that slept there on a shared word is found by neither wakes nor interrupts any more; only the end of
/// its time ends the wait. So wake them all, and let nobody use the words any more, before you truncate.
///
/// ## Scope
/// [#local()] is for words that only this JVM waits on and wakes, and knows a word by its virtual address: two mappings
/// of one file are two words. [#shared()] is for words in memory that other processes, or native code, wait on or wake.
/// Waiters of one scope are never found by wakes of the other, even on the same word.
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
/// Implementations are thread-safe. Sources: futex(2), futex(7); Hubertus Franke, Rusty Russell, Matthew Kirkwood,
/// *Fuss, Futexes and Furwocks* (2002); `memory.atomic.wait32` in the WebAssembly threads proposal.
public interface Futex {
    /// The answer of a wake where the system does not tell how many threads it woke.
    int UNKNOWN = -1;

    /// The futex for words that only this JVM uses: the fastest, knows virtual threads, and skips the system call when
    /// nobody waits.
    ///
    /// @return the same object at every call
    /// @throws IllegalStateException if `-Dio.futex.backend` or `-Dio.futex.binding` asks for what is unknown or
    ///     unusable; the message lists what is usable, and why the rest is not
    static Futex local() {
        return Backends.local();
    }

    /// The futex for words in memory that other processes or native code share.
    ///
    /// Where the system cannot wait across processes it is the backend `polling`, without
    /// [Capability#PROCESS_SHARED]: correct, but it notices a wake only after up to a millisecond.
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
    WaitResult wait(MemorySegment word, int expected) throws InterruptedException;

    /// Sleeps while the word holds `expected`, until woken, interrupted or timed out.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @param expected the value for which to sleep
    /// @param timeout how long; zero or less looks at the word once
    /// @param unit of `timeout`
    /// @return why it returned, as a hint
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    WaitResult wait(MemorySegment word, int expected, long timeout, TimeUnit unit) throws InterruptedException;

    /// As [#wait(MemorySegment, int)], but an interrupt does not end it: the status is kept for the caller.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @param expected the value for which to sleep
    /// @return [WaitResult#WOKEN] or [WaitResult#CHANGED]
    WaitResult waitUninterruptibly(MemorySegment word, int expected);

    /// As [#wait(MemorySegment, int, long, TimeUnit)], but an interrupt does not end it: the status is kept.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @param expected the value for which to sleep
    /// @param timeout how long; zero or less looks at the word once
    /// @param unit of `timeout`
    /// @return why it returned, as a hint
    WaitResult waitUninterruptibly(MemorySegment word, int expected, long timeout, TimeUnit unit);

    /// Wakes one thread that waits on the word, usually the one that has waited longest.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @return how many threads were woken (0 or 1), or [#UNKNOWN]
    int wakeOne(MemorySegment word);

    /// Wakes every thread that waits on the word.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @return how many threads were woken, or [#UNKNOWN]
    int wakeAll(MemorySegment word);

    /// Wakes up to `count` threads that wait on the word; without [Capability#WAKE_COUNT] perhaps more.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @param count how many at most; 0 wakes nobody
    /// @return how many threads were woken, or [#UNKNOWN]
    /// @throws IllegalArgumentException if `count` is negative
    int wake(MemorySegment word, int count);

    /// [#wait(MemorySegment, int)] on a word inside a larger segment, without making a slice.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @param expected the value for which to sleep
    /// @return [WaitResult#WOKEN] or [WaitResult#CHANGED]
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    WaitResult wait(MemorySegment base, long offset, int expected) throws InterruptedException;

    /// [#wait(MemorySegment, int, long, TimeUnit)] on a word inside a larger segment.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @param expected the value for which to sleep
    /// @param timeout how long; zero or less looks at the word once
    /// @param unit of `timeout`
    /// @return why it returned, as a hint
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    WaitResult wait(MemorySegment base, long offset, int expected, long timeout, TimeUnit unit)
            throws InterruptedException;

    /// [#waitUninterruptibly(MemorySegment, int)] on a word inside a larger segment.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @param expected the value for which to sleep
    /// @return [WaitResult#WOKEN] or [WaitResult#CHANGED]
    WaitResult waitUninterruptibly(MemorySegment base, long offset, int expected);

    /// [#waitUninterruptibly(MemorySegment, int, long, TimeUnit)] on a word inside a larger segment.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @param expected the value for which to sleep
    /// @param timeout how long; zero or less looks at the word once
    /// @param unit of `timeout`
    /// @return why it returned, as a hint
    WaitResult waitUninterruptibly(MemorySegment base, long offset, int expected, long timeout, TimeUnit unit);

    /// [#wakeOne(MemorySegment)] on a word inside a larger segment.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @return how many threads were woken (0 or 1), or [#UNKNOWN]
    int wakeOne(MemorySegment base, long offset);

    /// [#wakeAll(MemorySegment)] on a word inside a larger segment.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @return how many threads were woken, or [#UNKNOWN]
    int wakeAll(MemorySegment base, long offset);

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

    /// Sleeps while all of several words hold their expected values.
    ///
    /// @param waits the words and their values
    /// @param timeout how long; zero or less looks at the words once
    /// @param unit of `timeout`
    /// @return the index of a word that was woken or had changed, or -1 when the time is over
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    /// @throws UnsupportedOperationException without [Capability#WAIT_ANY]; no backend has it yet
    int waitAny(FutexWait[] waits, long timeout, TimeUnit unit) throws InterruptedException;

    /// Waits without a thread: the future completes when the wait would have returned.
    ///
    /// @param word at least 4 bytes, of which the first 4 are the word
    /// @param expected the value for which to wait
    /// @return a future of the result
    /// @throws UnsupportedOperationException without [Capability#ASYNC]; no backend has it yet
    CompletableFuture<WaitResult> waitAsync(MemorySegment word, int expected);
}
