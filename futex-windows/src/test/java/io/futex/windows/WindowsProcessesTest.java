package io.futex.windows;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.ForkedJvm;
import io.futex.contract.Waiter;
import io.futex.shared.RobustMutex.Outcome;
import io.futex.shared.SharedQueue;
import io.futex.shared.SharedRegion;
import io.futex.spi.Liveness;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What processes share, one of which is killed.
@EnabledOnOs(OS.WINDOWS)
@DisabledIfSystemProperty(
        named = "io.futex.binding",
        matches = "jna",
        disabledReason = "SKIPPED: JNA does not tell who is there")
@Timeout(value = 3, unit = MINUTES)
class WindowsProcessesTest {
    @TempDir
    private Path folder;

    private SharedRegion region;
    private @Nullable Process other;

    @BeforeEach
    void make() throws Exception {
        region = SharedRegion.create(folder.resolve("region"), HolderProgram.LAYOUT);
    }

    @AfterEach
    void end() throws Exception {
        if (other != null) {
            int unused = other.destroyForcibly().waitFor();
        }
        region.close();
    }

    private Process start(String what) {
        Process started = ForkedJvm.java(
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HolderProgram.class.getName(),
                        folder.resolve("region").toString(),
                        what)
                .start(folder.resolve("out"), folder.resolve("err"));
        other = started;
        return started;
    }

    private Process startUntilThere(String what) {
        Process started = start(what);
        Await.until("there", () -> {
            assertThat(started.isAlive()).isTrue();
            return region.word("step").get() == HolderProgram.THERE;
        });
        return started;
    }

    @Test
    void theNextOneIsToldOfAKilledHolder() throws Exception {
        Process holder = startUntilThere("hold");
        assertThat(region.robustMutex("lock").tryLock(200, MILLISECONDS)).isEmpty();
        AtomicLong since = new AtomicLong();
        Waiter waiter = Waiter.platform(() -> {
            Outcome outcome = region.robustMutex("lock").lock();
            since.set(System.nanoTime() - since.get());
            region.robustMutex("lock").markConsistent();
            region.robustMutex("lock").unlock();
            return outcome;
        });
        Await.until("it waits", () -> region.robustMutex("lock").toString().contains("waiters"));
        since.set(System.nanoTime());
        holder.destroyForcibly();
        assertThat(waiter.result()).isEqualTo(Outcome.OWNER_DIED);
        System.out.printf("robust lock, the holder killed: %.1f ms%n", since.get() / 1e6);
        assertThat(region.robustMutex("lock")).hasToString("RobustMutex[free, waiters]");
    }

    @Test
    void aThreadThatEndsWhileHoldingHasDied() {
        assertThat(Waiter.platform(() -> region.robustMutex("lock").lock()).result())
                .isEqualTo(Outcome.ACQUIRED);
        assertThat(region.robustMutex("lock").lock()).isEqualTo(Outcome.OWNER_DIED);
        region.robustMutex("lock").markConsistent();
        region.robustMutex("lock").unlock();
    }

    @Test
    void aBodyWhoseProcessIsKilledIsRunByTheNext() {
        Process running = startUntilThere("run");
        AtomicInteger runs = new AtomicInteger();
        Waiter waiter = Waiter.platform(() -> {
            region.robustOnce("once").run(runs::incrementAndGet);
            return runs.get();
        });
        running.destroyForcibly();
        assertThat(waiter.result()).isEqualTo(1);
    }

    @Test
    void aRecordOfAKilledOneIsPassedOver() throws Exception {
        Process claiming = startUntilThere("claim");
        SharedQueue queue = region.queue("queue");
        long claim = queue.claim();
        queue.record(claim).set(ValueLayout.JAVA_LONG, 0, 7);
        queue.commit(claim);
        claiming.destroyForcibly();
        assertThat(receive(queue)).isEqualTo(7);
    }

    @Test
    void recordsComeInTheirOrder() throws Exception {
        Process sending = start("send");
        SharedQueue queue = region.queue("queue");
        for (long i = 0; i < HolderProgram.RECORDS; i++) {
            assertThat(receive(queue)).isEqualTo(i);
        }
        assertThat(sending.waitFor()).isZero();
    }

    private static long receive(SharedQueue queue) throws InterruptedException {
        long taken = queue.take();
        long value = queue.record(taken).get(ValueLayout.JAVA_LONG, 0);
        queue.release(taken);
        return value;
    }

    /// Though this process has a handle of it.
    @Test
    void whoWasKilledIsGone() throws Exception {
        Liveness liveness = WindowsLiveness.create(FfmWindowsCalls.ofSystem());
        Process process = startUntilThere("hold");
        long start = liveness.startOf(process.pid());
        assertThat(start).isPositive();
        assertThat(liveness.startOf(process.pid())).isEqualTo(start);
        process.destroyForcibly();
        Await.until("gone", () -> liveness.startOf(process.pid()) == Liveness.GONE);
        assertThat(liveness.startOf(0)).isEqualTo(Liveness.GONE);
        assertThat(liveness.machine().namespace()).isZero();
    }

    @Test
    void aThreadIsThereUntilItEnds() throws Exception {
        Liveness liveness = WindowsLiveness.create(FfmWindowsCalls.ofSystem());
        long start = liveness.threadStart();
        assertThat(liveness.hasEnded(liveness.thread(), start)).isFalse();
        assertThat(liveness.hasEnded(liveness.thread(), start + 1))
                .as("of another start")
                .isTrue();
        AtomicInteger number = new AtomicInteger();
        Thread thread = Thread.ofPlatform().start(() -> number.set(liveness.thread()));
        thread.join();
        Await.until("ended", () -> liveness.hasEnded(number.get(), Liveness.UNKNOWN));
    }
}
