package io.futex.sync;

/// The library's rules for models, and the same with one mistake each.
final class PermitMistakes {
    private PermitMistakes() {}

    /// Without what a model checker need not see: nobody looks twice, and the time is over when the test says so.
    static class NoMistake extends PermitRules {
        boolean over;

        NoMistake(boolean shared, boolean capped) {
            super(shared, capped);
        }

        @Override
        boolean isOver(long deadline) {
            return over;
        }

        @Override
        boolean spins() {
            return false;
        }
    }

    /// Makes the rules of a local semaphore or event.
    interface Planted {
        NoMistake of(boolean capped);
    }

    /// One who begins to sleep keeps the flag, which may stand for a virtual thread that has no carrier.
    static class NewSleeperKeepsWoken extends NoMistake {
        NewSleeperKeepsWoken(boolean capped) {
            super(false, capped);
        }

        @Override
        long announce(long s, long mine) {
            return super.announce(s, mine) | (mine != 0 ? 0 : s & WOKEN);
        }
    }

    /// One who goes to sleep again keeps the flag, which may stand for itself.
    static class SleeperKeepsWoken extends NoMistake {
        SleeperKeepsWoken(boolean capped) {
            super(false, capped);
        }

        @Override
        long announce(long s, long mine) {
            return mine != 0 ? s : super.announce(s, mine);
        }
    }

    /// One who gives up keeps the flag, which may stand for itself.
    static class LeaverKeepsWoken extends NoMistake {
        LeaverKeepsWoken(boolean capped) {
            super(false, capped);
        }

        @Override
        long leave(long s, long mine) {
            return super.leave(s, mine) | (s & WOKEN);
        }
    }

    /// One who gives up keeps the wake that was its own.
    static class LeaverKeepsWake extends NoMistake {
        LeaverKeepsWake(boolean capped) {
            super(false, capped);
        }

        @Override
        int passOn(long s, long next, boolean entered) {
            return entered ? super.passOn(s, next, true) : 0;
        }
    }

    /// One who takes a permit leaves the others to whoever comes, though their releases have woken nobody.
    static class TakerKeepsWakes extends NoMistake {
        TakerKeepsWakes(boolean capped) {
            super(false, capped);
        }

        @Override
        int passOn(long s, long next, boolean entered) {
            return entered ? 0 : super.passOn(s, next, false);
        }
    }

    /// One who gives up leaves a permit for itself behind: of an event two are kept for who comes.
    static class LeaverKeepsItsPermit extends NoMistake {
        LeaverKeepsItsPermit(boolean capped) {
            super(false, capped);
        }

        @Override
        long leave(long s, long mine) {
            return (s - SLEEPER) & ~WOKEN;
        }
    }

    /// Only who finds no permit wakes: the second release of two in a row wakes nobody.
    static class WakesFromNoneOnly extends NoMistake {
        WakesFromNoneOnly(boolean capped) {
            super(false, capped);
        }

        @Override
        int mustWake(long s, int n) {
            return permits(s) != 0 ? 0 : super.mustWake(s, n);
        }

        @Override
        long add(long s, int n) {
            return super.add(s, n) & ~WOKEN;
        }
    }
}
