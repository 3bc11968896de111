package io.futex.sync;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.internal.Deadline;
import io.futex.memory.MemoryChecks;
import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// Some words, and nothing else that others need: what all synchronizers have in common.
///
/// What is thrown inside of one, for want of stack or of memory, is what it is in `java.util.concurrent`: the call may
/// have had its effect, and somebody whom it should have woken may sleep until the next call.
abstract class Synchronizer {
    /// An interrupt ends the wait, which throws it, and clears the status.
    static final Interrupts<InterruptedException> OBEYED = new Interrupts<>(true);

    /// An interrupt does not end the wait; the status is kept.
    static final Interrupts<RuntimeException> DEFERRED = new Interrupts<>(false);

    final Words words;

    /// Where in there the first word is.
    final long at;

    Synchronizer(Words words, long at) {
        this.words = words;
        this.at = at;
    }

    Synchronizer(Words.Place place) {
        this(place.words(), place.offset());
    }

    /// Words in memory of the caller, checked.
    ///
    /// @param bytes how many
    static Words in(Futex futex, MemorySegment segment, long offset, long bytes) {
        MemoryChecks.requireWritable(segment, offset, bytes);
        return Words.in(futex, segment);
    }

    /// As [#in], where the first two words are used as one.
    static Words inPairs(Futex futex, MemorySegment segment, long offset, long bytes) {
        MemoryChecks.requireWritable(segment, offset, bytes, Long.BYTES);
        return Words.in(futex, segment);
    }

    // ---- waiting

    /// Sleeps on one of the words.
    ///
    /// @param field which, as an offset from the first
    /// @return whether the time was over
    final <X extends Exception> boolean sleep(long field, int value, long until, Interrupts<X> interrupts) throws X {
        return interrupts.await(words, at + field, value, until) == WaitResult.TIMED_OUT;
    }

    /// The same, for who does more about an interrupt than to throw it.
    final boolean sleep(long field, int value, long until, boolean interruptible) throws InterruptedException {
        return words.await(at + field, value, until, interruptible) == WaitResult.TIMED_OUT;
    }

    static long deadline(long timeout, TimeUnit unit) {
        return Deadline.after(timeout, Objects.requireNonNull(unit, "unit"));
    }

    /// What fails for the same reason, most likely since the memory was closed, adds nothing to it: nobody else can
    /// wait there either.
    static void alsoFailed(Throwable reason, Throwable gone) {
        if (gone.getClass() != reason.getClass()) {
            reason.addSuppressed(gone);
        }
    }

    // ---- for people

    /// What `describe` says, unless the memory cannot be read: then that.
    static String describe(String name, Description state) {
        try {
            return name + "[" + state.text() + "]";
        } catch (WrongThreadException e) {
            return name + "[of another thread]";
        } catch (IllegalStateException e) {
            return name + "[closed]";
        } catch (InternalError e) {
            return name + "[no memory any more]"; // of a file that is shorter now
        }
    }

    /// Reads the words.
    interface Description {
        String text();
    }
}
