package io.futex.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.contract.Asleep;
import io.futex.contract.Await;
import io.futex.contract.ForkedJvm;
import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Signals end no wait, be the system calls under them restarted or not.
///
/// SIGPROF is what profilers send to every thread. The handler is the JVM's own for `sun.misc.Signal`, which only
/// counts and posts a semaphore, so it is safe wherever it runs; `siginterrupt` takes SA_RESTART away from it, so that
/// the system calls end by EINTR.
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignalTest {
    private static final int SIGQUIT = 3;
    private static final int SIGPROF = 27;
    private static final int EINTR = 4;
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private final MemorySegment word = Arena.ofAuto().allocate(128, 128).asSlice(0, 4);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStormOfSignalsEndsNoWait(boolean interruptsCalls) throws Exception {
        AtomicInteger handled = handleSigprof();
        Kernel.interruptCalls(SIGPROF, interruptsCalls);
        assertThat(rawWaitEndsByEintr()).isEqualTo(interruptsCalls);
        for (Futex futex : backends()) {
            List<Waiter> waiters = List.of(
                    Waiter.platform(() -> futex.wait(word, 0)),
                    Waiter.platform(() -> futex.wait(word, 0, 1, TimeUnit.HOURS)),
                    Waiter.platform(() -> futex.waitUninterruptibly(word, 0)),
                    Waiter.platform(() -> futex.waitUninterruptibly(word, 0, 1, TimeUnit.HOURS)));
            waiters.forEach(waiter -> waiter.awaitAsleep(word));
            waiters.forEach(SignalTest::awaitKernelThread);
            for (int i = 0; i < Scale.of(500, 20_000); i++) {
                for (Waiter waiter : waiters) {
                    Kernel.signal(Asleep.kernelThread(waiter.thread()), SIGPROF);
                }
            }
            waiters.forEach(waiter -> waiter.awaitAsleep(word));
            assertThat(futex.wakeAll(word)).isEqualTo(4);
            waiters.forEach(waiter -> assertThat(waiter.waitResult()).isEqualTo(WaitResult.WOKEN));
        }
        Await.until("the handler has run", () -> handled.get() > 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void timeIsKeptUnderSignals(boolean interruptsCalls) throws Exception {
        AtomicInteger handled = handleSigprof();
        Kernel.interruptCalls(SIGPROF, interruptsCalls);
        for (Futex futex : backends()) {
            Waiter waiter = Waiter.platform(() -> {
                for (int i = 0; i < 20; i++) {
                    long nanos = 5_000_000;
                    long start = System.nanoTime();
                    WaitResult result = i % 2 == 0
                            ? futex.wait(word, 0, nanos, TimeUnit.NANOSECONDS)
                            : futex.waitUninterruptibly(word, 0, nanos, TimeUnit.NANOSECONDS);
                    assertThat(result).isEqualTo(WaitResult.TIMED_OUT);
                    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
                }
                return null;
            });
            disturb(waiter, 50_000);
            assertThat(waiter.result()).isNull();
        }
        Await.until("the handler has run", () -> handled.get() > 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noHandOverIsLostUnderSignals(boolean interruptsCalls) throws Exception {
        handleSigprof();
        Kernel.interruptCalls(SIGPROF, interruptsCalls);
        for (Futex futex : backends()) {
            INT.setVolatile(word, 0L, 0);
            int rounds = Scale.of(10_000, 500_000);
            Waiter ping = Waiter.platform(() -> pass(futex, 0, rounds));
            Waiter pong = Waiter.platform(() -> pass(futex, 1, rounds));
            disturb(ping, 20_000);
            ping.result();
            pong.result();
            assertThat(turn()).isEqualTo(2 * rounds);
        }
    }

    private Object pass(Futex futex, int first, int rounds) throws InterruptedException {
        for (int i = 0; i < rounds; i++) {
            int own = 2 * i + first;
            for (int value = turn(); value != own; value = turn()) {
                assertThat(value).isLessThan(own);
                WaitResult unused = futex.wait(word, value);
            }
            INT.setVolatile(word, 0L, own + 1);
            assertThat(futex.wakeOne(word)).isBetween(0, 1);
        }
        return null;
    }

    private int turn() {
        return (int) INT.getVolatile(word, 0L);
    }

    /// More than one look: a list of the threads in /proc may lack some while others come and go, as they do under
    /// signals.
    private static void awaitKernelThread(Waiter waiter) {
        Await.until("it runs", () -> waiter.isDone() || Asleep.kernelThread(waiter.thread()) != null);
    }

    /// Sends signals to the thread until it is done, some 20 000 in a second at most: each starts a thread of the JVM.
    private static void disturb(Waiter waiter, long pauseNanos) {
        awaitKernelThread(waiter);
        while (!waiter.isDone()) {
            Path task = Asleep.kernelThread(waiter.thread());
            if (Files.exists(task)) {
                try {
                    Kernel.signal(task, SIGPROF);
                } catch (AssertionError e) {
                    assertThat(Files.exists(task))
                            .as("the thread has ended meanwhile")
                            .isFalse();
                }
            }
            java.util.concurrent.locks.LockSupport.parkNanos(pauseNanos);
        }
    }

    /// That the storm is one: a wait without this library ends by EINTR, or is restarted.
    private boolean rawWaitEndsByEintr() {
        int number = SystemCalls.of(System.getProperty("os.arch")).futex();
        Waiter raw = Waiter.platform(() -> Kernel.syscall(number, word, 128, 0, 0, 0, 0))
                .awaitAsleep(word);
        for (int i = 0; i < 20 && !raw.isDone(); i++) {
            Kernel.signal(Asleep.kernelThread(raw.thread()), SIGPROF);
            Await.until("asleep again, or over", () -> raw.isDone() || Asleep.on(raw.thread(), word));
        }
        Await.until("woken, or over", () -> raw.isDone() || Kernel.wake(word, false, 1) == 1);
        return (long) raw.result() == -EINTR;
    }

    @SuppressWarnings("unchecked")
    private static AtomicInteger handleSigprof() throws ReflectiveOperationException {
        AtomicInteger handled = new AtomicInteger();
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object counting = Proxy.newProxyInstance(
                handler.getClassLoader() == null ? SignalTest.class.getClassLoader() : handler.getClassLoader(),
                new Class<?>[] {handler},
                (proxy, method, arguments) -> {
                    handled.incrementAndGet();
                    return null;
                });
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance("PROF"), counting);
        return handled;
    }

    /// SIGQUIT makes the JVM stop all threads and print where they are; waits go on.
    @Test
    void threadDumpsEndNoWait(@TempDir Path directory) throws Exception {
        Path out = directory.resolve("out");
        Process child = ForkedJvm.java(
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        ForkedJvm.path(
                                ForkedJvm.placeOf(Futex.class),
                                ForkedJvm.placeOf(LinuxBackend.class),
                                ForkedJvm.placeOf(SignalTest.class),
                                ForkedJvm.placeOf(Waiter.class)),
                        DumpedProgram.class.getName())
                .startWithInput(out, directory.resolve("err"));
        try {
            Await.until("the child waits", () -> output(out).contains("asleep"));
            for (int i = 1; i <= 10; i++) {
                int dumps = i;
                Kernel.signal(child, SIGQUIT);
                Await.until("dump " + dumps, () -> output(out).split("Full thread dump", -1).length > dumps);
            }
            child.getOutputStream().close();
            assertThat(child.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(child.exitValue())
                    .as(output(out) + output(directory.resolve("err")))
                    .isZero();
        } finally {
            child.destroyForcibly();
        }
    }

    private static String output(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// All that sleep: linux in both scopes, and portable.
    private static List<Futex> backends() {
        List<Futex> found = Futex.available().stream()
                .filter(futex -> !futex.backend().equals("polling"))
                .toList();
        assertThat(found).hasSize(3);
        return found;
    }
}
