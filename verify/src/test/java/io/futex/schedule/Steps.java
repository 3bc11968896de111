package io.futex.schedule;

import io.futex.internal.Deadline;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.ToLongFunction;

/// What the code that a [SteppedLoader] has rewritten calls; and what games do to their players.
///
/// By a thread that is no player they are what they stand for, without a step.
public final class Steps {
    private static final long LOCK = 1;
    /// Of a channel's state, all but the lock and the version.
    private static final long VALUE = (1L << 35) - 2;

    /// The states of a cell up to this one are entered and left under the lock alone.
    private static final int MINE = 1;

    /// The long field of an object, without a step.
    static volatile ToLongFunction<Object> peek = object -> 0;

    /// The higher of the two states of cells.
    static volatile ToLongFunction<Object> cells = object -> 0;

    private static final ThreadLocal<Boolean> FAILS = ThreadLocal.withInitial(() -> false);

    private Steps() {}

    /// Of the classes that are played with next.
    static void peekBy(ToLongFunction<Object> ofState, ToLongFunction<Object> ofCells) {
        peek = ofState;
        cells = ofCells;
    }

    // ---- for rewritten code. Of an object, part 0 is its volatile long, and part 1 its volatile ints together.

    /// Before a look.
    public static void readsLong(Object object) {
        step();
    }

    public static void readsInt(Object object) {
        if (!isMine(object) || cells.applyAsLong(object) > MINE) {
            step();
        }
    }

    /// After it. Of the state of a channel what one may act on: not that it is locked, nor how often it was.
    public static void saw(long value) {
        know(value & VALUE);
    }

    public static void saw(int value) {
        know(value);
    }

    /// After it, where the lock is taken if it is free.
    public static void sawLock(long value) {
        know(value & (VALUE | LOCK));
    }

    /// After it, by a select, which may look again to see whether there was no section.
    public static void sawVersion(long value) {
        Schedule schedule = Schedule.ofPlayer();
        if (schedule != null) {
            schedule.saw(schedule.looksTwice() ? value & ~LOCK : value & VALUE);
        }
    }

    private static void know(long value) {
        Schedule schedule = Schedule.ofPlayer();
        if (schedule != null) {
            schedule.saw(value);
        }
    }

    private static void step() {
        Schedule schedule = Schedule.ofPlayer();
        if (schedule != null) {
            schedule.step();
        }
    }

    public static void writesLong(Object object) {
        step();
        wrote(object, 0);
    }

    public static void writesInt(Object object, int value) {
        if (value > MINE || !isMine(object)) {
            step();
        }
        wrote(object, 1);
    }

    private static void wrote(Object object, int part) {
        Schedule schedule = Schedule.ofPlayer();
        if (schedule != null) {
            schedule.writes(object, part);
        }
    }

    private static boolean isMine(Object object) {
        Schedule schedule = Schedule.ofPlayer();
        return schedule != null && schedule.holds(object);
    }

    /// Without a step of its own: that came before the look.
    public static <T> boolean compareAndSet(AtomicLongFieldUpdater<T> field, T object, long before, long after) {
        boolean set = field.compareAndSet(object, before, after);
        know(set ? 1 : 0);
        Schedule schedule = Schedule.ofPlayer();
        if (schedule != null && set) {
            schedule.took(object);
        }
        return set;
    }

    public static <T> boolean compareAndSet(AtomicIntegerFieldUpdater<T> field, T object, int before, int after) {
        step();
        return setAfterLook(field, object, before, after);
    }

    public static <T> boolean setAfterLook(AtomicIntegerFieldUpdater<T> field, T object, int before, int after) {
        boolean set = field.compareAndSet(object, before, after);
        wrote(object, 1);
        know(set ? 1 : 0);
        step(); // the other may go on before what is done next here
        return set;
    }

    public static <T> void lazySet(AtomicLongFieldUpdater<T> field, T object, long value) {
        writesLong(object);
        field.lazySet(object, value);
    }

    public static <T> void lazySet(AtomicIntegerFieldUpdater<T> field, T object, int value) {
        boolean visible = value > MINE || !isMine(object);
        writesInt(object, value);
        field.lazySet(object, value);
        if (visible) {
            step(); // likewise
        }
    }

    /// Before all of `lock`, which is one step.
    public static void awaitUnlocked(Object channel) {
        Schedule schedule = Schedule.ofPlayer();
        if (schedule != null) {
            schedule.lock(() -> (peek.applyAsLong(channel) & LOCK) == 0, channel);
        }
    }

    /// Where the end of a section is awaited, by who is not in it.
    public static void awaitEndOfSection(Object channel) {
        Schedule schedule = Schedule.ofPlayer();
        if (schedule != null) {
            schedule.await(() -> (peek.applyAsLong(channel) & LOCK) == 0);
        }
    }

    /// A wait in a cell, where no time passes.
    public static void pace(boolean inCell) {
        if (inCell && FAILS.get()) {
            throw new StackOverflowError();
        }
    }

    public static void sleep(Object thread, long deadline) {
        Schedule schedule = Schedule.ofPlayer();
        if (schedule == null || !Thread.currentThread().equals(thread)) {
            throw new AssertionError("sleeps outside of a schedule, or in another's name");
        }
        schedule.sleep(deadline != Deadline.FOREVER);
    }

    public static void wake(Object thread) {
        Schedule schedule = Schedule.ofPlayer();
        if (schedule != null) {
            schedule.wake((Thread) thread);
        }
    }

    public static boolean interrupted() {
        Schedule schedule = Schedule.ofPlayer();
        return schedule != null && schedule.takeInterrupt();
    }

    public static void interrupt(Thread self) {
        Schedule schedule = Schedule.ofPlayer();
        if (schedule != null) {
            schedule.interrupt(schedule.of(self));
        }
    }

    public static boolean isOver(long deadline) {
        Schedule schedule = Schedule.ofPlayer();
        return deadline != Deadline.FOREVER && schedule != null && schedule.isTimeOver();
    }

    public static int draw(int bound) {
        Schedule schedule = Schedule.ofPlayer();
        return schedule == null ? 0 : schedule.draw(bound);
    }

    // ---- for games

    /// Interrupts the player of that number, from 0.
    public static void interruptPlayer(int number) {
        Schedule schedule = Schedule.ofPlayer();
        schedule.interrupt(schedule.player(number));
    }

    /// The time of that player is over, now and in all its waits.
    public static void endTimeOf(int number) {
        Schedule schedule = Schedule.ofPlayer();
        schedule.endTime(schedule.player(number));
    }

    /// Whether the stack of this player ends when it waits in a cell.
    public static void failInCell(boolean fails) {
        FAILS.set(fails);
    }

    /// What the current player will do depends on this alone.
    public static void forgetAllBut(Object shown) {
        Schedule schedule = Schedule.ofPlayer();
        schedule.forgetAllBut(shown);
    }
}
