package io.futex.wasm;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.internal.Deadline;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import run.endive.runtime.Memory;

/// A [Futex] whose words lie in one shared WebAssembly memory, where guests wait for and notify the same words.
///
/// A word is named by its byte offset, the address that the guests use:
///
/// ```java
/// // Java                                             // guest, in C
/// while (memory.atomicReadInt(64) == BUSY) {          atomic_store(word, FREE);
///     futex.waitAt(64, BUSY);                         __builtin_wasm_memory_atomic_notify(word, 1);
/// }
/// ```
///
/// The methods of [Futex] take [#word(int)]; over a [SharedWasmMemory] also any segment in it, so that a primitive
/// written for the common interface works on a guest's word. Segments are refused, with [IllegalArgumentException],
/// if they do not lie in this memory. Values passed with an offset are those that guests see (little-endian); values
/// passed with a segment are in this machine's order, as Java reads them through the segment.
///
/// ## Over which memory
/// - Over [SharedWasmMemory#create] everything that [Futex] says holds, and more: waiters, guests and Java threads
///   alike, are served first come first served, all counts are exact, no wait returns [WaitResult#WOKEN] unless a wake
///   was meant for it, and virtual threads never block their carriers.
/// - Over [SharedWasmMemory#map] it is [Futex#shared()] on the words of the file: [#isShared()], and the capabilities
///   of that, except waiting on several words and without a thread.
/// - Over a memory of Endive's own (`ByteArrayMemory`, `ByteBufferMemory`) the waits are those of its queue, which
///   keeps less than [Futex] says:
///   - *Order and fairness.* A notify leaves a permit that is nobody's and wakes all waiters of the word; one of them
///     takes it, and the others go back to sleep. If the next notify comes before they have, its permit goes to
///     whichever of them is the next to pass. So nobody is first come first served, and neither platform nor virtual
///     threads are sure of their share.
///   - *Interrupts.* A waiter that is interrupted while a notify is under way takes the notify along, even one that was
///     meant for another. So an interrupted wait here wakes another waiter of the word before it throws (for a guest a
///     return without a notify); an uninterruptible wait looks at the word again and sleeps on, if need be through a
///     notify before which nobody has changed the word. But nothing helps when a *guest's* thread is interrupted in a
///     wait.
///   - *Allocation.* Each wait that reaches the queue leaves some 40 bytes of garbage, each wake 16, and each word that
///     was ever waited on costs some 80 bytes for as long as the memory lives.
///   - *Time.* A timed wait sleeps by whole milliseconds.
///
/// [#viaInstructions] is the same interface by other means: it executes `memory.atomic.wait32` and `notify`.
///
/// A guest's host must not close over what this class cannot: an [Instance][run.endive.runtime.Instance] is for one
/// thread at a time, see [InstancePerThread].
///
/// Source: the WebAssembly threads proposal, `memory.atomic.wait32` and `memory.atomic.notify`.
public final class WasmFutex implements Futex {
    private static final Set<Capability> IN_PROCESS =
            Set.of(Capability.REPORTS_CHANGED, Capability.REPORTS_WOKEN_COUNT, Capability.WAKE_COUNT);

    /// What a shared futex may have and this interface lacks.
    private static final Set<Capability> NOT_HERE = EnumSet.of(Capability.WAIT_ANY, Capability.ASYNC);

    private final Memory memory;
    private final WordPlaces places;
    private final WordQueue queue;
    private final boolean shared;
    private final Set<Capability> capabilities;

    private WasmFutex(Memory memory, WordQueue queue) {
        this.memory = memory;
        this.places = new WordPlaces(memory);
        this.queue = queue;
        if (memory instanceof SharedWasmMemory own && own.queue() instanceof MappedQueue mapped) {
            Set<Capability> found = EnumSet.copyOf(mapped.futex().capabilities());
            found.removeAll(NOT_HERE);
            this.shared = true;
            this.capabilities = Set.copyOf(found);
        } else {
            this.shared = false;
            this.capabilities = IN_PROCESS;
        }
    }

    /// The futex of a memory's words.
    ///
    /// @param memory a shared one, the same object that the guests import
    /// @return a new object; all futexes over one memory reach the same waiters
    /// @throws IllegalArgumentException if the memory is not shared: nobody can wait on it
    public static WasmFutex over(Memory memory) {
        requireShared(memory);
        return memory instanceof SharedWasmMemory own
                ? new WasmFutex(memory, own.queue())
                : new WasmFutex(memory, new RuntimeQueue(new MethodCalls(memory), false));
    }

