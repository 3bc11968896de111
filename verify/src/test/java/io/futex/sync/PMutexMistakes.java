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
        int announce(int s) {
            return s + ONE;
        }
    }

    /// One who sleeps again keeps the flag that may stand for itself.
    static class SleeperKeepsWoken extends NoMistake {
        @Override
        int sleepAgain(int s) {
            return s;
        }
    }

    /// One who gives up keeps the wake that may have been its own.
    static class LeaverKeepsWake extends NoMistake {
        @Override
        boolean mustPassOn(int s) {
            return false;
        }
    }

    /// One who gives up leaves the lock reserved for nobody.
    static class LeaverKeepsReserved extends NoMistake {
        @Override
        int leave(int s) {
            int left = super.leave(s);
            return left == 0 ? 0 : left | (s & RESERVED);
        }
    }
}
