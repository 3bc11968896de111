package io.futex.sync;

import io.futex.internal.Segments;

/// For how long a thread that finds no permit looks for one before it goes to sleep, and how often.
///
/// A permit that comes back within microseconds, as around a short section, is worth staying awake for: going to sleep
/// and being woken take longer, from both sides. One that comes back after milliseconds is not.
///
/// A look takes the cache line away from whoever uses the permit, 60 to 100 ns. Who waits for an answer should look
/// often all the same. But where a thread takes the permit and gives it back again and again, with little in between,
/// that is the time of several such sections, and it is better to let it do many of them in one go.
///
/// Which is the case, trying tells. Whoever looks closely has the others count the permits that they take meanwhile:
/// if it was overtaken several times, the looks of the next ones are distant. Whoever has looked and found a permit
/// has gained, else lost. Whatever does not pay is tried again by one thread in sixteen.
///
/// All of it is a guess, by plain fields that are written in a race. A wrong one costs time and nothing else.
final class PermitPace {
    // Pauses in units of Thread.onSpinWait(), some 20 to 40 ns on current x86-64. Each is twice as long as the last.

    /// The first between close looks: half a microsecond.
    static final int CLOSE = 16;
    /// The first between distant looks: 12 microseconds.
    static final int DISTANT = 512;
    private static final long NANOS = 40;

    /// Do not look again.
    static final int NEVER = Integer.MAX_VALUE;

    /// The longest pause of a thread that has come: 80 to 100 us in all.
    static final int ARRIVING_LONGEST = 2048;
    /// The longest pause of a thread that has slept, or is virtual, so that its carrier could run who has the permit:
    /// 10 us in all.
    static final int WOKEN_LONGEST = 256;

    private static final int WOKEN_DISTANT = 128;

    /// How often the others may have been faster for close looks to have paid.
    private static final int OVERTAKEN = 2;

    /// How many failures, or successes, are remembered.
    private static final int MEMORY = 4;

    private static final int TRY_EVERY = 16;

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /// Of looking: successes less failures, between plus and minus `MEMORY`.
    private int gain;

    /// Of close looks, likewise.
    private int closeness;

    private int refused;
    private int distant;

    private boolean watched;
    private int taken;

    /// A thread that has not slept takes a permit. Free of writes, but while somebody looks closely.
    void take() {
        if (watched) {
            taken++;
        }
    }

    /// A thread has come and found no permit.
    ///
    /// @param longest the longest pause that it may make
    /// @return its first pause: [#CLOSE], [#DISTANT] or [#NEVER]; if it is close, [#watch] is next
    int arriving(int longest) {
        // With one processor nobody can give a permit back while we look.
        if (PROCESSORS == 1 || (gain < 0 && ++refused % TRY_EVERY != 0)) {
            return NEVER;
        }
        if (closeness >= 0 || ++distant % TRY_EVERY == 0) {
            return CLOSE;
        }
        return DISTANT <= longest ? DISTANT : NEVER;
    }

    /// Makes others count the permits that they take.
    ///
    /// @return how many there have been
    int watch() {
        watched = true;
        return taken;
    }

    /// A thread that came has looked again.
    ///
    /// @param first its first pause
    /// @param before what [#watch] told, if that was close
    /// @param caught whether it has found a permit
    void looked(int first, int before, boolean caught) {
        gain = caught ? Math.min(gain + 1, MEMORY) : Math.max(gain - 1, -MEMORY);
        if (first == CLOSE) {
            watched = false;
            boolean paid = caught && taken - before <= OVERTAKEN;
            // A failure weighs more: between sections that are too short for it, one close look in two is lucky.
            closeness = paid ? Math.min(closeness + 1, MEMORY) : Math.max(closeness - 2, -MEMORY);
        }
    }

    /// A thread has slept.
    ///
    /// @return its first pause
    int woken() {
        return PROCESSORS == 1 ? NEVER : closeness >= 0 ? CLOSE : WOKEN_DISTANT;
    }

    /// Whether a pause ends before the time is over, as far as one can tell.
    static boolean fits(int pause, long deadline) {
        return deadline == Segments.FOREVER || System.nanoTime() + pause * NANOS < deadline;
    }
}