    /// As [#over], but each wait and wake executes the instruction, in a small module that each calling thread has its
    /// own instance of. The waiters are the same. It costs some hundred nanoseconds and 500 bytes of garbage more. And
    /// an uninterruptible waiter loses its place in the order to an interrupt: Endive ends the instruction, which is
    /// then executed anew.
    ///
    /// @param memory a shared one, the same object that the guests import
    /// @return a new object; all futexes over one memory reach the same waiters
    /// @throws IllegalArgumentException if the memory is not shared: nobody can wait on it
    public static WasmFutex viaInstructions(Memory memory) {
        requireShared(memory);
        boolean exact = memory instanceof SharedWasmMemory own && own.queue().isExact();
        return new WasmFutex(memory, new RuntimeQueue(new InstructionCalls(memory), exact));
    }

    private static void requireShared(Memory memory) {
        if (!memory.shared()) {
            throw new IllegalArgumentException("the memory is not shared, so nobody can wait on its words");
        }
    }

    /// The handle of a word, to pass to the methods of [Futex].
    ///
    /// Over a [SharedWasmMemory] it is the 4 bytes of the word, which Java may read and write, and which has an
    /// address as any native memory. Over a memory of Endive's own it is an empty segment with the offset for its
    /// address, which nobody can read through and every other futex refuses.
    ///
    /// @param offset of the word in the memory, in bytes
    /// @return its handle
    /// @throws IndexOutOfBoundsException if the memory as it is now ends before the word does
    /// @throws IllegalArgumentException if the offset is not divisible by 4
    public MemorySegment word(int offset) {
        return places.word(offset);
    }

    // ---- by byte offset

    /// Sleeps while the word holds `expected`, until woken or interrupted; see [Futex] for the loop to put around it.
    ///
    /// @param offset of the word in the memory, in bytes
    /// @param expected the value for which to sleep, as guests see it
    /// @return [WaitResult#WOKEN] or [WaitResult#CHANGED]
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    /// @throws IndexOutOfBoundsException if the memory as it is now ends before the word does
    /// @throws IllegalArgumentException if the offset is not divisible by 4
    public WaitResult waitAt(int offset, int expected) throws InterruptedException {
        return await(places.require(offset), expected, Deadline.FOREVER);
    }

    /// Sleeps while the word holds `expected`, until woken, interrupted or timed out.
    ///
    /// @param offset of the word in the memory, in bytes
    /// @param expected the value for which to sleep, as guests see it
    /// @param timeout how long; zero or less looks at the word once
    /// @param unit of `timeout`
    /// @return why it returned
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    /// @throws IndexOutOfBoundsException if the memory as it is now ends before the word does
    /// @throws IllegalArgumentException if the offset is not divisible by 4
    public WaitResult waitAt(int offset, int expected, long timeout, TimeUnit unit) throws InterruptedException {
        return await(places.require(offset), expected, deadline(timeout, unit));
    }

    /// As [#waitAt(int, int)], but an interrupt does not end it: the status is kept for the caller.
    ///
    /// @param offset of the word in the memory, in bytes
    /// @param expected the value for which to sleep, as guests see it
    /// @return [WaitResult#WOKEN] or [WaitResult#CHANGED]
    /// @throws IndexOutOfBoundsException if the memory as it is now ends before the word does
    /// @throws IllegalArgumentException if the offset is not divisible by 4
    public WaitResult waitAtUninterruptibly(int offset, int expected) {
        return awaitUninterruptibly(places.require(offset), expected, Deadline.FOREVER);
    }

    /// As [#waitAt(int, int, long, TimeUnit)], but an interrupt does not end it: the status is kept.
    ///
    /// @param offset of the word in the memory, in bytes
    /// @param expected the value for which to sleep, as guests see it
    /// @param timeout how long; zero or less looks at the word once
    /// @param unit of `timeout`
    /// @return why it returned
    /// @throws IndexOutOfBoundsException if the memory as it is now ends before the word does
    /// @throws IllegalArgumentException if the offset is not divisible by 4
    public WaitResult waitAtUninterruptibly(int offset, int expected, long timeout, TimeUnit unit) {
        return awaitUninterruptibly(places.require(offset), expected, deadline(timeout, unit));
    }

    /// Wakes one waiter of the word, guest or Java thread: the one that has waited longest, over a memory of
    /// [SharedWasmMemory#create].
    ///
    /// @param offset of the word in the memory, in bytes
    /// @return how many were woken (0 or 1), or [Futex#UNKNOWN]
    /// @throws IndexOutOfBoundsException if the memory as it is now ends before the word does
    /// @throws IllegalArgumentException if the offset is not divisible by 4
    public int wakeOneAt(int offset) {
        return queue.wake(places.require(offset), 1);
    }

