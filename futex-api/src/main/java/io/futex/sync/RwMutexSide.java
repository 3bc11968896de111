package io.futex.sync;

import io.futex.memory.Words;

/// The steps of readers, or of writers, as [SlowPath] makes them: its state is the lock's in the low half, and above
/// that the turn on which this side sleeps.
final class RwMutexSide extends Rules {
    private final RwMutexRules rules;
    private final boolean writes;

    RwMutexSide(RwMutexRules rules, boolean writes) {
        this.rules = rules;
        this.writes = writes;
    }

    // ---- where the state lies

    @Override
    long look(Words words, long at) {
        long turn = words.get(sleepsAt(at)); // before the state: see the rules
        return turn << Integer.SIZE | Integer.toUnsignedLong(words.get(at));
    }

    /// @return the same turn, with another state of the lock
    private static long with(long s, int next) {
        return (s ^ Integer.toUnsignedLong((int) s)) | Integer.toUnsignedLong(next);
    }

    @Override
    long sleepsAt(long at) {
        return at + (writes ? RwMutexRules.WRITERS_TURN : RwMutexRules.READERS_TURN);
    }

    @Override
    int slept(long s) {
        return (int) (s >>> Integer.SIZE);
    }

    // ---- looking

    @Override
    boolean isOpen(long s, long mine) {
        int state = (int) s;
        if (writes) {
            return mine != 0 ? rules.isOpenToCountedWriter(state) : RwMutexRules.isOpenToWriter(state);
        }
        return RwMutexRules.isOpenToReader(state, mine != 0 && (slept(s ^ mine) & -RwMutexRules.TURN) != 0);
    }

    /// While the lock is reserved, who has not slept has no chance: looking would only be in the way.
    @Override
    boolean isWorthALook(long s, long mine) {
        return mine != 0 || !RwMutexRules.isReserved((int) s);
    }

    // ---- stepping

    @Override
    long enter(long s, long mine) {
        if (!writes && RwMutexRules.isFull((int) s)) {
            throw RwMutexRules.full();
        }
        return with(s, writes ? rules.takeWrite((int) s, mine != 0) : rules.takeRead((int) s, mine != 0));
    }

    @Override
    long announce(long s, long mine) {
        return writes ? with(s, rules.announceWrite((int) s)) : s | RwMutexRules.READERS_WAIT;
    }

    /// A reader may reserve it though a writer has: else writers that are never alone in waiting too long would keep it
    /// out. One that no writer stops needs not to.
    @Override
    long reserve(long s) {
        int state = (int) s;
        if (writes) {
            return RwMutexRules.isHeld(state) && !RwMutexRules.isReserved(state) ? s | RwMutexRules.WRITERS_FIRST : s;
        }
        return RwMutexRules.isWriteLocked(state) ? s | RwMutexRules.READERS_FIRST : s;
    }

    @Override
    long leave(long s, long mine) {
        return with(s, writes ? rules.leaveWrite((int) s) : rules.leaveRead((int) s));
    }

    // ---- waking

    @Override
    int passOn(long s, long next, boolean entered) {
        if (entered) {
            return 0;
        }
        int whom = rules.wakes((int) s, (int) next) | rules.deputies((int) next);
        return writes ? whom | rules.whoFollowsWriter() : whom;
    }

    @Override
    void wake(Words words, long at, int whom) {
        if ((whom & RwMutexRules.ALL_READERS) != 0) {
            wake(words, at + RwMutexRules.READERS_TURN, RwMutexRules.TURN, Integer.MAX_VALUE);
        }
        if ((whom & RwMutexRules.ONE_WRITER) != 0) {
            wake(words, at + RwMutexRules.WRITERS_TURN, 1, 1);
        }
        if ((whom & (RwMutexRules.ALL_READERS | RwMutexRules.DEPUTY_READER)) == RwMutexRules.DEPUTY_READER) {
            wake(words, at + RwMutexRules.READERS_TURN, 1, 1);
        }
    }

    private static void wake(Words words, long turn, int step, int count) {
        words.getAndAdd(turn, step);
        words.wakeEntrants(turn, count);
    }

    // ---- time

    @Override
    long trust(long s) {
        return rules.isLocal() && RwMutexRules.isHeld((int) s) ? FOR_EVER : rules.trustNanos();
    }

    /// Nobody has come for as long as that, nor has the turn changed: whoever was on the way may have been killed. All
    /// who sleep shall look for themselves; if it was only slow, that costs no more than an order of coming.
    @Override
    int distrust(Words words, long at, long s) {
        boolean given = !RwMutexRules.isHeld((int) s) && look(words, at) == s && step(words, at, s, 0);
        return given ? RwMutexRules.EVERYBODY : 0;
    }

    @Override
    boolean isImpatient(long since) {
        return rules.isImpatient(since);
    }

    @Override
    boolean isOver(long deadline) {
        return rules.isOver(deadline);
    }

    @Override
    boolean spins() {
        return rules.spins();
    }
}
