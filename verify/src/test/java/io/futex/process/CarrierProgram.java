package io.futex.process;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.sync.Event;
import io.futex.sync.PMutex;
import io.futex.sync.Semaphore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/// A platform and a virtual thread sleep on a synchronizer, and the only carrier of the JVM is busy: what is given to
/// the two reaches the platform thread all the same, though a virtual one was asleep before it.
public final class CarrierProgram {
    /// What differs.
    private interface Subject {
        void enter();

        void leave();

        void giveTwice();
    }

    private CarrierProgram() {}

    /// @param arguments which synchronizer, and its scope
    public static void main(String[] arguments) {
        boolean shared = arguments[1].equals("shared");
        for (int round = 0; round < 4; round++) {
            MemorySegment memory = Arena.global().allocate(64, 64); // who is left behind would keep it from closing
            play(memory, subject(arguments[0], memory, shared), round % 2 == 0);
        }
        System.out.println("all have passed");
    }

    private static Subject subject(String what, MemorySegment memory, boolean shared) {
        return switch (what) {
            case "event" -> event(shared ? Event.shared(memory, 0, true) : Event.local(memory, 0, true));
            case "semaphore" -> semaphore(shared ? Semaphore.shared(memory, 0) : Semaphore.local(memory, 0));
            case "mutex" -> mutex(shared ? PMutex.shared(memory, 0) : PMutex.local(memory, 0));
            default -> throw new IllegalArgumentException(what);
        };
    }

    private static void play(MemorySegment memory, Subject subject, boolean virtualFirst) {
        Waiter first = asleep(virtualFirst, memory, subject);
        Waiter second = asleep(!virtualFirst, memory, subject);
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
        subject.giveTwice();
        (virtualFirst ? second : first).result();
        over.set(true);
        hog.result();
        (virtualFirst ? first : second).result();
    }

    private static Waiter asleep(boolean virtual, MemorySegment memory, Subject subject) {
        Waiter waiter = Waiter.start(virtual, () -> {
            subject.enter();
            subject.leave();
            return null;
        });
        return waiter.awaitAsleep(memory);
    }

    private static Subject event(Event event) {
        return new Subject() {
            @Override
            public void enter() {
                event.awaitUninterruptibly();
            }

            @Override
            public void leave() {}

            @Override
            public void giveTwice() {
                event.set();
                event.set();
            }
        };
    }

    private static Subject semaphore(Semaphore semaphore) {
        return new Subject() {
            @Override
            public void enter() {
                semaphore.acquireUninterruptibly();
            }

            @Override
            public void leave() {}

            @Override
            public void giveTwice() {
                semaphore.release();
                semaphore.release();
            }
        };
    }

    /// It is held by the one who gives.
    @SuppressWarnings("LockNotBeforeTry") // each step by itself
    private static Subject mutex(PMutex mutex) {
        mutex.lock();
        return new Subject() {
            @Override
            public void enter() {
                mutex.lock();
            }

            @Override
            public void leave() {
                mutex.unlock();
            }

            @Override
            public void giveTwice() {
                mutex.unlock();
                mutex.lock();
                mutex.unlock();
            }
        };
    }
}
