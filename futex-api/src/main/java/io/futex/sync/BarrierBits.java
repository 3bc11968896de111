package io.futex.sync;

/// The bits of a barrier's words, as functions of the value found.
///
/// The *state* is the generation above the number of threads that have arrived in it, and one bit that says *broken*.
/// The number takes just as many bits as the parties need, so that the generation comes round as late as possible.
///
/// Two logs say which of the recent generations a reset has ended. Who was in one of them may look late, when others
/// have ended since, one way or the other: the *run* knows the last resets that came one after the other, however many,
/// and the generation before them; the *marks* know each of the last few. Both have the generation of the last reset
/// above their 12 bits, and are 0 as long as there was none.
final class BarrierBits {
    /// Nobody passes, until a reset.
    static final int BROKEN = 1 << 31;

    private static final int POSITION = ~BROKEN;

    private static final int LOG_SHIFT = 12;
    private static final int LOW = (1 << LOG_SHIFT) - 1;

    /// A run that has come to this length is this long or longer.
    private static final int LONGEST = LOW;

    /// Bit 0 marks the last reset itself, and is always set.
    private static final int MARKS_BEFORE = LOG_SHIFT - 1;

    private final int parties;
    private final int countBits;
    private final int countMask;

    /// How many low bits of a generation go into a log.
    private final int logBits;

    BarrierBits(int parties) {
        this.parties = parties;
        countBits = Integer.SIZE - Integer.numberOfLeadingZeros(parties - 1);
        countMask = (1 << countBits) - 1;
        logBits = Math.min(Integer.SIZE - LOG_SHIFT, Integer.SIZE - 1 - countBits);
    }

    // ---- the state

    static boolean isBroken(int s) {
        return s < 0;
    }

    int generation(int s) {
        return (s & POSITION) >>> countBits;
    }

    int arrived(int s) {
        return s & countMask;
    }

    /// How many are missing when the next one has arrived.
    int missing(int s) {
        return parties - 1 - arrived(s);
    }

    /// The beginning of the generation after this one.
    int next(int s) {
        return ((s & POSITION & ~countMask) + countMask + 1) & POSITION;
    }

    // ---- the logs

    /// A reset has ended a generation: the run after that.
    int extend(int run, int generation) {
        int length = isOneBefore(run, generation) ? Math.min(run & LOW, LONGEST - 1) : 0;
        return generation << LOG_SHIFT | (length + 1);
    }

    /// A reset has ended a generation: the marks after that.
    int mark(int marks, int generation) {
        int since = marks == 0 ? -1 : distance(generation, logged(marks));
        int older = since < 0 || since > MARKS_BEFORE ? 0 : (marks & LOW) << since;
        return generation << LOG_SHIFT | (older & LOW) | 1;
    }

    /// Whether a log has this generation as its last.
    boolean isRecorded(int log, int generation) {
        return log != 0 && distance(generation, logged(log)) == 0;
    }

    /// Whether a log is so old that it would some day be taken for new.
    boolean isStale(int log, int generation) {
        return log != 0 && age(logged(log), generation, logBits) >= 1 << (logBits - 2);
    }

    /// Whether a generation that is over was ended by a reset. If neither log remembers, yes.
    ///
    /// @param run the one log
    /// @param marks the other
    /// @param generation the one in question
    /// @param now the state at the same time
    boolean wasReset(int run, int marks, int generation, int now) {
        if (run == 0) {
            return false;
        }
        // Old logs are wiped, so one that is left says: there has been a reset since then.
        if (age(generation, generation(now), Integer.SIZE - 1 - countBits) >= 1 << (logBits - 2)) {
            return true;
        }
        int before = distance(logged(run), generation);
        int length = run & LOW;
        if (before < length) {
            return before >= 0;
        }
        if (before == length && length < LONGEST) {
            return false; // a run ends where a generation has passed
        }
        // Written after the run, so they may not have the very last reset yet. That was a later one.
        before = distance(logged(marks), generation);
        return before > MARKS_BEFORE || (before >= 0 && (marks & 1 << before) != 0);
    }

    private boolean isOneBefore(int log, int generation) {
        return log != 0 && distance(generation, logged(log)) == 1;
    }

    private static int logged(int log) {
        return log >>> LOG_SHIFT;
    }

    private static int age(int old, int now, int bits) {
        return (now - old) & (int) ((1L << bits) - 1);
    }

    /// How much later one generation is than another, less than zero if it was before.
    private int distance(int later, int earlier) {
        int unused = Integer.SIZE - logBits;
        return (later - earlier) << unused >> unused;
    }
}
