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
        Patient() {}

        Patient(boolean shared) {
            super(shared);
        }

        @Override
        boolean isImpatient(long since) {
            return false;
        }
    }

    /// A writer that was woken does not answer for those that sleep on.
    static class WokenWriterForgetsOthers extends NoMistake {
        @Override
        int takeWrite(int s, boolean counted) {
            int next = super.takeWrite(s, counted);
            return counted ? next & ~WRITERS_PERHAPS : next;
        }
    }

    /// A writer that gives up keeps the wake that may have been its own.
    static class LeavingWriterKeepsWake extends Patient {
        @Override
        int whoFollowsWriter() {
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
            return super.leaveRead(s) | (s & READERS_FIRST);
        }
    }

    /// A reader that gives up in the readers' turn leaves it to nobody.
    static class LeavingReaderKeepsTurn extends Patient {
        @Override
        int leaveRead(int s) {
            return isWriteLocked(s) ? super.leaveRead(s) : s & ~READERS_FIRST;
        }
    }

    /// After a reader that gives up it is still certain that one sleeps.
    static class LeavingReaderStaysCertain extends Patient {
        @Override
        int leaveRead(int s) {
            return isWriteLocked(s) ? s & ~READERS_FIRST : super.leaveRead(s);
        }
    }

    /// Readers that sleep since before the writer came have surely not given up.
    static class EarlierReadersStayCertain extends Patient {
        @Override
        int takeWrite(int s, boolean counted) {
            int next = super.takeWrite(s, counted);
            return (s & READERS_WAIT) != 0 ? (next & ~READERS_PERHAPS) | READERS_WAIT : next;
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

    /// The flag that stops readers is cleared as soon as the writer has been woken that it stands for.
    static class LastReaderOpensToAnybody extends Patient {
        @Override
        int unlockRead(int s) {
            int next = s - READER;
            return readers(next) != 0 ? next : next & ~(WRITERS_WAIT | WRITERS_PERHAPS);
        }
    }

    /// A writer that looks now and then takes the lock in the readers' turn.
    static class WriterTakesReadersTurn extends NoMistake {
        @Override
        boolean isOpenToCountedWriter(int s) {
            return !isHeld(s) && (s & READERS_FIRST) == 0;
        }
    }

    /// A writer that sleeps again relies on somebody who was woken, perhaps itself.
    static class WriterSleepsOnWoken extends Patient {
        @Override
        int announceWrite(int s) {
            return s | WRITERS_WAIT;
        }
    }

    /// A writer that comes makes it the readers' turn, though there may be none.
    static class WriterDeclaresReadersTurn extends NoMistake {
        @Override
        int announceWrite(int s) {
            return (s | WRITERS_WAIT) & ~WRITERS_PERHAPS;
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
        int takeWrite(int s, boolean counted) {
            int next = super.takeWrite(s, counted);
            return counted ? (next | WRITERS_WAIT) & ~WRITERS_PERHAPS : next;
        }
    }

    /// Who opens the lock relies on who is on its way without end.
    static class NobodyIsDeputy extends Patient {
        @Override
        int deputies(int next) {
            return 0;
        }
    }

    /// A deputy takes the turn of those it looks after.
    static class DeputyIsWokenAsReader extends Patient {
        @Override
        int deputies(int next) {
            int whom = super.deputies(next);
            return (whom & DEPUTY_READER) != 0 ? (whom & ~DEPUTY_READER) | ALL_READERS : whom;
        }
    }

    /// A writer lets go of the lock as soon as it has it.
    static class TakenAnyway extends NoMistake {
        @Override
        int takeWrite(int s, boolean counted) {
            return super.takeWrite(s, counted) & ~WRITER;
        }

        @Override
        int unlockWrite(int s) {
            return super.unlockWrite(s | WRITER);
        }
    }
}
