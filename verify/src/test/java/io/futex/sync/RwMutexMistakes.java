package io.futex.sync;

/// The library's rules for models, and the same with one mistake each.
final class RwMutexMistakes {
    private RwMutexMistakes() {}

    /// Without what a model checker need not see: nobody looks twice, who has slept is impatient at once, and the time
    /// is over when the test says so.
    static class NoMistake extends RwMutexRules {
        volatile boolean over;

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

        @Override
        boolean isImpatient(long since) {
            return true;
        }
    }

    /// Nobody ever reserves the lock, so that flags stay which a reservation would clear.
    static class Patient extends NoMistake {
        @Override
        boolean isImpatient(long since) {
            return false;
        }
    }

    /// A writer that was woken does not answer for those that sleep on.
    static class WokenWriterForgetsOthers extends NoMistake {
        @Override
        int takeWrite(int s, boolean slept) {
            return super.takeWrite(s, slept) & ~WRITERS_PERHAPS;
        }
    }

    /// A writer that gives up keeps the wake that may have been its own.
    static class LeavingWriterKeepsWake extends Patient {
        @Override
        int passOn(int cleared) {
            return 0;
        }
    }

    /// A writer that gives up does not let in the readers that sleep because of it.
    static class LeavingWriterForgetsReaders extends Patient {
        @Override
        int leaveWrite(int s) {
            return super.leaveWrite(s) | (s & READERS_WAIT);
        }
    }

    /// A reader that gives up leaves the lock reserved for nobody.
    static class LeavingReaderKeepsReserved extends NoMistake {
        @Override
        int leaveRead(int s) {
            return s;
        }
    }

    /// A writer's unlock clears both flags, and wakes only for one.
    static class WriterForgetsReaders extends Patient {
        @Override
        int unlockWrite(int s) {
            return s & ~(WRITER | WRITERS_WAIT | WRITERS_PERHAPS);
        }
    }

    /// After readers it is the readers' turn again, and the writers' flag is gone.
    static class LastReaderForgetsWriters extends Patient {
        @Override
        int unlockRead(int s) {
            int next = s - READER;
            return readers(next) != 0 ? next : next & ~READERS_WAIT;
        }
    }

    /// A writer turned reader leaves the other readers asleep.
    static class DowngradeForgetsReaders extends Patient {
        @Override
        int downgrade(int s) {
            return super.downgrade(s) | (s & READERS_WAIT);
        }
    }

    /// A writer that has slept stops readers for the sake of others, of which it knows nothing.
    static class WokenWriterIsSureOfOthers extends Patient {
        @Override
        int takeWrite(int s, boolean slept) {
            return slept ? (s | WRITER | WRITERS_WAIT) & ~WRITERS_FIRST : s | WRITER;
        }
    }

    /// A writer lets go of the lock as soon as it has it.
    static class TakenAnyway extends NoMistake {
        @Override
        int takeWrite(int s, boolean slept) {
            return super.takeWrite(s, slept) & ~WRITER;
        }

        @Override
        int unlockWrite(int s) {
            return super.unlockWrite(s | WRITER);
        }
    }
}
