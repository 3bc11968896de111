package io.futex.async;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.SeccompFilter;
import io.futex.contract.Waiter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Virtual threads wait on shared words in each way that there is, and are woken, whoever waits for them. Says in the
/// end who does, and stays until its input ends.
public final class VirtualWaitsProgram {
    private static final int SLEEPERS = 10;
    private static final int LINE = 128;

    private static final Futex FUTEX = Futex.shared();
    private static final MemorySegment WORDS = Arena.global().allocate(LINE * (SLEEPERS + 1L), LINE);

    private VirtualWaitsProgram() {}

    /// @param arguments `free`; or `early` or `late`, and the errno with which a filter answers what io_uring needs:
    /// from
    ///     the start, or while ten sleep
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("early")) {
            filter(arguments[1]);
        }
        List<Waiter> sleepers = new ArrayList<>();
        for (int i = 0; i < SLEEPERS; i++) {
            MemorySegment word = word(i);
            sleepers.add(Waiter.virtual(() -> sleep(word)).awaitAsleep(word));
        }
        if (arguments[0].equals("late")) {
            filter(arguments[1]);
        }
        use(word(SLEEPERS));
        for (int i = 0; i < SLEEPERS; i++) {
            word(i).set(ValueLayout.JAVA_INT, 0, 1);
            int unused = FUTEX.wakeOne(word(i));
            require(sleepers.get(i).waitResult() != WaitResult.TIMED_OUT, "woken");
        }
        use(word(SLEEPERS));
        System.out.println(FUTEX);
        System.out.flush();
        awaitEndOfInput();
    }

    private static MemorySegment word(int i) {
        return WORDS.asSlice((long) i * LINE, 4);
    }

    private static void filter(String errno) {
        SeccompFilter.deny(
                Integer.parseInt(errno),
                SeccompFilter.IO_URING_SETUP,
                SeccompFilter.IO_URING_ENTER,
                SeccompFilter.IO_URING_REGISTER);
    }

    private static WaitResult sleep(MemorySegment word) throws InterruptedException {
        WaitResult result = WaitResult.CHANGED;
        while ((int) ValueLayout.JAVA_INT.varHandle().getVolatile(word, 0L) == 0) {
            result = FUTEX.wait(word, 0);
        }
        return result;
    }

    private static void use(MemorySegment word) {
        Waiter timed = Waiter.virtual(() -> FUTEX.wait(word, 0, 3, TimeUnit.MILLISECONDS));
        require(timed.waitResult() != WaitResult.CHANGED, timed.result()); // woken, if the ring has failed meanwhile
        Waiter sleeper = Waiter.virtual(() -> FUTEX.wait(word, 0)).awaitAsleep(word);
        require(FUTEX.wakeOne(word) == 1, "one was woken");
        require(sleeper.waitResult() == WaitResult.WOKEN, sleeper.result());
        Waiter interrupted = Waiter.virtual(() -> FUTEX.wait(word, 0)).awaitAsleep(word);
        interrupted.thread().interrupt();
        require(interrupted.thrown() instanceof InterruptedException, interrupted.thrown());
        CompletableFuture<WaitResult> cancelled = FUTEX.waitAsync(word, 0);
        require(cancelled.cancel(true), "cancelled");
        CompletableFuture<WaitResult> future = FUTEX.waitAsync(word, 0);
        Await.until("the future is woken", () -> FUTEX.wakeAll(word) >= 0 && future.isDone());
        require(future.join() == WaitResult.WOKEN, future);
    }

    static void awaitEndOfInput() throws IOException {
        while (System.in.read() >= 0) {
            // nobody says anything
        }
    }

    static void require(boolean condition, Object what) {
        if (!condition) {
            throw new AssertionError(String.valueOf(what));
        }
    }
}
