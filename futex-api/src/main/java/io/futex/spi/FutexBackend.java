package io.futex.spi;

import io.futex.Capability;
import io.futex.FutexWait;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One native wait and one native wake: all that an operating system contributes.
///
/// A backend is stateless to its callers and thread-safe. It has no loop over time, knows nothing of interrupts or
/// virtual threads, and may return early from a wait whenever the system does: the engine holds all policy. The engine
/// has checked the word (native, aligned, in bounds, alive) and never passes a count below 1 or a deadline that it
/// knows to be over.
public interface FutexBackend {
    /// The mask of a wake that is meant for every waiter.
    int ALL = -1;

    /// The deadline of a wait without one.
    long FOREVER = Long.MAX_VALUE;

    /// The backend's name as `-Dio.futex.backend` takes it.
    ///
    /// @return the name, in lower case
    String name();

    /// What this backend can do on this machine.
    ///
    /// @param shared whether for words shared between processes
    /// @return the capabilities; without [Capability#PROCESS_SHARED] for `shared`, the engine polls instead, asleep in
    ///     [#await] of a millisecond
    Set<Capability> capabilities(boolean shared);

    /// Sleeps once if the word holds `expected`, atomically with respect to [#wake].
    ///
    /// @param base the memory that holds the word; kept alive and open during the call where the binding can do so
    /// @param offset where in `base`, in bytes
    /// @param expected the value for which to sleep
    /// @param shared whether the word is shared with other processes
    /// @param mask bits of which a wake must match one; a backend without masks ignores it
    /// @param deadline on [System#nanoTime()]'s clock, [#FOREVER] for none
    /// @return why it returned; [Outcome#FAILED] where the system says so at a price that not every wait shall pay
    /// @throws IndexOutOfBoundsException when the word is not inside `base`
    /// @throws io.futex.FutexException when the system refuses
    /// @throws IllegalStateException when the memory has been closed
    Outcome await(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline);

    /// Why [#await], or [#awaitOwn], has just answered [Outcome#FAILED] to the calling thread, although the deadline is
    /// not over. It asks the system for the same once more, with a time that is over, so it never sleeps. It does not
    /// read the word, whose memory may be gone by now: the system can look at it without harm, the JVM cannot.
    ///
    /// @param base as of [#await]; of [#awaitOwn] the word itself
    /// @param offset where in `base`, in bytes
    /// @param expected the value for which to sleep
    /// @param shared whether the word is shared with other processes
    /// @param mask as of [#await]
    /// @param deadline on [System#nanoTime()]'s clock, [#FOREVER] for none
    /// @return anything but [Outcome#FAILED]; [Outcome#EARLY] if nothing is wrong
    /// @throws io.futex.FutexException when the system refuses
    default Outcome diagnose(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
        throw new UnsupportedOperationException("the backend " + name() + " must tell why a wait failed");
    }

    /// Wakes up to `count` threads that sleep on the word. Errors are not reported: after an unlock the memory may
    /// rightly be gone or be used for something else.
    ///
    /// @param base the memory that holds the word, or a segment of no size at its address: a wake neither reads the
    ///     word nor keeps its memory open, for whom it wakes may close that at once
    /// @param offset where in `base`, in bytes
    /// @param shared whether the word is shared with other processes
    /// @param mask bits of which a waiter's mask must match one; a backend without masks wakes regardless of them
    /// @param count how many at most, at least 1; [Integer#MAX_VALUE] for all
    /// @return how many were woken, or [io.futex.Futex#UNKNOWN]
    int wake(MemorySegment base, long offset, boolean shared, int mask, int count);

    /// Whether a wake of one tells if it woke anybody. Where it does not, the engine keeps platform threads that wait
    /// on words of this JVM in a list of its own, each asleep in [#awaitOwn] on a word that nobody else sleeps on: so a
    /// wake is claimed, and counted, before the system is asked.
    ///
    /// @return false if [#wake] of one may answer [io.futex.Futex#UNKNOWN]
    default boolean tellsWakeOfOne() {
        return true;
    }

    /// As [#await] for a word that belongs to the calling thread and is woken by [#wake] without masks. Called only
    /// where [#tellsWakeOfOne] is false.
    ///
    /// @param own the word, at the start of the segment
    /// @param expected the value for which to sleep
    /// @param held the memory that holds the word of the caller; kept open during the call where the binding can do so
    /// @param deadline on [System#nanoTime()]'s clock, [#FOREVER] for none
    /// @return why it returned, as of [#await]
    /// @throws io.futex.FutexException when the system refuses
    /// @throws IllegalStateException when `held` has been closed
    default Outcome awaitOwn(MemorySegment own, int expected, MemorySegment held, long deadline) {
        return await(own, 0, expected, false, ALL, deadline);
    }

