package io.futex.seccomp;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.contract.SeccompFilter;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/// A program that takes futex_wake and futex_wait from itself once it has used them, and goes on.
public final class LateFilterProgram {
    private static final MemorySegment WORD = Arena.global().allocate(128, 128).asSlice(0, 4);

    private LateFilterProgram() {}

    /// @param arguments the errno that the calls fail with, and what to try first: `local`, `shared` or `wake`
    public static void main(String[] arguments) throws Exception {
        for (Futex futex : new Futex[] {Futex.local(), Futex.shared()}) {
            use(futex);
            require(futex.capabilities().contains(Capability.PRECISE_TIMEOUT), futex);
        }
        Waiter before = Waiter.platform(() -> Futex.shared().wait(WORD, 0)).awaitAsleep(WORD);
        SeccompFilter.deny(Integer.parseInt(arguments[0]), SeccompFilter.FUTEX_WAKE, SeccompFilter.FUTEX_WAIT);
        if (arguments[1].equals("wake")) {
            require(Futex.shared().wakeOne(WORD) == 1, "a wake falls back");
        }
        use(arguments[1].equals("local") ? Futex.local() : Futex.shared());
        use(Futex.local());
        use(Futex.shared());
        require(before.isDone() || Futex.shared().wakeAll(WORD) == 1, "who slept before is woken");
        require(before.waitResult() == WaitResult.WOKEN, before.waitResult());
        require(!Futex.local().capabilities().contains(Capability.PRECISE_TIMEOUT), "no new call is taken");
        System.out.println(Futex.local());
        System.out.println(Futex.shared());
    }

    /// All forms, on a word of their own.
    private static void use(Futex futex) throws Exception {
        MemorySegment word = Arena.global().allocate(128, 128).asSlice(0, 4);
        long millis = 3;
        long start = System.nanoTime();
        require(futex.wait(word, 0, millis, TimeUnit.MILLISECONDS) == WaitResult.TIMED_OUT, futex);
        require(futex.waitUninterruptibly(word, 0, millis, TimeUnit.MILLISECONDS) == WaitResult.TIMED_OUT, futex);
        require(System.nanoTime() - start >= 2 * millis * 1_000_000, "early");
        require(futex.wait(word, 1) == WaitResult.CHANGED, futex);
        for (int i = 0; i < 2; i++) {
            boolean interruptible = i == 0;
            Waiter waiter = Waiter.platform(
                            () -> interruptible ? futex.wait(word, 0) : futex.waitUninterruptibly(word, 0))
                    .awaitAsleep(word);
            require(futex.wakeOne(word) == 1, futex);
            require(waiter.waitResult() == WaitResult.WOKEN, futex);
        }
        Waiter interrupted =
                Waiter.platform(() -> futex.wait(word, 0, 1, TimeUnit.HOURS)).awaitAsleep(word);
        interrupted.thread().interrupt();
        require(interrupted.thrown() instanceof InterruptedException, futex);
    }

    private static void require(boolean condition, Object message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
