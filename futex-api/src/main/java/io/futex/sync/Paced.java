package io.futex.sync;

import io.futex.memory.Words;
import org.jspecify.annotations.Nullable;

/// A synchronizer that has learned whether a thread which finds it closed should look again before it sleeps, and how
/// often.
///
/// A look takes the cache line from the owner, 60 to 100 ns. Who looks *closely* finds an opening at once; where
/// sections take 20 ns it costs the owner several of them, and *distant* looks are better. Which is the case, trying
/// tells: who looks closely has the others count their entries, and has lost if it was overtaken. What does not pay is
/// tried again by one in sixteen. All of it is a guess, by plain fields that are written in a race: a wrong one costs
/// time and nothing else.
///
/// Times are nanoseconds, by the clock: a [Thread#onSpinWait()] takes 1 to 40 of them, by processor and by compiler.
abstract class Paced extends Synchronizer {
    static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /// With one processor nobody can open while we look.
    static final boolean SPINS = PROCESSORS > 1;

    static final int NEVER = 0;
    static final int CLOSE = 250;
    static final int DISTANT = 16_000;
    static final int LONGEST = 32_000;

    /// How long to look in all: having come; having slept, or being virtual, so that the carrier could run the owner.
    static final int ARRIVING = 200_000;
    static final int WOKEN = 12_500;

    /// Between looks of who has barred the way of others.
    static final int RESERVED = 250;

    /// After a step that another thread has spoilt.
    private static final int SPOILT = 200;
    private static final int MOST_SPOILT = 4;

    private static final int WOKEN_DISTANT = 3_000;

    /// A pause that may as well go to another thread.
    private static final int YIELDING_FROM = 16_000;

    /// The time from one entry to the next below which looks cost more than they bring: above what two threads need
    /// that take turns with nothing inside, 150 to 250 ns, lest they never find out.
    private static final long FAST = 280;

    /// How often others may have been faster for close looks to have paid.
    private static final int OVERTAKEN = 2;

    /// How many failures, or successes, are remembered.
    private static final int MEMORY = 4;

    private static final int TRY_EVERY = 16;

    private byte gain; // of looking: successes less failures
    private byte closeness; // of close looks, likewise
    private byte refused;
    private byte distant;
    private boolean fast; // faster than looks are
    private boolean watched; // entries are counted

    /// Whether entries are always counted, and looks made even if those have not paid: where entering writes to this
    /// cache line anyway, and waking is dearer than all looks.
    private final boolean always;

    /// Whether a wake has failed, for want of stack or of memory. Who finds that somebody is on the way, and so would
    /// wake nobody, then makes it up: this is all that any synchronizer does about it. Written without a call, for the
    /// stack may be at its end.
    private boolean owesWake;

    private int entered;

    Paced(Words words, long at, boolean always) {
        super(words, at);
        this.always = always;
        this.watched = always;
    }

    /// A thread enters that has not slept. Free of writes, but while somebody looks.
    final void countEntry() {
        if (watched) {
            entered++;
        }
    }

    final int entered() {
        return entered;
    }

    /// A thread has come.
    ///
    /// @return its first pause, or [#NEVER]
    final int arrive() {
        if (!always && gain < 0 && ++refused % TRY_EVERY != 0) {
            return NEVER;
        }
        if (!watched) {
            watched = true;
        }
        return !fast && (closeness >= 0 || ++distant % TRY_EVERY == 0) ? CLOSE : DISTANT;
    }

    /// A thread that came has looked again.
    ///
    /// @param first its first pause
    /// @param before the entries when it came
    /// @param caught whether it has entered
    final void looked(int first, int before, boolean caught) {
        gain = (byte) (caught ? Math.min(gain + 1, MEMORY) : Math.max(gain - 1, -MEMORY));
        if (!always) {
            watched = false;
        }
        if (first == CLOSE) {
            // A failure weighs more: between sections that are too short for it, one close look in two is lucky.
            boolean paid = caught && entered - before <= OVERTAKEN;
            closeness = (byte) (paid ? Math.min(closeness + 1, MEMORY) : Math.max(closeness - 2, -MEMORY));
        }
    }

    /// A thread has slept.
    ///
    /// @return its first pause
    final int woken() {
        return closeness >= 0 ? CLOSE : WOKEN_DISTANT;
    }

    /// Whether not to rely on whoever is said to be on the way.
    final boolean owesWake() {
        return owesWake;
    }

    final void wake(Rules rules, int count) {
        owesWake = false;
        try {
            rules.wake(words, at, count);
        } catch (Throwable e) {
            owesWake = true;
            throw e;
        }
    }

    /// @param sleepers how many sleep, if one of them was woken and is on its way
    @SuppressWarnings("ThreadPriorityCheck") // yield: a hint is all that is wanted
    static void lookAway(int pause, int sleepers, @Nullable Paced pace) {
        boolean mayYield = pause >= YIELDING_FROM;
        // Somebody was woken and cannot run, since there are more of us than processors: make room.
        if (mayYield && sleepers > PROCESSORS) {
            Thread.yield();
            return;
        }
        int before = pace == null ? 0 : pace.entered;
        pause(pause);
        if (!mayYield || pace == null) {
            return;
        }
        int entries = pace.entered - before;
        if (pace.always) {
            pace.fast = entries * FAST > pause;
        }
        // Nobody has entered all the time: the owner has probably lost its processor, perhaps to us.
        if (pace.watched && entries == 0) {
            Thread.yield();
        }
    }

    /// After a compare-and-exchange that another thread has spoilt, where neither needs to wait for the other. To try
    /// again at once takes the cache line away before the other has made use of it, and spoils its next step in turn:
    /// two threads that only read-lock and unlock pass 60 to 100 ns a step that way, and 20 if they look away. Who has
    /// done so often goes on without: others may do without end what it tries to do once.
    ///
    /// @param before how many steps this call has lost before
    static void lookAwayOnce(int before) {
        if (SPINS && before < MOST_SPOILT) {
            pause(SPOILT);
        }
    }

    static void pause(int nanos) {
        for (long end = System.nanoTime() + nanos; System.nanoTime() < end; ) {
            Thread.onSpinWait();
            Thread.onSpinWait();
        }
    }
}