    /// Wakes every waiter of the word, guest or Java thread.
    ///
    /// @param offset of the word in the memory, in bytes
    /// @return how many were woken, or [Futex#UNKNOWN]
    /// @throws IndexOutOfBoundsException if the memory as it is now ends before the word does
    /// @throws IllegalArgumentException if the offset is not divisible by 4
    public int wakeAllAt(int offset) {
        return queue.wake(places.require(offset), Integer.MAX_VALUE);
    }

    /// Wakes up to `count` waiters of the word, guests or Java threads.
    ///
    /// @param offset of the word in the memory, in bytes
    /// @param count how many at most; 0 wakes nobody
    /// @return how many were woken, or [Futex#UNKNOWN]
    /// @throws IndexOutOfBoundsException if the memory as it is now ends before the word does
    /// @throws IllegalArgumentException if the offset is not divisible by 4, or `count` is negative
    public int wakeAt(int offset, int count) {
        return wakeUpTo(places.require(offset), count);
    }

    // ---- by segment

    @Override
    public WaitResult wait(MemorySegment word, int expected) throws InterruptedException {
        return await(places.offsetOf(word), places.value(expected), Deadline.FOREVER);
    }

    @Override
    public WaitResult wait(MemorySegment word, int expected, long timeout, TimeUnit unit) throws InterruptedException {
        return await(places.offsetOf(word), places.value(expected), deadline(timeout, unit));
    }

    @Override
    public WaitResult waitUninterruptibly(MemorySegment word, int expected) {
        return awaitUninterruptibly(places.offsetOf(word), places.value(expected), Deadline.FOREVER);
    }

    @Override
    public WaitResult waitUninterruptibly(MemorySegment word, int expected, long timeout, TimeUnit unit) {
        return awaitUninterruptibly(places.offsetOf(word), places.value(expected), deadline(timeout, unit));
    }

    @Override
    public WaitResult waitUntil(MemorySegment base, long offset, int expected, long deadlineNanos)
            throws InterruptedException {
        return await(places.offsetOf(base, offset), places.value(expected), deadlineNanos);
    }

    @Override
    public WaitResult waitUntilUninterruptibly(MemorySegment base, long offset, int expected, long deadlineNanos) {
        return awaitUninterruptibly(places.offsetOf(base, offset), places.value(expected), deadlineNanos);
    }

    @Override
    public int wakeOne(MemorySegment word) {
        return queue.wake(places.offsetOf(word), 1);
    }

    @Override
    public int wakeAll(MemorySegment word) {
        return queue.wake(places.offsetOf(word), Integer.MAX_VALUE);
    }

    @Override
    public int wake(MemorySegment word, int count) {
        return wakeUpTo(places.offsetOf(word), count);
    }

    @Override
    public int wake(MemorySegment base, long offset, int count) {
        return wakeUpTo(places.offsetOf(base, offset), count);
    }

    // ---- in the order of the contract: arguments, a pending interrupt, the value, the time

    private static long deadline(long timeout, TimeUnit unit) {
        return Deadline.after(timeout, Objects.requireNonNull(unit, "unit"));
    }

    private WaitResult await(int at, int expected, long deadline) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (memory.atomicReadInt(at) != expected) {
            return WaitResult.CHANGED;
        }
        return Deadline.isOver(deadline) ? WaitResult.TIMED_OUT : queue.await(at, expected, false, deadline, true);
    }

    private WaitResult awaitUninterruptibly(int at, int expected, long deadline) {
        if (memory.atomicReadInt(at) != expected) {
            return WaitResult.CHANGED;
        }
        if (Deadline.isOver(deadline)) {
            return WaitResult.TIMED_OUT;
        }
        try {
            return queue.await(at, expected, false, deadline, false);
        } catch (InterruptedException e) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
    }

    private int wakeUpTo(int at, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("cannot wake " + count + " threads");
        }
        return count == 0 ? 0 : queue.wake(at, count);
    }

    // ---- identity

    /// `wasm`.
    @Override
    public String backend() {
        return "wasm";
    }

    /// Whether the memory lies in a mapped file.
    @Override
    public boolean isShared() {
        return shared;
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    /// Backend, scope, and how waiters sleep.
    @Override
    public String toString() {
        return "Futex[wasm, " + (shared ? "shared" : "local") + ", " + queue.description() + "]";
    }
}
