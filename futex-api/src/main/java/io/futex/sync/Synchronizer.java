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
    final boolean sleep(long field, int value, long until, boolean interruptible) throws InterruptedException {
        return words.await(at + field, value, until, interruptible) == WaitResult.TIMED_OUT;
    }

    /// The begin of each interruptible wait.
    static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    static AssertionError cannotHappen(InterruptedException e) {
        return new AssertionError("an uninterruptible wait was interrupted", e);
    }

    static long deadline(long timeout, TimeUnit unit) {
        return Deadline.after(timeout, Objects.requireNonNull(unit, "unit"));
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
