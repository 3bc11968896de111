package io.futex.bench;

import io.futex.Futex;
import io.futex.FutexWord;
import io.futex.WaitResult;
import io.futex.bench.report.Statistics;
import io.futex.bench.report.Unit;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// A second of waits and wakes, each with an outcome that must be so.
final class SelfTest {
    /// What one check found.
    record Result(String name, boolean passed, String detail) {}

    private static final long PING_PONG_NANOS = 300_000_000;
    private static final long PATIENCE_SECONDS = 10;
    private static final int WAITERS = 4;

    private SelfTest() {}

    static List<Result> run() {
        try (Arena arena = Arena.ofShared()) {
            FutexWord shared = FutexWord.shared(arena.allocate(Integer.BYTES, 128), 0);
            return List.of(
                    check("ping-pong, local", () -> pingPong(FutexWord.local(0))),
                    check("ping-pong, shared", () -> pingPong(shared)),
                    check("timed wait", SelfTest::timedWait),
                    check("counts of wakes", SelfTest::wakeCounts),
                    check("interrupt", SelfTest::interrupt),
                    check("virtual thread", SelfTest::virtualThread));
        }
    }

    private static Result check(String name, Callable<String> check) {
        try {
            return new Result(name, true, check.call());
        } catch (Exception | AssertionError e) {
            return new Result(name, false, e.toString());
        }
    }

    private static String pingPong(FutexWord word) throws Exception {
        Thread pong = Thread.ofPlatform().daemon().start(() -> {
            while (change(word, 0) == 1) {
                send(word, 0);
            }
        });
        long count = 0;
        long begin = System.nanoTime();
        long nanos = 0;
        for (; nanos < PING_PONG_NANOS; nanos = System.nanoTime() - begin, count++) {
            send(word, 1);
            change(word, 1);
        }
        send(word, 2);
        end(pong);
        return count + " round trips, " + Unit.TIME.format((double) nanos / count) + " each";
    }

    private static void send(FutexWord word, int value) {
        word.set(value);
        word.wakeAll();
    }

    private static int change(FutexWord word, int from) {
        try {
            if (word.awaitChange(from, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return word.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("not woken in " + PATIENCE_SECONDS + " s");
    }

    private static String timedWait() throws Exception {
        FutexWord word = FutexWord.local(0);
        long micros = 100;
        double[] late = new double[500];
        for (int i = 0; i < late.length; i++) {
            long begin = System.nanoTime();
            WaitResult result = word.await(0, micros, TimeUnit.MICROSECONDS);
            late[i] = System.nanoTime() - begin - micros * 1000.0;
            require(result == WaitResult.TIMED_OUT || result == WaitResult.WOKEN, "result " + result);
            require(result == WaitResult.WOKEN || late[i] >= 0, "timed out early");
        }
        return micros + " us are late by p50 " + Unit.TIME.format(Statistics.quantileOf(late, 0.5)) + ", p99 "
                + Unit.TIME.format(Statistics.quantileOf(late, 0.99));
    }

    private static String wakeCounts() throws Exception {
        Futex futex = Futex.local();
        FutexWord word = FutexWord.local(0);
        require(word.wakeAll() <= 0, "woke somebody where nobody waits");
        require(word.await(1) == WaitResult.CHANGED, "slept on a word of another value");
        List<Thread> waiters = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            waiters.add(Thread.ofPlatform().daemon().start(() -> change(word, 0)));
        }
        int woken = 0;
        long begin = System.nanoTime();
        // Waiters whose word has not changed go back to sleep, so one by one they all are counted.
        while (woken < WAITERS
                && woken != Futex.UNKNOWN
                && System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
            TimeUnit.MILLISECONDS.sleep(5);
            woken = word.wakeAll();
        }
        send(word, 1);
        for (Thread waiter : waiters) {
            end(waiter);
        }
        require(woken == WAITERS || woken == Futex.UNKNOWN, "woke " + woken + " of " + WAITERS);
        return futex.backend() + (woken == Futex.UNKNOWN ? " does not tell" : " woke " + woken + " of " + WAITERS);
    }

    private static String interrupt() throws Exception {
        FutexWord word = FutexWord.local(0);
        boolean[] thrown = new boolean[1];
        Thread waiter = Thread.ofPlatform().daemon().start(() -> {
            try {
                word.awaitChange(0);
            } catch (InterruptedException e) {
                thrown[0] = true;
            }
        });
        TimeUnit.MILLISECONDS.sleep(20);
        long begin = System.nanoTime();
        waiter.interrupt();
        end(waiter);
        require(thrown[0], "no InterruptedException");
        return "a waiter is out after " + Unit.TIME.format((double) (System.nanoTime() - begin));
    }

    private static String virtualThread() throws Exception {
        FutexWord word = FutexWord.local(0);
        Thread waiter = Thread.ofVirtual().start(() -> change(word, 0));
        TimeUnit.MILLISECONDS.sleep(20);
        send(word, 1);
        end(waiter);
        return "woken by a platform thread";
    }

    private static void end(Thread thread) throws InterruptedException {
        require(thread.join(Duration.ofSeconds(PATIENCE_SECONDS)), "a thread was not woken");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
