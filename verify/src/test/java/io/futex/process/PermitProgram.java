package io.futex.process;

import io.futex.contract.Await;
import io.futex.sync.Event;
import io.futex.sync.Semaphore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/// The other side of the tests of shared primitives: one of two processes over a mapped file.
public final class PermitProgram {
    static final long SEMAPHORE = 0;
    static final long ANSWERS = 64;
    static final long MANUAL = 128;
    static final long AUTO = 136;
    static final long BACK = 144;
    static final long MANUAL_BACK = 152;

    /// Each so many rounds nobody goes on before the other waits.
    private static final int PATIENT = 50;

    /// Plain data, which the primitives guard.
    static final long DATA = 1024;

    private PermitProgram() {}

    /// @param arguments the file, which of the parts below, and how many rounds
    public static void main(String[] arguments) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = PingPongProgram.map(Path.of(arguments[0]), arena);
            int rounds = Integer.parseInt(arguments[2]);
            switch (arguments[1]) {
                case "semaphore" -> semaphore(memory, rounds);
                case "event" -> event(memory, rounds);
                default -> throw new IllegalArgumentException(arguments[1]);
            }
        }
    }

    /// Takes one permit and two at once, and answers each such round by two and one more.
    static void semaphore(MemorySegment memory, int rounds) throws InterruptedException {
        Semaphore semaphore = Semaphore.shared(memory, SEMAPHORE);
        Semaphore answers = Semaphore.shared(memory, ANSWERS);
        for (int i = 0; i < rounds; i++) {
            semaphore.acquire();
            semaphore.acquire(2);
            count(memory, 2 * i + 1);
            release(answers, 2, i);
            release(answers, 1, i);
        }
    }

    /// The other side of that.
    static void releases(MemorySegment memory, int rounds) throws InterruptedException {
        Semaphore semaphore = Semaphore.shared(memory, SEMAPHORE);
        Semaphore answers = Semaphore.shared(memory, ANSWERS);
        for (int i = 0; i < rounds; i++) {
            count(memory, 2 * i);
            release(semaphore, 1, i);
            release(semaphore, 2, i);
            answers.acquire(2);
            answers.acquire();
        }
    }

    private static void release(Semaphore semaphore, int n, int round) {
        if (round % PATIENT == 0) {
            String waits = n == 1 ? "waiters=1" : "waiters for several";
            Await.until("the other waits", () -> semaphore.toString().contains(waits));
        }
        semaphore.release(n);
    }

    /// Answers each passage through the turnstile by one through the other. At last waits for the gate, opens another
    /// and closes it at once, and takes back a passage that nobody has used.
    static void event(MemorySegment memory, int rounds) throws InterruptedException {
        Event auto = Event.shared(memory, AUTO, true);
        Event back = Event.shared(memory, BACK, true);
        for (int i = 0; i < rounds; i++) {
            auto.await();
            count(memory, 2 * i + 1);
            back.set();
        }
        Event.shared(memory, MANUAL, false).await();
        openAndClose(memory, MANUAL_BACK);
        back.set();
        back.reset();
    }

    /// Lets somebody through a gate who comes to wait there.
    static void openAndClose(MemorySegment memory, long offset) {
        Event gate = Event.shared(memory, offset, false);
        Await.until("the other waits", () -> gate.toString().contains("waiters"));
        gate.set();
        gate.reset();
    }

    /// Counts up the plain data.
    ///
    /// @param expected what is there; -1 if that is not known
    static void count(MemorySegment memory, int expected) {
        int found = memory.get(ValueLayout.JAVA_INT, DATA);
        if (expected != -1 && found != expected) {
            throw new AssertionError("found " + found + " instead of " + expected);
        }
        memory.set(ValueLayout.JAVA_INT, DATA, found + 1);
    }
}
