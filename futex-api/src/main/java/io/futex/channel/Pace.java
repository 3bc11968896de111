package io.futex.channel;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/// How a party that must wait looks for its partner before it sleeps, and what a channel has learned about that.
///
/// A partner on another processor answers within a few looks. A platform thread goes on for about as long as waking it
/// would take: if it slept sooner, each side would always have to wake the other. A virtual thread's partner may be
/// waiting for this very carrier, so it yields; but a yield with nothing else to run costs several looks. Which is the
/// case, trying tells. All that is learned is a guess, by plain fields that are written in a race: a wrong one costs
/// time and nothing else.
final class Pace {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /// With one processor nobody can answer while we look.
    static final boolean LOOKS = PROCESSORS > 1;

    /// Carriers of virtual threads.
    private static final int CARRIERS = Integer.getInteger("jdk.virtualThreadScheduler.parallelism", PROCESSORS);

    /// Who looks for long occupies a processor. At most so many do so at a time in the whole process: one is left to
    /// those who have work.
    private static final int MOST_PATIENT = PROCESSORS - 1;

    private static final int MOST_PATIENT_VIRTUAL = Math.min(PROCESSORS, CARRIERS) - 1;

    /// The number of those, alone on its cache line.
    private static final AtomicIntegerArray PATIENT = new AtomicIntegerArray(65);

    private static final int AT = 32;

    /// How many times looking for long may fail before only one in sixteen tries.
    private static final int CREDIT = 8;

    private static final int TRY_EVERY = 16;
    private static final int PROBE_EVERY = 64;
    private static final int PROBE_PAUSES = 100;

    // Contention for a lock.
    private static final int FIRST_PAUSES = 4;
    private static final int MOST_PAUSES = 64;
    private static final int PAUSING_ROUNDS = 12;
    private static final int NAP_EVERY = 64;
    private static final long NAP_NANOS = 50_000;

    /// How long to look.
    ///
    /// @param looks how many at first
    /// @param pauses between two looks
    /// @param longNanos how long to go on, if it may be for ever
    /// @param yields how many after that
    /// @param looksAfterYield how many after each
    record Budget(int looks, int pauses, int longNanos, int yields, int looksAfterYield) {}

    private static final Budget PLATFORM_CELL = new Budget(10, 2, 48_000, 0, 0);
    private static final Budget VIRTUAL_CELL = new Budget(16, 2, 6_000, 8, 8);
    private static final Budget PLATFORM_ROOM = new Budget(8, 16, 30_000, 0, 0);
    private static final Budget VIRTUAL_ROOM = new Budget(2, 8, 6_000, 4, 2);

    /// Whether partners of virtual threads have last been found on other carriers.
    private boolean elsewhere = true;

    private int credit = CREDIT;
    private int refused;

    /// Looks for an answer.
    ///
    /// @param question see [Sections#isAnswered]
    /// @param inCell whether this party stands in a cell
    /// @param patient whether it may wait for ever
    void await(Core channel, int question, boolean inCell, boolean virtual, boolean patient) {
        if (virtual) {
            awaitVirtually(channel, question, inCell ? VIRTUAL_CELL : VIRTUAL_ROOM, patient);
            return;
        }
        Budget budget = inCell ? PLATFORM_CELL : PLATFORM_ROOM;
        if (!look(channel, question, budget.looks, budget.pauses)
                && patient
                && (credit > 0 || ++refused % TRY_EVERY == 0)
                && enter(MOST_PATIENT)) {
            boolean answered = lookPatiently(channel, question, budget);
            credit = answered ? CREDIT : Math.max(0, credit - 1);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint is all that is wanted
    private void awaitVirtually(Core channel, int question, Budget budget, boolean patient) {
        if (elsewhere) {
            if (look(channel, question, budget.looks, budget.pauses)) {
                return;
            }
            if (patient && enter(MOST_PATIENT_VIRTUAL)) {
                if (lookPatiently(channel, question, budget)) {
                    return;
                }
                elsewhere = false;
            }
        } else if (++refused % PROBE_EVERY == 0
                && look(channel, question, PROBE_PAUSES / budget.pauses, budget.pauses)) {
            elsewhere = true;
            return;
        }
        for (int i = 0; i < budget.yields; i++) {
            Thread.yield();
            if (channel.isAnswered(question)) {
                return; // by one who has had our carrier, as like as not
            }
            if (look(channel, question, budget.looksAfterYield, budget.pauses)) {
                elsewhere = true;
                return;
            }
        }
    }

    private static boolean look(Core channel, int question, int looks, int pauses) {
        for (int i = 0; ; i++) {
            if (channel.isAnswered(question)) {
                return true;
            }
            if (i == looks) {
                return false;
            }
            pause(pauses);
        }
    }

    /// By who has entered. By the clock: a pause takes 1 to 40 ns, by processor.
    private static boolean lookPatiently(Core channel, int question, Budget budget) {
        try {
            long end = System.nanoTime() + budget.longNanos;
            do {
                if (look(channel, question, budget.looks, budget.pauses)) {
                    return true;
                }
            } while (System.nanoTime() < end);
            return false;
        } finally {
            leave();
        }
    }

    private static boolean enter(int most) {
        Room.require(); // to leave again: else one the less may be patient, for ever
        if (PATIENT.get(AT) >= most) {
            return false;
        }
        if (PATIENT.incrementAndGet(AT) <= most) {
            return true;
        }
        leave();
        return false;
    }

    private static void leave() {
        PATIENT.decrementAndGet(AT);
    }

    static void pause(int pauses) {
        for (int i = 0; i < pauses; i++) {
            Thread.onSpinWait();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint is all that is wanted
    static void giveWay() {
        Thread.yield();
    }

    /// Between two looks at a lock: without a look in the meantime, and longer each time. Then the processor is given
    /// away, since the holder seems not to run. Not by sleeping alone: with the interrupt status set a sleep ends at
    /// once, and two virtual threads that spin so would keep their carriers for ever from a holder that has none, a
    /// select which waits for its next lock.
    @SuppressWarnings("ThreadPriorityCheck") // a hint is all that is wanted
    static void backOff(int round) {
        if (LOOKS && round < PAUSING_ROUNDS) {
            pause(Math.min(FIRST_PAUSES << round, MOST_PAUSES));
            return;
        }
        Thread.yield();
        if (round % NAP_EVERY == NAP_EVERY - 1 && !Thread.currentThread().isVirtual()) {
            boolean interrupted = Thread.interrupted();
            LockSupport.parkNanos(NAP_NANOS);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
