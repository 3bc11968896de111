package io.futex.sync;

/// The library's rules for models, and the same with one mistake each.
final class EventMistakes {
    private EventMistakes() {}

    /// Without what a model checker need not see: nobody looks twice, and the time is over when the test says so.
    static class NoMistake extends EventRules {
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

    /// One who goes to sleep again keeps the flag, which may stand for itself.
    static class SleeperKeepsWoken extends NoMistake {
        @Override
        int sleep(int s) {
            return s;
        }
    }

    /// One whose time is over keeps the flag, which may stand for itself.
    static class QuitterKeepsWoken extends NoMistake {
        @Override
        int giveUp(int s, int counted) {
            return s - counted;
        }
    }

    /// One who passes leaves the other passes to whoever comes, though nobody was woken for them.
    static class PasserKeepsWakes extends NoMistake {
        @Override
        int passOn(int s, int left) {
            return 0;
        }
    }

    /// One who cannot go on keeps the wake that was its own.
    static class LeaverKeepsWake extends NoMistake {
        @Override
        int leaveTo(int left) {
            return 0;
        }
    }

    /// One who cannot go on keeps the flag, which may stand for itself.
    static class LeaverKeepsWoken extends NoMistake {
        @Override
        int leave(int s, int counted) {
            return super.leave(s, counted) | (s & WOKEN);
        }
    }
}
