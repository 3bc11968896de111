package io.futex.sync;

/// The library's rules for models, and the same with one mistake each.
final class SemaphoreMistakes {
    private SemaphoreMistakes() {}

    /// Without what a model checker need not see: nobody looks twice, and the time is over when the test says so.
    static class NoMistake extends SemaphoreRules {
        boolean over;

        NoMistake() {
            this(false);
        }

        NoMistake(boolean shared) {
            super(shared);
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

    /// One who goes to sleep keeps the flag, which may stand for itself.
    static class SleeperKeepsWoken extends NoMistake {
        @Override
        int sleep(int p) {
            return p;
        }
    }

    /// One whose time is over keeps the flag, which may stand for itself.
    static class QuitterKeepsWoken extends NoMistake {
        @Override
        int giveUp(int p) {
            return p;
        }
    }

    /// One who takes a permit leaves the others to whoever comes, though their releases have woken nobody.
    static class TakerKeepsWakes extends NoMistake {
        @Override
        int passOn(int p) {
            return 0;
        }
    }

    /// One who cannot go on keeps the wake that was its own.
    static class LeaverKeepsWake extends NoMistake {
        @Override
        int leaveTo(int p) {
            return 0;
        }
    }

    /// One who cannot go on keeps the flag, which may stand for itself.
    static class LeaverKeepsWoken extends NoMistake {
        @Override
        int leave(int p) {
            return p;
        }
    }

    /// The flag of those who want several makes the number of the others a negative one.
    static class FlagIsTakenForANumber extends NoMistake {
        @Override
        int counted(int waiters) {
            return waiters;
        }
    }
}
