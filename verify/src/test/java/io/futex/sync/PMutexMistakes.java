package io.futex.sync;

/// The library's rules for models, and the same with one mistake each: every one is a lost wake that reasoning has once
/// missed.
final class PMutexMistakes {
    private PMutexMistakes() {}

    /// Without what a model checker need not see: nobody looks twice, who has slept is impatient at once, and the time
    /// is over when the test says so.
    static class NoMistake extends PMutexRules {
        boolean over;

        NoMistake() {
            super(false);
        }

        @Override
        boolean isOver(long deadline) {
            return over;
        }

        @Override
        boolean spins() {
            return false;
        }

        @Override
        boolean isImpatient(long since) {
            return true;
        }
    }

    /// A new sleeper keeps the flag that stands for somebody else.
    static class NewSleeperKeepsWoken extends NoMistake {
        @Override
        long announce(long s, long mine) {
            return mine != 0 ? super.announce(s, mine) : s + ONE;
        }
    }

    /// One who sleeps again keeps the flag that may stand for itself.
    static class SleeperKeepsWoken extends NoMistake {
        @Override
        long announce(long s, long mine) {
            return mine != 0 ? s : super.announce(s, mine);
        }
    }

    /// One who gives up keeps the wake that may have been its own.
    static class LeaverKeepsWake extends NoMistake {
        @Override
        int passOn(long s, long next, boolean entered) {
            return 0;
        }
    }

    /// One who gives up leaves the lock reserved for nobody.
    static class LeaverKeepsReserved extends NoMistake {
        @Override
        long leave(long s, long mine) {
            long left = super.leave(s, mine);
            return left == 0 ? 0 : left | (s & RESERVED);
        }
    }
}
