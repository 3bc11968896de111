package io.futex.bench.experiment;

import io.futex.FutexWord;
import io.futex.sync.Doorbell;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/// What one side sleeps on until the other one rings, which costs no system call while nobody sleeps.
///
/// @param ring of the other side, after each message
/// @param sleep of the owner
record Bell(Runnable ring, Sleep sleep) {
    /// How the owner waits.
    interface Sleep {
        void until(BooleanSupplier ready) throws InterruptedException;
    }

    /// Of each bell in memory of the caller: far more than it needs, so that no two share a cache line.
    static final long BYTES = 128;

    private static final String DOORBELL = "doorbell";

    /// Whether there is such a kind.
    static boolean knows(String kind) {
        return kind.equals(DOORBELL) || kind.equals("look-flag");
    }

    /// For threads of this JVM.
    static Bell local(String kind) {
        return kind.equals(DOORBELL) ? of(new Doorbell()) : of(new Flag(FutexWord.local(0)));
    }

    /// For all processes that map the memory.
    static Bell shared(String kind, MemorySegment memory, long offset) {
        return kind.equals(DOORBELL)
                ? of(Doorbell.shared(memory, offset))
                : of(new Flag(FutexWord.shared(memory, offset)));
    }

    private static Bell of(Doorbell doorbell) {
        return new Bell(doorbell::ring, doorbell::await);
    }

    private static Bell of(Flag flag) {
        return new Bell(flag::ring, flag::await);
    }

    /// By hand: 1 while its owner sleeps or is about to. It always looks first, whether that pays or not.
    private record Flag(FutexWord sleeps) {
        void ring() {
            VarHandle.fullFence(); // the message before the look at the flag
            if (sleeps.getOpaque() == 1 && sleeps.compareAndSet(1, 0)) {
                sleeps.wakeOne();
            }
        }

        void await(BooleanSupplier ready) throws InterruptedException {
            for (int i = 0; i < WordLine.LOOKS; i++) {
                if (ready.getAsBoolean()) {
                    return;
                }
                Thread.onSpinWait();
            }
            do {
                sleeps.set(1); // volatile: before the look at the message
                if (ready.getAsBoolean()) {
                    break;
                }
                sleeps.await(1);
            } while (!ready.getAsBoolean());
            if (sleeps.getOpaque() != 0) {
                sleeps.set(0);
            }
        }
    }
}
