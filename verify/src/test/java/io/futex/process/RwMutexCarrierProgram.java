package io.futex.process;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.sync.RwMutex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;

/// A platform and a virtual thread sleep on a read-write lock, and the only carrier of the JVM is busy: the lock is
/// opened once, nobody comes by, and it reaches the platform thread though it may be the virtual one's turn.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the program anyway
public final class RwMutexCarrierProgram {
    private static final long READERS_TURN = 4;
    private static final long WRITERS_TURN = 8;

    private RwMutexCarrierProgram() {}

    /// @param arguments the form: object, local, or shared
    public static void main(String[] arguments) {
        for (boolean virtualWrites : new boolean[] {false, true}) {
            for (boolean platformWrites : new boolean[] {false, true}) {
                if (!virtualWrites && !platformWrites) {
                    continue; // readers let each other in
                }
                play(arguments[0], true, virtualWrites, platformWrites);
                if (virtualWrites) {
                    play(arguments[0], false, true, platformWrites);
                }
            }
        }
        System.out.println("all have passed");
    }

    /// @param written whether a writer holds the lock at first; else a reader
    private static void play(String form, boolean written, boolean virtualWrites, boolean platformWrites) {
        MemorySegment memory = Arena.global().allocate(64, 64); // who is left behind would keep it from closing
        RwMutex mutex = switch (form) {
            case "object" -> new RwMutex();
            case "local" -> RwMutex.local(memory, 0);
            default -> RwMutex.shared(memory, 0);
        };
        Lock held = written ? mutex.writeLock() : mutex.readLock();
        held.lock();
        Waiter virtual = passing(true, mutex, virtualWrites);
        awaitAsleep(virtual, mutex, form, memory, virtualWrites);
        Waiter platform = passing(false, mutex, platformWrites);
        awaitAsleep(platform, mutex, form, memory, platformWrites);
        AtomicBoolean over = new AtomicBoolean();
        AtomicBoolean busy = new AtomicBoolean();
        Waiter hog = Waiter.virtual(() -> {
            busy.set(true);
            while (!over.get()) {
                Thread.onSpinWait();
            }
            return null;
        });
        Await.until("the carrier is busy", busy::get);
        held.unlock();
        platform.result();
        over.set(true);
        for (Waiter each : List.of(hog, virtual)) {
            each.result();
        }
    }

    private static Waiter passing(boolean virtual, RwMutex mutex, boolean writes) {
        Lock lock = writes ? mutex.writeLock() : mutex.readLock();
        return Waiter.start(virtual, () -> {
            lock.lock();
            lock.unlock();
            return null;
        });
    }

    private static void awaitAsleep(Waiter waiter, RwMutex mutex, String form, MemorySegment memory, boolean writes) {
        Await.until("announced", () -> mutex.toString().contains(writes ? "writers wait" : "readers wait"));
        if (!form.equals("object")) {
            waiter.awaitAsleep(memory.asSlice(writes ? WRITERS_TURN : READERS_TURN, Integer.BYTES));
        } else {
            Await.until(
                    "asleep",
                    () -> waiter.thread().getState() != Thread.State.RUNNABLE
                            || !waiter.thread().isVirtual());
        }
    }
}
