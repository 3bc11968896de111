package io.futex.process;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Gives tokens by a word of a mapped file, each with one wake, and the next when the last was taken. Threads of both
/// kinds, a future, and programs in C take them and wait for ever. Others wait for nothing: threads of both kinds and
/// programs in C whose time ends, threads that are interrupted, and futures that are cancelled. A wake that one of
/// those has consumed and not passed on leaves its token where it is.
public final class TokenStormProgram {
    private static final long TOKENS = 0;
    private static final long TAKEN = 128;
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private final Futex futex = Futex.shared();
    private final MemorySegment memory;

    private TokenStormProgram(MemorySegment memory) {
        this.memory = memory;
    }

    /// @param arguments the file, and how many tokens
    public static void main(String[] arguments) throws Exception {
        MemorySegment memory = PingPongProgram.map(Path.of(arguments[0]), Arena.global());
        new TokenStormProgram(memory).play(Integer.parseInt(arguments[1]));
        System.out.println(Futex.shared());
    }

    private void play(int count) {
        List<Waiter> all = new ArrayList<>();
        CompletableFuture<Void> patient = patient();
        for (int i = 0; i < 2; i++) {
            boolean virtual = i == 0;
            all.add(Waiter.start(virtual, this::takeAll));
            all.add(Waiter.start(virtual, this::takeAll));
            all.add(Waiter.start(virtual, this::giveUpInTime));
            Waiter interrupted = Waiter.start(virtual, this::giveUpOnInterrupt);
            all.add(interrupted);
            all.add(Waiter.platform(() -> interrupt(interrupted)));
        }
        all.add(Waiter.platform(this::cancel));
        for (int i = 1; i <= count; i++) {
            int given = i;
            int unused = (int) INT.getAndAdd(memory, TOKENS, 1);
            int unusedWoken = futex.wakeOne(memory, TOKENS);
            Await.until("token " + i + " is taken", () -> (int) INT.getVolatile(memory, TAKEN) == given);
        }
        if (!INT.compareAndSet(memory, TOKENS, 0, -1)) {
            throw new AssertionError("as many tokens are left: " + tokens());
        }
        Await.until("all have left", () -> {
            int unused = futex.wakeAll(memory, TOKENS);
            return patient.isDone() && all.stream().allMatch(Waiter::isDone);
        });
        all.forEach(Waiter::result);
    }

    private int tokens() {
        return (int) INT.getVolatile(memory, TOKENS);
    }

    // ---- who takes

    private Void takeAll() throws InterruptedException {
        while (take()) {
            WaitResult unused = futex.wait(memory, TOKENS, 0);
        }
        return null;
    }

    private CompletableFuture<Void> patient() {
        return take()
                ? futex.waitAsync(memory, TOKENS, 0).thenComposeAsync(unused -> patient())
                : CompletableFuture.completedFuture(null);
    }

    /// @return whether there may come more
    private boolean take() {
        int held = tokens();
        if (held > 0 && INT.compareAndSet(memory, TOKENS, held, held - 1)) {
            int unused = (int) INT.getAndAdd(memory, TAKEN, 1);
        }
        return held >= 0;
    }

    // ---- who waits for nothing

    private Void giveUpInTime() throws InterruptedException {
        for (int i = 0; tokens() >= 0; i++) {
            passOn(futex.wait(memory, TOKENS, 0, 20 + i % 50, TimeUnit.MICROSECONDS));
            LockSupport.parkNanos(50_000); // while there is a token, whoever takes it may need this carrier
        }
        return null;
    }

    private Void giveUpOnInterrupt() {
        while (tokens() >= 0) {
            try {
                passOn(futex.wait(memory, TOKENS, 0));
            } catch (InterruptedException e) {
                LockSupport.parkNanos(50_000); // likewise
            }
        }
        return null;
    }

    private Void interrupt(Waiter waiter) {
        for (int i = 0; !waiter.isDone(); i++) {
            waiter.thread().interrupt();
            LockSupport.parkNanos(100_000 + i % 50 * 1_000);
        }
        return null;
    }

    private Void cancel() {
        for (int i = 0; tokens() >= 0; i++) {
            CompletableFuture<WaitResult> future = futex.waitAsync(memory, TOKENS, 0);
            LockSupport.parkNanos(i % 50 * 2_000);
            if (!future.cancel(false)) {
                passOn(future.join());
            }
        }
        return null;
    }

    private void passOn(WaitResult result) {
        if (result == WaitResult.WOKEN) {
            int unused = futex.wakeOne(memory, TOKENS);
        }
    }
}
