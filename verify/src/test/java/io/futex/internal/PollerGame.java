package io.futex.internal;

import io.futex.WaitResult;
import io.futex.memory.MemoryChecks;
import io.futex.memory.ModelScheduler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/// One interleaving. Two virtual threads and one platform thread each wait for a token, which come one at a time with a
/// wake of one each. Others wait on the same word for nothing: one until its time is over, one until it is interrupted,
/// and a future until it is cancelled. If one of them consumes a wake and does not say so, a token lies there for ever
/// while somebody sleeps, which the scheduler calls a hang.
///
/// Loaded by a [PollerLoader].
public final class PollerGame implements Runnable {
    /// By which the clock goes on. What takes less may be over at any moment.
    static final long TICK = 600_000_000;

    private static final int TOKENS = 3;
    private static final int TICKS = 8;
    private static final int MOST_TICKS = 10_000;
    private static final Arena ARENA = Arena.ofAuto();

    private final ModelScheduler scheduler;
    private final SplittableRandom random;
    private final MemorySegment word = ARENA.allocate(4, 4);
    private final PollerSystem system;
    private final Engine engine;
    private final List<Runnable> tasks = new ArrayList<>();

    /// Whether those who want tokens come when the poller has had nothing to do for about a second.
    private final boolean comeLate;

    private int busy;
    private Thread interrupted;
    private CompletableFuture<WaitResult> future;

    /// @param seed brings the same one back
    public PollerGame(long seed) {
        scheduler = new ModelScheduler(seed);
        random = new SplittableRandom(seed);
        system = new PollerSystem(scheduler, random, word);
        engine = Engine.shared(system);
        comeLate = random.nextInt(4) == 0;
        PollerSteps.begin(scheduler, random.nextBoolean() ? 0 : 1024);
    }

    @Override
    public void run() {
        add(() -> take(false));
        add(() -> take(true));
        add(() -> take(false));
        add(this::giveUpInTime);
        add(this::giveUpOnInterrupt);
        add(this::beInterrupted);
        add(this::completeFuture);
        add(this::cancelFuture);
        add(this::giveTokens);
        tasks.add(this::runPollers);
        tasks.add(this::runPollers);
        tasks.add(this::tick);
        tasks.add(this::sweep);
        scheduler.run(tasks.toArray(Runnable[]::new));
        PollerSteps.end();
        check(MemoryChecks.read(word, 0) == 0, "tokens are left");
        check(system.isQuiet(), "a ring is open, or somebody sleeps");
        check(system.hasRefused() || !engine.toString().contains("since"), "a poller has failed: " + engine);
    }

    private void add(Runnable task) {
        busy++;
        tasks.add(() -> {
            task.run();
            busy--;
        });
    }

    private static void check(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    // ---- tokens

    private void giveTokens() {
        for (int i = 0; i < TOKENS; i++) {
            pause();
            ValueLayout.JAVA_INT.varHandle().getAndAdd(word, 0L, 1);
            int unused = engine.wakeOne(word);
        }
    }

    private void take(boolean platform) {
        if (comeLate) {
            long when = TICK * (2 + random.nextInt(3));
            scheduler.block(() -> PollerSteps.nanoTime() > when);
        }
        while (!takeIfThere()) {
            if (platform) {
                system.sleep(0);
            } else {
                WaitResult unused = engine.waitUntilUninterruptibly(word, 0, 0, Deadline.FOREVER);
            }
        }
    }

    private boolean takeIfThere() {
        scheduler.step();
        int held = MemoryChecks.read(word, 0);
        return held > 0 && ValueLayout.JAVA_INT.varHandle().compareAndSet(word, 0L, held, held - 1);
    }

    // ---- who wants none

    private void giveUpInTime() {
        for (int i = 0; i < 3; i++) {
            scheduler.step();
            long deadline = PollerSteps.nanoTime() + TICK * (1 + random.nextInt(2));
            passOn(engine.waitUntilUninterruptibly(word, 0, 0, deadline));
        }
    }

    private void giveUpOnInterrupt() {
        try {
            interrupted = Thread.currentThread();
            for (int i = 0; i < 3; i++) {
                scheduler.step();
                passOn(engine.waitUntil(word, 0, 0, PollerSteps.nanoTime() + 3 * TICK));
            }
        } catch (InterruptedException e) {
            // it had nothing else to do
        }
    }

    private void beInterrupted() {
        scheduler.block(() -> interrupted != null);
        pause();
        PollerSteps.interrupt(interrupted);
    }

    private void completeFuture() {
        FutureWait wait = new FutureWait(engine, word, 0, 0, Deadline.FOREVER);
        Thread self = Thread.currentThread();
        wait.future.withdrawBy(() -> PollerSteps.interrupt(self));
        future = wait.future;
        wait.run();
    }

    private void cancelFuture() {
        scheduler.block(() -> future != null);
        pause();
        if (!future.cancel(false)) {
            passOn(future.join());
        }
    }

    private void pause() {
        for (int i = random.nextInt(1 << random.nextInt(9)); i > 0; i--) {
            scheduler.step();
        }
    }

    private void passOn(WaitResult result) {
        if (result == WaitResult.WOKEN) {
            int unused = engine.wakeOne(word);
        }
    }

    // ---- the rest of the world

    private boolean areDone() {
        return busy == 0;
    }

    /// The thread of a poller, one after the other.
    private void runPollers() {
        for (; ; ) {
            scheduler.block(() -> PollerSteps.hasStarted() || areDone());
            Runnable next = PollerSteps.nextStarted();
            if (next == null) {
                return;
            }
            next.run();
        }
    }

    private void tick() {
        int[] left = {TICKS};
        for (int more = MOST_TICKS; !areDone() || !system.isQuiet(); ) {
            scheduler.block(() -> left[0] > 0 || PollerSteps.isTimed() || areDone());
            left[0]--;
            PollerSteps.tick();
            more -= areDone() ? 1 : 0;
            check(more > 0, "a poller does not end");
        }
    }

    private void sweep() {
        while (!areDone() || !system.isQuiet()) {
            scheduler.block(() -> system.hasLeftBehind() || (areDone() && system.isQuiet()));
            pause();
            system.sweep();
        }
    }
}
