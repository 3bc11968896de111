package io.futex.internal;

import io.futex.memory.MemoryChecks;
import io.futex.memory.ModelScheduler;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/// What the code that a [PollerLoader] has rewritten calls, in the one game that is being played.
final class PollerSteps {
    /// Of a thread.
    private static final class State {
        boolean permit;
        boolean interrupted;
    }

    private static ModelScheduler scheduler;
    private static Map<Thread, State> states;
    private static int many;
    private static long clock;

    /// How many park with a deadline, which the clock must come to.
    private static int timed;

    /// Started, and run by nobody yet.
    private static Queue<Runnable> started;

    private PollerSteps() {}

    static void begin(ModelScheduler next, int threshold) {
        scheduler = next;
        states = new HashMap<>();
        started = new ArrayDeque<>();
        many = threshold;
        clock = 1;
        timed = 0;
    }

    static void end() {
        scheduler = null;
    }

    private static State of(Thread thread) {
        return states.computeIfAbsent(thread, unused -> new State());
    }

    // ---- for rewritten code

    static void step() {
        if (scheduler != null) {
            scheduler.step();
        }
    }

    static int many() {
        return many;
    }

    static void park(Object blocker) {
        parkNanos(blocker, FutexBackend.FOREVER);
    }

    /// A millisecond or so may pass at any moment.
    static void parkNanos(Object blocker, long nanos) {
        State self = of(Thread.currentThread());
        long end = nanos == FutexBackend.FOREVER ? nanos : clock + nanos;
        boolean counts = nanos != FutexBackend.FOREVER;
        timed += counts ? 1 : 0;
        scheduler.block(() -> self.permit || self.interrupted || clock >= end || nanos < PollerGame.TICK);
        timed -= counts ? 1 : 0;
        self.permit = false;
    }

    static void unpark(Thread thread) {
        scheduler.step();
        of(thread).permit = true;
    }

    static boolean interrupted() {
        State self = of(Thread.currentThread());
        boolean was = self.interrupted;
        self.interrupted = false;
        return was;
    }

    static void interrupt(Thread thread) {
        scheduler.step();
        of(thread).interrupted = true;
    }

    static void start(Thread thread) {
        started.add(thread);
    }

    static long nanoTime() {
        return clock;
    }

    /// Whoever has no poller looks, and is woken for no reason.
    static Outcome await(
            FutexBackend backend,
            MemorySegment base,
            long offset,
            int expected,
            long deadline,
            boolean interruptible,
            Object blocker) {
        scheduler.step();
        if (interruptible && interrupted()) {
            return Outcome.EARLY;
        }
        return MemoryChecks.read(base, offset) == expected ? Outcome.WOKEN : Outcome.CHANGED;
    }

    /// As if the pool had no thread.
    static Outcome await(
            PooledWaits pool,
            MemorySegment base,
            long offset,
            int expected,
            long deadline,
            boolean interruptible,
            Engine engine) {
        return null;
    }

    // ---- for the game

    static void tick() {
        clock += PollerGame.TICK;
    }

    static boolean isTimed() {
        return timed > 0;
    }

    static Runnable nextStarted() {
        return started.poll();
    }

    static boolean hasStarted() {
        return !started.isEmpty();
    }
}