    /// Whether [#awaitAny] works here.
    ///
    /// @return false unless overridden
    default boolean waitsForAny() {
        return false;
    }

    /// Sleeps once if all words hold what is expected, atomically with respect to [#wake]: shared ones, and one of the
    /// calling thread that is private to this process. Wakes of more than one word may be consumed; one is told.
    ///
    /// @param waits the shared words, at most [io.futex.Futex#MOST_WAITS]
    /// @param own the thread's own word, at the start of the segment; [MemorySegment#NULL] for none
    /// @param ownExpected its value for which to sleep
    /// @param deadline on [System#nanoTime()]'s clock, [#FOREVER] for none
    /// @return the index of a word that was woken, `waits.length` for the thread's own; below 0 if none was: the time
    ///     is over, or ask [#diagnoseAny]
    /// @throws IndexOutOfBoundsException when a word is not inside its memory
    default int awaitAny(FutexWait[] waits, MemorySegment own, int ownExpected, long deadline) {
        throw new UnsupportedOperationException("the backend " + name() + " waits for one word at a time");
    }

    /// Why [#awaitAny] has just failed, although the deadline is not over; by the same once more, with a time that is
    /// over.
    ///
    /// @param waits the shared words
    /// @return the index of a word that was woken meanwhile; below 0 if a word has changed, or nothing is wrong
    /// @throws io.futex.FutexException when the system refuses
    default int diagnoseAny(FutexWait[] waits) {
        throw new UnsupportedOperationException("the backend " + name() + " must tell why a wait failed");
    }

    /// Begins to wait on many words at once, for the calling thread. The engine calls it on a thread of its own, at
    /// first need; where it fails, each wait takes a thread.
    ///
    /// @param shared whether the words are shared with other processes
    /// @return waits that belong to the calling thread, which closes them
    /// @throws BackendUnavailableException where the system has no such thing or does not grant it; the message says
    ///     why
    default AsyncWaits openAsync(boolean shared) throws BackendUnavailableException {
        throw new BackendUnavailableException(name() + " has no wait on many words at once");
    }

    /// What tells locks in shared memory that their owner has ended. Asked for once, on a thread with much stack; it
    /// may start threads to find out whether that works.
    ///
    /// @return the system; null if it tells nobody, so that who waits must ask [#liveness()]
    /// @throws BackendUnavailableException where the binding cannot do what it takes; the message says why
    default @Nullable RobustSystem robust() throws BackendUnavailableException {
        return null;
    }

    /// Who is still there, of the processes and threads that share memory with this one. Asked for once, on a thread
    /// with much stack.
    ///
    /// @return what knows
    /// @throws BackendUnavailableException where nobody does; the message says what is missing
    default Liveness liveness() throws BackendUnavailableException {
        throw new BackendUnavailableException("the backend " + name() + " cannot tell whether a process has ended");
    }

    /// Makes a file of memory, zeroed, that has no name in any directory, and that nobody can shrink or grow.
    ///
    /// @param name for people
    /// @param bytes its size
    /// @return the file, open
    /// @throws UnsupportedOperationException where the system has no such files
    /// @throws IOException when the system refuses
    default MemoryFile createMemoryFile(String name, long bytes) throws IOException {
        throw new UnsupportedOperationException("the backend " + name()
                + " has no memory files that nobody can shrink; Linux has them: make the region by a path");
    }

    /// The address of a word to wait on. Whoever may wait on a word learns what it holds, so it must lie in memory that
    /// he was given: anybody can make a segment of no size at any address.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @return `base.address() + offset`
    /// @throws IndexOutOfBoundsException when the word is not inside `base`
    /// @throws IllegalArgumentException when `base` lies on the heap
    static long addressOf(MemorySegment base, long offset) {
        Objects.checkFromIndexSize(offset, Integer.BYTES, base.byteSize());
        if (!base.isNative()) {
            throw new IllegalArgumentException("the word lies on the heap");
        }
        return base.address() + offset;
    }

    /// How this backend reaches the system, for diagnosis: binding and calls.
    ///
    /// @return one line for people
    default String description() {
        return name();
    }
}
